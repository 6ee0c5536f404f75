"""Params that several schedules share, declared once."""

from steepest.spec import Integer, Number, Text

MOST_STEPS = 1_000_000


def steps(name: str, default: int, title: Text, words: Text, symbol: str, high: int = 1000) -> Integer:
    """A number of updates, at least 1."""
    return Integer(
        id=name,
        title=title,
        help=words,
        symbol=symbol,
        default=default,
        minimum=1,
        maximum=MOST_STEPS,
        low=1,
        high=high,
    )


def gamma(default: float, words: Text) -> Number:
    """`gamma`: in [0, 1]. Torch takes more too, and then the rate grows beyond all numbers."""
    return Number(
        id="gamma",
        title=Text("gamma", "gamma"),
        help=words,
        symbol=r"\gamma",
        default=default,
        minimum=0.0,
        maximum=1.0,
        low=0.0,
        high=1.0,
    )


def floor(name: str, symbol: str) -> Number:
    """The rate that it does not go below."""
    return Number(
        id=name,
        title=Text("lowest rate", "最低学习率"),
        help=Text(
            "Where the rate comes to rest. An edit of the learning rate scales it too.",
            "学习率最终停在此处。修改学习率时它按同样比例变化。",
        ),
        symbol=symbol,
        default=0.0,
        minimum=0.0,
        maximum=1e6,
        low=0.0,
        high=0.1,
    )


def share(name: str, title: Text, words: Text, symbol: str, default: float, above: bool = False) -> Number:
    """A share in [0, 1], or (0, 1]."""
    return Number(
        id=name,
        title=title,
        help=words,
        symbol=symbol,
        default=default,
        minimum=0.0,
        maximum=1.0,
        above=above,
        low=0.01 if above else 0.0,
        high=1.0,
    )
