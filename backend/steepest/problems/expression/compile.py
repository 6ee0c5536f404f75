"""Tree to torch operations: a short program for a stack, run once a step on whole tensors."""

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
class Do:
    """Take `count` values off the stack, put apply(*values) on it.

    lift: `apply` takes tensors only, and there are numbers among its arguments.
    """

    apply: Callable[..., Value]
    count: int
    lift: bool = False

    def __call__(self, args: list[Value]) -> Value:
        """The value of `apply`, at least one argument being a tensor."""
        if self.lift:
            like = next(arg for arg in args if isinstance(arg, Tensor))
            constant = partial(torch.tensor, dtype=like.dtype, device=like.device)
            return self.apply(*(arg if isinstance(arg, Tensor) else constant(arg) for arg in args))
        return self.apply(*args)


Step = float | str | Do  # put a number; put a variable; do something


@dataclass(frozen=True)
class Program:
    """A compiled expression: one tensor a variable, of any equal shape and dtype, to that shape.

    Differentiable by autograd. Nothing raises: outside a function's domain values and slopes are NaN or infinite.
    """

    steps: tuple[Step, ...]

    def __call__(self, *variables: Tensor, **_: object) -> Tensor:
        """The function's values. The params of the surface come by name and say nothing more here."""
        named = dict(zip(VARIABLES, variables, strict=False))
        stack: list[Value] = []
        for step in self.steps:
            if isinstance(step, Do):
                args = stack[-step.count :]
                del stack[-step.count :]
                stack.append(step(args))
            else:
                stack.append(named[step] if isinstance(step, str) else step)
        (result,) = stack
        assert isinstance(result, Tensor)  # `parse` refuses what has no variable
        return result


def compile_tree(tree: Tree) -> Program:
    """The program of a tree that has a variable. Constant parts are computed here, once, in float64."""
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
    """The steps of the arguments and of what is done with them; a single number when all of them are numbers."""
    parts = [_steps(arg) for arg in args]
    constants = [part[0] for part in parts if len(part) == 1 and isinstance(part[0], float)]
    if len(constants) == len(parts):
        # Through torch as well: 9**9**9 and 1/0 are infinite there, and nothing raises.
        return [float(apply(*(torch.tensor(value, dtype=torch.float64) for value in constants)))]
    steps = [step for part in parts for step in part]
    return [*steps, Do(apply, len(parts), lift and bool(constants))]


def _power(base: Value, exponent: Value) -> Value:
    # A number as exponent keeps torch's own rule for it, which is right at 0 and at negative bases: x**2, x**0, x**-1.
    if isinstance(base, Tensor):
        return torch.pow(base, exponent)
    assert isinstance(exponent, Tensor)  # two numbers were folded
    return torch.pow(base, exponent)


OPERATIONS: dict[Sign, Callable[..., Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": _power,
}
