"""Hyperparameters that many optimizers share, declared once."""

from steepest.spec import Boolean, Number, Text

_HOW_FAR = Text("How far one step goes. 0 is allowed: nothing moves.", "每步走多远。可以为 0：不动。")


def learning_rate(default: float, words: Text = _HOW_FAR) -> Number:
    """`lr`: in [0, 1e6], although torch accepts any that is not negative, NaN and infinity included."""
    return Number(
        id="lr",
        title=Text("learning rate", "学习率"),
        help=words,
        symbol=r"\eta",
        default=default,
        minimum=0.0,
        maximum=1e6,
        low=1e-5,
        high=1e2,
        scale="log",
    )


def weight_decay(default: float, words: Text, symbol: str = r"\lambda") -> Number:
    """`weight_decay`: in [0, 1000]."""
    return Number(
        id="weight_decay",
        title=Text("weight decay", "权重衰减"),
        help=words,
        symbol=symbol,
        default=default,
        minimum=0.0,
        maximum=1e3,
        low=0.0,
        high=1.0,
    )


def epsilon(default: float) -> Number:
    """`eps`: in [0, 1]; at 0 a vanished gradient gives 0/0, and the run diverges there."""
    return Number(
        id="eps",
        title=Text("epsilon", "epsilon"),
        help=Text("Keeps the division finite where gradients vanish.", "梯度消失时防止除以零。"),
        symbol=r"\epsilon",
        default=default,
        minimum=0.0,
        maximum=1.0,
        low=1e-12,
        high=1e-1,
        scale="log",
    )


def momentum(default: float, maximum: float = 10.0) -> Number:
    """`momentum`: at 1 and above it cannot settle; worth seeing, so not refused where torch can do it."""
    return Number(
        id="momentum",
        title=Text("momentum", "动量"),
        help=Text("Share of the last step's velocity that is kept.", "保留上一步速度的比例。"),
        symbol=r"\mu",
        default=default,
        minimum=0.0,
        maximum=maximum,
        low=0.0,
        high=1.0,
    )


WEIGHT_DECAY = weight_decay(
    0.0, Text("Pulls the parameters towards zero: adds λθ to the gradient.", "把参数拉向零：给梯度加上 λθ。")
)

# What is said of a decay that acts on the parameters themselves, as in AdamW.
DECOUPLED = Text(
    "Shrinks the parameters by the factor 1 − ηλ at every step, past the gradient.",
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
    help=Text("Climb instead of descend: uses −∇f.", "上山而不是下山：用 −∇f。"),
    default=False,
)


def nesterov(default: bool) -> Boolean:
    """`nesterov`: Nesterov's variant of momentum."""
    return Boolean(
        id="nesterov",
        title=Text("Nesterov", "Nesterov"),
        help=Text("Looks ahead along the velocity before it turns.", "先沿速度向前看，再转向。"),
        default=default,
    )
