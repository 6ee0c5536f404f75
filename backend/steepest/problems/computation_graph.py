"""A computation graph: a value and a gradient at each node, a local derivative on each edge."""

from dataclasses import dataclass
from typing import Literal

# variable: an input. operation: computed from other nodes. output: the last operation.
NodeKind = Literal["variable", "operation", "output"]

MAX_NODES = 40  # in one drawing


@dataclass(frozen=True)
class Node:
    """One intermediate result. Its numbers may be infinite or NaN.

    name: a letter and its subscript: `z1,2`.
    rule: how it is computed from other nodes, `a + b`; "" for a variable.
    layer: its column in the drawing, greater than those of its inputs.
    value: forward. gradient: of the output with respect to it, backward.
    bias, bias_gradient: of a neuron that has one.
    """

    name: str
    kind: NodeKind
    rule: str
    layer: int
    value: float
    gradient: float
    bias: float | None = None
    bias_gradient: float | None = None


@dataclass(frozen=True)
class Edge:
    """From a node to one that is computed from it, by their numbers in the graph.

    local: partial derivative of the second with respect to the first.
    weight, weight_gradient: the parameter of the edge, if it has one.
    """

    start: int
    end: int
    local: float
    weight: float | None = None
    weight_gradient: float | None = None


@dataclass(frozen=True)
class Graph:
    """nodes: in topological order; the output is the last. edges: in the order of their ends."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
