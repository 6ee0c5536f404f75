"""Params that several schedules share, declared once."""

from steepest.spec import Integer, Number, Text, integer, number

MAX_STEPS = 1_000_000


def steps(name: str, default: int, title: Text, words: Text, symbol: str, high: int = 1000) -> Integer:
    """A number of updates, at least 1."""
    return integer(name, title, words, default=default, accepts=(1, MAX_STEPS), slider=(1, high), symbol=symbol)


def gamma(default: float, words: Text) -> Number:
    """`gamma`: in [0, 1]. Torch accepts more, and then the rate grows without limit."""
    return number("gamma", Text("gamma", "gamma"), words, default=default, accepts=(0.0, 1.0), symbol=r"\gamma")


def floor(name: str, symbol: str) -> Number:
    """The lowest rate."""
    return number(
        name,
        Text("lowest rate", "最低学习率"),
        Text(
            "The final rate. An edit of the learning rate scales it too.",
            "最终的学习率。修改学习率时它按同样比例变化。",
        ),
        default=0.0,
        accepts=(0.0, 1e6),
        slider=(0.0, 0.1),
        symbol=symbol,
    )


def share(name: str, title: Text, words: Text, symbol: str, default: float, above: bool = False) -> Number:
    """A share in [0, 1], or (0, 1]."""
    return number(
        name,
        title,
        words,
        default=default,
        accepts=(0.0, 1.0),
        above=above,
        slider=(0.01 if above else 0.0, 1.0),
        symbol=symbol,
    )
