"""An expression as a graph: each operation a node with its value and gradient, each edge with its local derivative."""

from collections.abc import Callable, Mapping
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
UNSAID = 1.0  # the value of a variable that is given none


class _Maker:
    """Nodes and edges as they arise, with torch's own tensor of each node: its gradient is kept."""

    def __init__(self, values: Mapping[str, float], names: list[str]) -> None:
        self.values = values
        self.free = names
        self.names: list[str] = []
        self.kinds: list[NodeKind] = []
        self.rules: list[str] = []
        self.layers: list[int] = []
        self.tensors: list[Tensor] = []
        self.edges: list[Edge] = []

    def node(self, name: str, kind: NodeKind, rule: str, layer: int, tensor: Tensor) -> int:
        if len(self.names) == MAX_NODES:
            raise refuse(1, f"would have more than {MAX_NODES} nodes", f"节点会超过 {MAX_NODES} 个")
        self.names.append(name)
        self.kinds.append(kind)
        self.rules.append(rule)
        self.layers.append(layer)
        self.tensors.append(tensor)
        return len(self.names) - 1

    def operation(self, apply: Callable[..., Tensor | float], args: list[int | float], rule: str) -> int:
        """The node of an operation on nodes (int) and constants (float), with an edge from each node."""
        parts = [self.tensors[arg] if isinstance(arg, int) else arg for arg in args]
        made = cast(Tensor, apply(*parts))
        made.retain_grad()
        starts = [arg for arg in args if isinstance(arg, int)]
        number = self.node(self.free.pop(0), "operation", rule, 1 + max(self.layers[n] for n in starts), made)
        # A number that comes in twice has two edges: each place has a derivative of its own.
        apart = [part.detach().clone().requires_grad_() if isinstance(part, Tensor) else part for part in parts]
        leaves = [leaf for leaf in apart if isinstance(leaf, Tensor)]
        slopes = torch.autograd.grad(cast(Tensor, apply(*apart)), leaves)
        self.edges += [Edge(start, number, slope.item()) for start, slope in zip(starts, slopes, strict=True)]
        return number

    def visit(self, tree: Tree) -> int | float:
        """The node of a tree; what has no variable stays a number and gets none."""
        match tree:
            case Number(value, _):
                return value
            case Variable(name):
                return self.names.index(name)
            case Negative(arg):
                return self._made(torch.neg, [arg], lambda words: f"-{words[0]}")
            case Operation(sign, left, right):
                return self._made(OPERATIONS[sign], [left, right], partial(_written, sign))
            case Call(name, args):
                return self._made(_lifted(FUNCTIONS[name].apply), list(args), lambda w: f"{name}({', '.join(w)})")

    def _made(
        self, apply: Callable[..., Tensor | float], trees: list[Tree], rule: Callable[[list[str]], str]
    ) -> int | float:
        args = [self.visit(tree) for tree in trees]
        if all(isinstance(arg, float) for arg in args):
            return float(apply(*(torch.tensor(arg, dtype=torch.float64) for arg in args)))
        return self.operation(apply, args, rule([self._word(arg) for arg in args]))

    def _word(self, arg: int | float) -> str:
        if isinstance(arg, int):
            return self.names[arg]
        named = {value: name for name, value in CONSTANTS.items()}
        return named.get(arg, f"{arg:g}")


def expression_graph(text: str, values: Mapping[str, float]) -> Graph:
    """The graph of an expression in letters at values of them, in float64; one without a value is 1.

    Raises `Invalid` for the field `expression`, with the column.
    """
    tree = parse(text, LETTERS)
    used = sorted(variables(tree))
    taken = {*used, *_constants(tree)}  # where Euler's number is written, no node is called e
    free = [letter for letter in ascii_lowercase if letter not in taken]
    maker = _Maker(values, free + [f"n{number}" for number in range(MAX_NODES)])
    for name in used:
        value = torch.tensor(values.get(name, UNSAID), dtype=torch.float64, requires_grad=True)
        maker.node(name, "variable", "", 0, value)
    last = maker.visit(tree)
    assert isinstance(last, int)  # `parse` refuses what has no variable
    maker.tensors[last].backward()
    if last < len(used):  # a variable alone
        maker.kinds[last] = "output"
    else:
        maker.kinds[-1] = "output"
    nodes = [
        Node(name, kind, rule, layer, tensor.item(), 0.0 if tensor.grad is None else tensor.grad.item())
        for name, kind, rule, layer, tensor in zip(
            maker.names, maker.kinds, maker.rules, maker.layers, maker.tensors, strict=True
        )
    ]
    return Graph(tuple(nodes), tuple(maker.edges))


def _constants(tree: Tree) -> set[str]:
    """Constants as they are written: `pi`, `2.5`."""
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


def _written(sign: str, words: list[str]) -> str:
    left, right = (f"({word})" if word.startswith("-") else word for word in words)
    return f"{left}**{right}" if sign == "**" else f"{left} {sign} {right}"


def _lifted(apply: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The same for numbers among the tensors."""

    def lifted(*args: Tensor | float) -> Tensor:
        return apply(*(torch.as_tensor(arg, dtype=torch.float64) for arg in args))

    return lifted
