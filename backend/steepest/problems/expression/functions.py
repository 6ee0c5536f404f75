"""The names that an expression may use: variables, constants and functions."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
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

    apply: tensors of equal shape to that shape; outside its domain it gives NaN or infinity and never raises.
    latex: its LaTeX, with # for the arguments.
    least, most: the number of arguments; None for no limit.
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
    """log(1 + e^t). torch returns t above the threshold; at 40 both are equal in float64."""
    return functional.softplus(t, threshold=40.0)


def smallest(*args: Tensor) -> Tensor:
    """The minimum of two or more; at a tie each of two gets half of the gradient."""
    return reduce(torch.minimum, args)


def largest(*args: Tensor) -> Tensor:
    """The maximum of two or more; at a tie each of two gets half of the gradient."""
    return reduce(torch.maximum, args)


def hypot(a: Tensor, b: Tensor) -> Tensor:
    """sqrt(a^2 + b^2), with gradient 0 at the tip of the cone, where autograd would give 0 / 0."""
    tip = (a == 0) & (b == 0)
    return torch.where(tip, 0.0, torch.hypot(torch.where(tip, 1.0, a), b))


def _plain(command: str) -> str:
    return command + r"\left(#\right)"


# No sign, floor or round: their gradient is 0 wherever it exists, so descent cannot move on them.
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
    """The names of one kind of expression.

    about: what it is. variables_text: the variables in a list of known names.
    parameters: names that stand for numbers, which are given beside the expression.
    """

    variables: tuple[str, ...]
    about: Text
    variables_text: str
    parameters: tuple[str, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """Variables and parameters."""
        return (*self.variables, *self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """All known names."""
        return (*self.letters, *CONSTANTS, *FUNCTIONS)

    @property
    def known(self) -> str:
        """All known names, for a message."""
        return ", ".join((self.variables_text, *CONSTANTS, *FUNCTIONS))


# Any single letter that is no variable, and not e, which is Euler's number.
PARAMETERS = tuple(letter for letter in ascii_lowercase if letter not in (*VARIABLES, *CONSTANTS))

SURFACE = Vocabulary(
    VARIABLES,
    Text("a function of x and y, such as x**2 + y**2", "x、y 的函数，如 x**2 + y**2"),
    ", ".join(VARIABLES),
    PARAMETERS,
)
# Any single letter except e, which is Euler's number.
LETTERS = Vocabulary(
    tuple(letter for letter in ascii_lowercase if letter not in CONSTANTS),
    Text("an expression in letters, such as (a + b)*(b + 1)", "由字母组成的表达式，如 (a + b)*(b + 1)"),
    "a … z",
)

# Names of other languages and libraries, and what to write here.
OTHER_NAMES = {
    "log2": "log(x)/log(2)",
    "log10": "log(x)/log(10)",
    "pow": "x**y",
    "square": "x**2",
    "cbrt": "x**(1/3)",
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

PIECEWISE_CONSTANT = ("sign", "sgn", "floor", "ceil", "round", "trunc", "int", "heaviside", "step")
