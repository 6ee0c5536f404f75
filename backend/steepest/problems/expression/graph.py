"""An expression as a computation graph: operations with value and gradient, edges with local derivatives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from string import ascii_lowercase
from typing import cast

import torch
from torch import Tensor

from steepest.problems.computation_graph import MAX_NODES, Edge, Graph, Node, NodeKind
from steepest.problems.expression.compile import OPERATIONS
from steepest.problems.expression.functions import CONSTANTS, FUNCTIONS, LETTERS
from steepest.problems.expression.limits import refuse
from steepest.problems.expression.parse import parse
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Tree, Variable, variables

DEFAULT = "(a + b)*(b + 1)"  # the notes' example
DEFAULT_VALUE = 1.0  # of a variable without a given value

Operator = Callable[..., Tensor | float]
_CONSTANT_NAMES = {value: name for name, value in CONSTANTS.items()}


class _Builder:
    """Nodes and edges, with the tensor of each node, whose gradient torch keeps."""

    def __init__(self, names: Iterable[str]) -> None:
        self.free_names = iter(names)
        self.nodes: list[Node] = []
        self.tensors: list[Tensor] = []
        self.edges: list[Edge] = []

    def add(self, name: str, kind: NodeKind, rule: str, layer: int, tensor: Tensor) -> int:
        """Adds a node; returns its number."""
        if len(self.nodes) == MAX_NODES:
            raise refuse(1, f"would have more than {MAX_NODES} nodes", f"节点会超过 {MAX_NODES} 个")
        self.nodes.append(Node(name, kind, rule, layer, tensor.item(), 0.0))
        self.tensors.append(tensor)
        return len(self.nodes) - 1

    def visit(self, tree: Tree) -> int | float:
        """The number of the tree's node; a constant part is returned as a float and has no node."""
        match tree:
            case Number(value, _):
                return value
            case Variable(name):
                return [node.name for node in self.nodes].index(name)
            case Negative(arg):
                return self._operation(torch.neg, [arg], lambda words: f"-{words[0]}")
            case Operation(sign, left, right):
                return self._operation(OPERATIONS[sign], [left, right], partial(_infix, sign))
            case Call(name, args):
                return self._operation(_lifted(FUNCTIONS[name].apply), args, lambda w: f"{name}({', '.join(w)})")

    def _operation(self, apply: Operator, trees: Iterable[Tree], rule: Callable[[list[str]], str]) -> int | float:
        args = [self.visit(tree) for tree in trees]
        if all(isinstance(arg, float) for arg in args):
            return float(apply(*(torch.tensor(arg, dtype=torch.float64) for arg in args)))
        starts = [arg for arg in args if isinstance(arg, int)]
        inputs = [self.tensors[arg] if isinstance(arg, int) else arg for arg in args]
        result = cast(Tensor, apply(*inputs))
        result.retain_grad()
        layer = 1 + max(self.nodes[start].layer for start in starts)
        number = self.add(next(self.free_names), "operation", rule([self._word(arg) for arg in args]), layer, result)
        # A node that is used twice has two edges: each use has its own derivative.
        copies = [each.detach().clone().requires_grad_() if isinstance(each, Tensor) else each for each in inputs]
        leaves = [copy for copy in copies if isinstance(copy, Tensor)]
        slopes = torch.autograd.grad(cast(Tensor, apply(*copies)), leaves)
        self.edges += [Edge(start, number, slope.item()) for start, slope in zip(starts, slopes, strict=True)]
        return number

    def _word(self, arg: int | float) -> str:
        return self.nodes[arg].name if isinstance(arg, int) else _CONSTANT_NAMES.get(arg, f"{arg:g}")


def expression_graph(text: str, values: Mapping[str, float]) -> Graph:
    """The graph of an expression in letters at their values, in float64; a letter without a value is 1.

    Raises `Invalid` for the field `expression`, with the column.
    """
    tree = parse(text, LETTERS)
    used = sorted(variables(tree))
    taken = {*used, *_constants(tree)}  # where Euler's number is used, no node is called e
    letters = [letter for letter in ascii_lowercase if letter not in taken]
    builder = _Builder([*letters, *(f"n{number}" for number in range(MAX_NODES))])
    for name in used:
        value = torch.tensor(values.get(name, DEFAULT_VALUE), dtype=torch.float64, requires_grad=True)
        builder.add(name, "variable", "", 0, value)
    output = builder.visit(tree)
    assert isinstance(output, int)  # `parse` refuses expressions without a variable
    builder.tensors[output].backward()
    nodes = [
        replace(node, gradient=0.0 if tensor.grad is None else tensor.grad.item())
        for node, tensor in zip(builder.nodes, builder.tensors, strict=True)
    ]
    nodes[output] = replace(nodes[output], kind="output")
    return Graph(tuple(nodes), tuple(builder.edges))


def _constants(tree: Tree) -> set[str]:
    """The constants as the user wrote them: `pi`, `2.5`."""
    match tree:
        case Number(_, text):
            return {text}
        case Negative(arg):
            return _constants(arg)
        case Operation(_, left, right):
            return _constants(left) | _constants(right)
        case Call(_, args):
            return set().union(*(_constants(arg) for arg in args))
    return set()


def _infix(sign: str, words: list[str]) -> str:
    left, right = (f"({word})" if word.startswith("-") else word for word in words)
    return f"{left}**{right}" if sign == "**" else f"{left} {sign} {right}"


def _lifted(apply: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The function with numbers accepted among its tensors."""

    def lifted(*args: Tensor | float) -> Tensor:
        return apply(*(torch.as_tensor(arg, dtype=torch.float64) for arg in args))

    return lifted
