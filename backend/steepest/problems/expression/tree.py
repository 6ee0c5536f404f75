"""The tree of an expression: the input of compiling and printing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Sign = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True)
class Number:
    """A constant, always a float, so that 9**9**9 is infinite and not a huge integer. text: as the user wrote it."""

    value: float
    text: str


@dataclass(frozen=True)
class Variable:
    """A variable or a parameter: a letter of the vocabulary."""

    name: str


@dataclass(frozen=True)
class Negative:
    """-arg."""

    arg: "Tree"


@dataclass(frozen=True)
class Operation:
    """left sign right."""

    sign: Sign
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Call:
    """name(args), with name one of `FUNCTIONS`."""

    name: str
    args: tuple["Tree", ...]


Tree = Number | Variable | Negative | Operation | Call


def variables(tree: Tree) -> set[str]:
    """The names of the variables that occur."""
    match tree:
        case Variable(name):
            return {name}
        case Negative(arg):
            return variables(arg)
        case Operation(_, left, right):
            return variables(left) | variables(right)
        case Call(_, args):
            return set().union(*(variables(arg) for arg in args))
        case Number():
            return set()


def with_numbers(tree: Tree, values: Mapping[str, float]) -> Tree:
    """The tree with a number in place of each named variable; the number keeps the name as its text."""
    match tree:
        case Variable(name) if name in values:
            return Number(values[name], name)
        case Negative(arg):
            return Negative(with_numbers(arg, values))
        case Operation(sign, left, right):
            return Operation(sign, with_numbers(left, values), with_numbers(right, values))
        case Call(name, args):
            return Call(name, tuple(with_numbers(arg, values) for arg in args))
    return tree
