"""The names an expression may use: variables, constants and functions. The one list that all else reads."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_lowercase

import torch
from torch import Tensor
from torch.nn import functional

from steepest.spec import Text

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi, "e": math.e}


@dataclass(frozen=True)
class Function:
    """A function that an expression may call.

    apply: tensors of equal shape to that shape; no value makes it raise: outside its domain it gives NaN or infinity.
    least, most: how many arguments; None for any number.
    latex: how it is written, with # for the arguments.
    """

    name: str
    apply: Callable[..., Tensor]
    latex: str
    least: int = 1
    most: int | None = 1

    @property
    def usage(self) -> str:
        """How it is called: `sin(x)`, `max(x, y)`."""
        return f"{self.name}({', '.join(VARIABLES[: self.least])})"


def softplus(t: Tensor) -> Tensor:
    """log(1 + e^t). torch goes over to t itself past the threshold; 40 is where float64 can no longer tell."""
    return functional.softplus(t, threshold=40.0)


def smallest(*args: Tensor) -> Tensor:
    """The least of two or more; at a tie the slope is shared evenly between two."""
    result = args[0]
    for arg in args[1:]:
        result = torch.minimum(result, arg)
    return result


def largest(*args: Tensor) -> Tensor:
    """The greatest of two or more; at a tie the slope is shared evenly between two."""
    result = args[0]
    for arg in args[1:]:
        result = torch.maximum(result, arg)
    return result


def hypot(a: Tensor, b: Tensor) -> Tensor:
    """sqrt(a^2 + b^2), with slope 0 at the tip of the cone, where autograd's own would be 0 / 0."""
    tip = (a == 0) & (b == 0)
    return torch.where(tip, 0.0, torch.hypot(torch.where(tip, 1.0, a), b))


def _plain(command: str) -> str:
    return command + r"\left(#\right)"


# No sign, floor or round: their slope is 0 wherever there is one, so descent could not move on them.
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("sin", torch.sin, _plain(r"\sin")),
        Function("cos", torch.cos, _plain(r"\cos")),
        Function("tan", torch.tan, _plain(r"\tan")),
        Function("asin", torch.asin, _plain(r"\arcsin")),
        Function("acos", torch.acos, _plain(r"\arccos")),
        Function("atan", torch.atan, _plain(r"\arctan")),
        Function("sinh", torch.sinh, _plain(r"\sinh")),
        Function("cosh", torch.cosh, _plain(r"\cosh")),
        Function("tanh", torch.tanh, _plain(r"\tanh")),
        Function("exp", torch.exp, r"e^{#}"),
        Function("log", torch.log, _plain(r"\ln")),
        Function("sqrt", torch.sqrt, r"\sqrt{#}"),
        Function("abs", torch.abs, r"\left|#\right|"),
        Function("sigmoid", torch.sigmoid, _plain(r"\sigma")),
        Function("relu", torch.relu, _plain(r"\operatorname{ReLU}")),
        Function("softplus", softplus, _plain(r"\operatorname{softplus}")),
        Function("min", smallest, _plain(r"\min"), least=2, most=None),
        Function("max", largest, _plain(r"\max"), least=2, most=None),
        Function("hypot", hypot, _plain(r"\operatorname{hypot}"), least=2, most=2),
    )
}


@dataclass(frozen=True)
class Vocabulary:
    """The names of one kind of expression. variables: of its variables. about: what it is, in both languages.

    shown: how the variables are told in a list of what is known.
    """

    variables: tuple[str, ...]
    about: Text
    shown: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.variables, *CONSTANTS, *FUNCTIONS)

    @property
    def known(self) -> str:
        """All of them, to be read."""
        return ", ".join((self.shown, *CONSTANTS, *FUNCTIONS))


SURFACE = Vocabulary(
    VARIABLES, Text("a function of x and y, such as x**2 + y**2", "x、y 的函数，如 x**2 + y**2"), ", ".join(VARIABLES)
)
# Any letter of its own; e stays Euler's number.
LETTERS = Vocabulary(
    tuple(letter for letter in ascii_lowercase if letter not in CONSTANTS),
    Text("an expression in letters, such as (a + b)*(b + 1)", "由字母组成的表达式，如 (a + b)*(b + 1)"),
    "a … z",
)

# What people write who come from elsewhere, and what to write here.
OTHER_NAMES = {
    "ln": "log(x)",
    "log2": "log(x)/log(2)",
    "log10": "log(x)/log(10)",
    "arcsin": "asin(x)",
    "arccos": "acos(x)",
    "arctan": "atan(x)",
    "tg": "tan(x)",
    "pow": "x**y",
    "square": "x**2",
    "cbrt": "x**(1/3)",
    "fabs": "abs(x)",
    "norm": "hypot(x, y)",
    "maximum": "max(x, y)",
    "minimum": "min(x, y)",
    "X": "x",
    "Y": "y",
    "x1": "x",
    "x2": "y",
    "E": "e",
    "PI": "pi",
    "Pi": "pi",
}

FLAT_NAMES = ("sign", "sgn", "floor", "ceil", "round", "trunc", "int", "heaviside", "step")
