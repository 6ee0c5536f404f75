"""Hyperparameters that many optimizers share, declared once."""

from steepest.spec import Boolean, Number, Text, number

_STEP_SIZE = Text("How far one step goes. At 0 nothing moves.", "每步走多远。为 0 时不动。")


def learning_rate(default: float, words: Text = _STEP_SIZE) -> Number:
    """`lr`: in [0, 1e6]; torch accepts any that is not negative, NaN and infinity included."""
    return number(
        "lr",
        Text("learning rate", "学习率"),
        words,
        default=default,
        accepts=(0.0, 1e6),
        slider=(1e-5, 1e2),
        symbol=r"\eta",
        log=True,
    )


def weight_decay(default: float, words: Text, symbol: str = r"\lambda") -> Number:
    """`weight_decay`: in [0, 1000]."""
    return number(
        "weight_decay",
        Text("weight decay", "权重衰减"),
        words,
        default=default,
        accepts=(0.0, 1e3),
        slider=(0.0, 1.0),
        symbol=symbol,
    )


def epsilon(default: float) -> Number:
    """`eps`: in [0, 1]; at 0 a vanished gradient gives 0/0, and the run diverges there."""
    return number(
        "eps",
        Text("epsilon", "epsilon"),
        Text("Keeps the division finite where gradients vanish.", "梯度消失时防止除以零。"),
        default=default,
        accepts=(0.0, 1.0),
        slider=(1e-12, 1e-1),
        symbol=r"\epsilon",
        log=True,
    )


def momentum(default: float, maximum: float = 10.0) -> Number:
    """`momentum`: at 1 and above the run cannot settle; allowed, since that is worth seeing."""
    return number(
        "momentum",
        Text("momentum", "动量"),
        Text("The share of the previous velocity that is kept.", "保留上一步速度的比例。"),
        default=default,
        accepts=(0.0, maximum),
        slider=(0.0, 1.0),
        symbol=r"\mu",
    )


WEIGHT_DECAY = weight_decay(
    0.0, Text("Pulls the parameters towards zero: adds λθ to the gradient.", "把参数拉向零：给梯度加上 λθ。")
)

# The help of a decay that acts on the parameters themselves, as in AdamW.
DECOUPLED = Text(
    "Multiplies the parameters by 1 − ηλ at every step, separately from the gradient.",
    "每步直接把参数乘以 1 − ηλ，不经过梯度。",
)

DECOUPLED_WEIGHT_DECAY = Boolean(
    id="decoupled_weight_decay",
    title=Text("decoupled weight decay", "解耦权重衰减"),
    help=Text(
        "Weight decay shrinks the parameters directly, as in AdamW, and leaves the gradient alone.",
        "像 AdamW 那样让权重衰减直接缩小参数，不混入梯度。",
    ),
    default=False,
)

MAXIMIZE = Boolean(
    id="maximize",
    title=Text("maximize", "求最大"),
    help=Text("Goes up instead of down: uses −∇f.", "上山而不是下山：用 −∇f。"),
    default=False,
)


def nesterov(default: bool) -> Boolean:
    """`nesterov`: Nesterov's variant of momentum."""
    return Boolean(
        id="nesterov",
        title=Text("Nesterov", "Nesterov"),
        help=Text("Evaluates the gradient ahead, along the velocity.", "在沿速度向前的位置求梯度。"),
        default=default,
    )
