"""Compiles a tree to a stack program of torch operations, which runs on whole tensors."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from steepest.problems.expression.functions import FUNCTIONS, VARIABLES
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Sign, Tree, Variable

Value = Tensor | float


@dataclass(frozen=True)
class Apply:
    """Pops `count` values from the stack and pushes apply(*values).

    lift: `apply` takes tensors only, and some arguments are numbers.
    """

    apply: Callable[..., Value]
    count: int
    lift: bool = False

    def __call__(self, args: list[Value]) -> Value:
        """The value of `apply`. At least one argument is a tensor."""
        if self.lift:
            like = next(arg for arg in args if isinstance(arg, Tensor))
            constant = partial(torch.tensor, dtype=like.dtype, device=like.device)
            return self.apply(*(arg if isinstance(arg, Tensor) else constant(arg) for arg in args))
        return self.apply(*args)


Step = float | str | Apply  # push a number; push a variable; apply an operation


@dataclass(frozen=True)
class Program:
    """A compiled expression: one tensor for each variable, of any equal shape and dtype, to that shape.

    Differentiable by autograd. Never raises: outside a function's domain values and gradients are NaN or infinite.
    """

    steps: tuple[Step, ...]

    def __call__(self, *variables: Tensor, **_: object) -> Tensor:
        """The function's values. The surface's params, given by name, are not used."""
        named = dict(zip(VARIABLES, variables, strict=False))
        stack: list[Value] = []
        for step in self.steps:
            if isinstance(step, Apply):
                args = stack[-step.count :]
                del stack[-step.count :]
                stack.append(step(args))
            else:
                stack.append(named[step] if isinstance(step, str) else step)
        (result,) = stack
        assert isinstance(result, Tensor)  # `parse` refuses expressions without a variable
        return result


def compile_tree(tree: Tree) -> Program:
    """The program of a tree that has a variable. Constant parts are computed once, in float64."""
    return Program(tuple(_steps(tree)))


def _steps(tree: Tree) -> list[Step]:
    match tree:
        case Number(value, _):
            return [value]
        case Variable(name):
            return [name]
        case Negative(arg):
            return _folded([arg], torch.neg)
        case Operation(sign, left, right):
            return _folded([left, right], OPERATIONS[sign])
        case Call(name, args):
            return _folded(args, FUNCTIONS[name].apply, lift=True)


def _folded(args: Sequence[Tree], apply: Callable[..., Value], lift: bool = False) -> list[Step]:
    """The steps of the arguments and of the operation; a single number if all arguments are numbers."""
    parts = [_steps(arg) for arg in args]
    constants = [part[0] for part in parts if len(part) == 1 and isinstance(part[0], float)]
    if len(constants) == len(parts):
        # Computed by torch, where 9**9**9 and 1/0 are infinite and nothing raises.
        return [float(apply(*(torch.tensor(value, dtype=torch.float64) for value in constants)))]
    steps = [step for part in parts for step in part]
    return [*steps, Apply(apply, len(parts), lift and bool(constants))]


def _power(base: Value, exponent: Value) -> Value:
    # A numeric exponent stays a number: torch then handles 0 and negative bases correctly, as in x**2, x**0, x**-1.
    if isinstance(base, Tensor):
        return torch.pow(base, exponent)
    assert isinstance(exponent, Tensor)  # two numbers are folded
    return torch.pow(base, exponent)


OPERATIONS: dict[Sign, Callable[..., Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": _power,
}
