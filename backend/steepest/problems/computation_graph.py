"""A graph of a calculation: a value and a gradient at each node, a local derivative on each edge."""

from dataclasses import dataclass
from typing import Literal

# variable: given, changes nothing else. operation: made of others. output: the last one.
NodeKind = Literal["variable", "operation", "output"]

MAX_NODES = 40  # in one picture


@dataclass(frozen=True)
class Node:
    """One number on the way. All real numbers here may be infinite or NaN.

    name: short, a letter and what is to be written lower: `z1,2`. rule: what makes it of others, `a + b`; "" for what
    is given. layer: column of the picture, greater than those of all it is made of. value: forward. gradient: of the
    output with respect to it, backward. bias, bias_gradient: of a neuron that has one.
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
    """From one node to another that is made of it, by their numbers in the graph.

    local: derivative of the second with respect to the first, all else held. weight, weight_gradient: the parameter
    that stands on it, where one does.
    """

    start: int
    end: int
    local: float
    weight: float | None = None
    weight_gradient: float | None = None


@dataclass(frozen=True)
class Graph:
    """nodes: each after all that it is made of; the output is the last. edges: in the order of their ends."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
