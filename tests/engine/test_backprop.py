"""A net as a graph, for one sample: the real module's own gradients, and the chain rule over all paths."""

import pytest
import torch
from tests.engine.learning import CIRCLE_NET, learning
from tests.graphs import over_paths

from steepest.engine import Prepared
from steepest.engine.model_analysis.backprop import net_graph
from steepest.problems import LearningProblem
from steepest.problems.computation_graph import Graph
from steepest.spec import Invalid

NETS = {
    "tanh": learning("circle", CIRCLE_NET, "bce_logits", dtype="float32"),
    "sigmoid at the end": learning(
        "exclusive_or", {"id": "mlp", "params": {"hidden": [3], "activation": "relu", "output": "sigmoid"}}, "bce"
    ),
    "dropout": learning(
        "moons", {"id": "mlp", "params": {"hidden": [3, 3], "activation": "gelu", "dropout": 0.5}}, "bce_logits"
    ),
    "no bias": learning("circle", {"id": "mlp", "params": {"hidden": [3], "bias": False}}, "bce_logits"),
    "three classes": learning("spiral", {"id": "mlp", "params": {"hidden": [4]}}, "cross_entropy"),
    "line": learning("thermometer", "linear", "mse"),
    "logistic": learning("pass_or_fail", "logistic", "bce"),
}


def drawn(prepared: Prepared, sample: int = 2) -> Graph:
    return net_graph(prepared, prepared.start(prepared.plans[0]).numpy(), sample)


@pytest.mark.parametrize("prepared", NETS.values(), ids=NETS)
def test_values_and_gradients_are_the_module_s_own(prepared: Prepared) -> None:
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    graph = drawn(prepared)
    network = problem.network().to(prepared.dtype).eval()
    torch.nn.utils.vector_to_parameters(prepared.start(prepared.plans[0]), network.parameters())
    part = problem.splits(prepared.dtype)[0]
    loss = problem.criterion()(network(part.inputs[2:3]), part.targets[2:3])
    loss.backward()
    assert graph.nodes[-1].value == loss.item()
    weights = [edge for edge in graph.edges if edge.weight is not None]
    biases = [node for node in graph.nodes if node.bias is not None]
    shown_weights: list[tuple[float, float]] = []
    shown_biases: list[tuple[float, float]] = []
    for parameter, layer in zip(network.parameters(), problem.layers, strict=True):
        assert parameter.grad is not None
        numbers = list(zip(parameter.flatten().tolist(), parameter.grad.flatten().tolist(), strict=True))
        (shown_weights if layer.weight else shown_biases).extend(numbers)
    assert [(edge.weight, edge.weight_gradient) for edge in weights] == shown_weights
    assert [(node.bias, node.bias_gradient) for node in biases] == shown_biases
    assert all(edge.local == edge.weight for edge in weights)  # what a linear layer passes on is its weight


@pytest.mark.parametrize("prepared", NETS.values(), ids=NETS)
def test_sums_over_paths_are_the_gradients(prepared: Prepared) -> None:
    graph = drawn(prepared)
    room = 1e-5 if prepared.dtype == torch.float32 else 1e-12
    for node, total in zip(graph.nodes, over_paths(graph), strict=True):
        assert total == pytest.approx(node.gradient, rel=room, abs=room * 1e-2)
    assert all(graph.nodes[edge.start].layer < graph.nodes[edge.end].layer for edge in graph.edges)


def test_the_nodes_of_the_small_net() -> None:
    graph = drawn(NETS["tanh"])
    names = [node.name for node in graph.nodes]
    assert names == ["x1", "x2", "z1,1", "z1,2", "z1,3", "z1,4", "a1,1", "a1,2", "a1,3", "a1,4",
                     "z2,1", "z2,2", "a2,1", "a2,2", "ŷ", "L"]  # fmt: skip
    assert len(graph.edges) == 2 * 4 + 4 + 4 * 2 + 2 + 2 + 1
    assert [node.layer for node in graph.nodes] == [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6]
    assert graph.nodes[6].rule == "tanh(z1,1)"
    assert drawn(NETS["tanh"], 4) != graph  # another sample


@pytest.mark.parametrize(
    ("prepared", "sample", "field", "words"),
    [
        (NETS["tanh"], 200, "sample", "there are 200, numbered from 0"),
        (learning("circle", {"id": "mlp", "params": {"hidden": [20]}}, "bce_logits"), 0, "", "this one has 44"),
        (learning("digits", "softmax", "cross_entropy"), 0, "", "at most 40 nodes"),
        (learning("digits", "convnet", "cross_entropy"), 0, "", "linear layers only"),
    ],
)
def test_refuses_what_cannot_be_drawn(prepared: Prepared, sample: int, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        drawn(prepared, sample)
    assert refused.value.field == field
    assert words in refused.value.text.en
