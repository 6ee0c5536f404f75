"""The chain rule written out: products of local derivatives, added up over every path of a graph."""

from steepest.problems.computation_graph import Graph


def over_paths(graph: Graph) -> list[float]:
    """For each node, the sum over all its paths to the output of the product of the derivatives on the way."""
    onward: dict[int, list[tuple[int, float]]] = {}
    for edge in graph.edges:
        onward.setdefault(edge.start, []).append((edge.end, edge.local))

    def total(node: int) -> float:
        if node == len(graph.nodes) - 1:
            return 1.0
        return sum(local * total(end) for end, local in onward.get(node, []))

    return [total(node) for node in range(len(graph.nodes))]
