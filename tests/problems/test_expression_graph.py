"""An expression as a graph: the notes' figures, the chain rule over its paths, finite differences, and refusals."""

import json
import math
from pathlib import Path

import pytest
from tests.graphs import over_paths

from steepest.problems.computation_graph import MAX_NODES
from steepest.problems.expression.graph import DEFAULT, expression_graph
from steepest.spec import Invalid

VALUES = {"a": 1.3, "b": -0.7, "c": 2.1, "x": 0.4}
EXPRESSIONS = [
    DEFAULT,
    "a*a",
    "a/b - b/a",
    "-(a - b)**2 + 3*x",
    "sin(a*b) + exp(-c)/x",
    "max(a, b, 0.5)*hypot(a, c) - min(x, a)",
    "sigmoid(a*x + b)*log(c)",
    "relu(a*x + b) + relu(x - a)",
    "2**x + x**a + pi*x**2 + e*a",
    "a + a + a*a*a",
    "(a + b)*(a + b)",
    "x",
]


def test_the_example_of_the_notes() -> None:
    notes = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())["graph"]
    graph = expression_graph("(a + b)*(b + 1)", {"a": 2.0, "b": 1.0})
    assert {node.name: node.value for node in graph.nodes} == notes["values"]
    assert {node.name: node.gradient for node in graph.nodes} == notes["gradients"]
    assert {node.name: node.rule for node in graph.nodes[2:]} == {"c": "a + b", "d": "b + 1", "e": "c * d"}
    edges = {(graph.nodes[edge.start].name, graph.nodes[edge.end].name): edge.local for edge in graph.edges}
    assert edges == {("a", "c"): 1, ("b", "c"): 1, ("b", "d"): 1, ("c", "e"): 2, ("d", "e"): 3}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_sums_over_paths_are_the_gradients(text: str) -> None:
    graph = expression_graph(text, VALUES)
    sums = over_paths(graph)
    for node, total in zip(graph.nodes, sums, strict=True):
        assert total == pytest.approx(node.gradient, rel=1e-12, abs=1e-15)
    assert graph.nodes[-1].kind == "output"
    assert all(graph.nodes[edge.start].layer < graph.nodes[edge.end].layer for edge in graph.edges)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_gradients_agree_with_differences_of_the_values(text: str) -> None:
    graph = expression_graph(text, VALUES)
    for node in graph.nodes:
        if node.kind == "variable":
            high, low = (expression_graph(text, {**VALUES, node.name: VALUES[node.name] + d}) for d in (1e-5, -1e-5))
            slope = (high.nodes[-1].value - low.nodes[-1].value) / 2e-5
            assert slope == pytest.approx(node.gradient, rel=1e-7, abs=1e-9)


def test_a_variable_without_a_value_is_one_and_one_that_comes_in_twice_has_two_edges() -> None:
    graph = expression_graph("a*a", {})
    assert [node.value for node in graph.nodes] == [1.0, 1.0]
    assert [(edge.start, edge.end, edge.local) for edge in graph.edges] == [(0, 1, 1.0), (0, 1, 1.0)]
    assert graph.nodes[0].gradient == 2.0


def test_no_node_is_named_like_a_constant_of_the_text() -> None:
    assert [node.name for node in expression_graph("a*b + c + d", {}).nodes] == ["a", "b", "c", "d", "e", "f", "g"]
    assert [node.name for node in expression_graph("a*b + c + d*e", {}).nodes] == [
        "a",
        "b",
        "c",
        "d",
        "f",
        "g",
        "h",
        "i",
    ]


def test_values_that_are_not_finite_are_kept() -> None:
    graph = expression_graph("log(a)/b", {"a": 0.0, "b": 0.0})
    assert graph.nodes[-1].value == -math.inf
    assert math.isinf(graph.edges[0].local)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "is empty; write an expression in letters, such as (a + b)*(b + 1)"),
        ("2 + 3", 1, "must use a letter: a constant has no slope to follow"),
        ("a + abcd", 5, "a product needs *; write a*b*c*d"),
        ("(a + b)2", 8, "an operator is missing"),
        ("a + (b", 5, "this ( is never closed; add )"),
        ("a + q1", 5, "unknown name q1"),
        ("__import__", 1, "unknown name"),
        ("a.b", 2, "a dot belongs inside a number, as in 0.5"),
        ("a" + " + a" * 50, 1, f"would have more than {MAX_NODES} nodes"),
    ],
)
def test_refuses_with_the_column(text: str, column: int, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        expression_graph(text, {})
    assert (refused.value.field, refused.value.column) == ("expression", column)
    assert words in refused.value.text.en
