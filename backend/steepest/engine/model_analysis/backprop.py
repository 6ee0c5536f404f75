"""Backpropagation through a small net for one sample: values forward and gradients backward, as torch computes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.engine.preparation.prepare import Prepared
from steepest.problems import LearningProblem
from steepest.problems.computation_graph import MAX_NODES, Edge, Graph, Node
from steepest.problems.learning.training_module import TrainingModule
from steepest.spec import Invalid, Text

# Node names: a neuron's sum, its activation, inputs, outputs and the loss.
SUM, ACTIVATION, INPUT, OUTPUT, LOSS = "z", "a", "x", "ŷ", "L"


@dataclass(frozen=True)
class _Layer:
    """One module of the forward pass.

    inputs: (1, in).
    outputs: (1, out), its gradient kept.
    """

    module: nn.Module
    inputs: Tensor
    outputs: Tensor


def net_graph(prepared: Prepared, params: NDArray[np.generic], sample: int) -> Graph:
    """The net neuron by neuron, at parameters (n,), with the loss of training sample number `sample` alone.

    Dropout is off and no penalty is added. Raises `Invalid` for a surface, for a net that has more than `MAX_NODES`
    nodes or layers other than linear ones and activations, and for a sample that does not exist.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        raise Invalid("", Text("a surface has no net; write an expression", "曲面没有网络；请写一个表达式"))
    _check(problem)
    train = problem.split_sizes.train
    if sample >= train:
        raise Invalid("sample", Text(f"there are {train}, numbered from 0", f"共 {train} 个，从 0 起编号"))
    training = problem.module(torch.from_numpy(np.array(params)).to(prepared.dtype))
    layers, loss = _forward_backward(training, sample)
    return _graph(layers, training, sample, loss)


def _check(problem: LearningProblem) -> None:
    if any(len(layer.shape) > 2 for layer in problem.layers):
        raise Invalid("", Text("shows nets of linear layers only", "只能画由线性层组成的网络"))
    activations = problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    if prod(problem.shape.inputs) > MAX_NODES or activations > 2 * MAX_NODES:
        raise _too_large(activations)


def _too_large(nodes: int) -> Invalid:
    return Invalid(
        "",
        Text(
            f"shows nets of at most {MAX_NODES} nodes; this one has {nodes}: use fewer inputs or units",
            f"最多画 {MAX_NODES} 个节点；该网络有 {nodes} 个：请减少输入或单元",
        ),
    )


def _forward_backward(training: TrainingModule, sample: int) -> tuple[list[_Layer], Tensor]:
    """One sample forward and backward through the real module; gradients are in `.grad`."""
    layers: list[_Layer] = []

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], outputs: Tensor) -> None:
        if outputs is inputs[0] or isinstance(module, nn.Flatten):  # an identity has no node
            return
        outputs.retain_grad()
        layers.append(_Layer(module, inputs[0], outputs))

    training.model.eval()
    hooks = [module.register_forward_hook(keep) for module in training.model.modules() if not list(module.children())]
    start = training.train_samples.inputs[sample : sample + 1].flatten(1).requires_grad_()
    loss: Tensor = training.criterion(training.model(start), training.train_samples.targets[sample : sample + 1])
    loss.backward()
    for hook in hooks:
        hook.remove()
    return layers, loss


def _graph(layers: list[_Layer], training: TrainingModule, sample: int, loss: Tensor) -> Graph:
    nodes: list[Node] = []
    edges: list[Edge] = []
    first = layers[0].inputs
    before = _next_numbers(nodes, first)
    nodes += [_node(INPUT, n + 1, "variable", "", 0, first, n) for n in range(first.shape[1])]
    depth = 0
    for place, layer in enumerate(layers):
        linear = isinstance(layer.module, nn.Linear)
        depth += linear
        last = place == len(layers) - 1
        now = _next_numbers(nodes, layer.outputs)
        edges += _edges(layer, before, now)
        for n in now:
            at = n - now[0]
            letter = OUTPUT if last else SUM if linear else ACTIVATION
            index = at + 1 if last else f"{depth},{at + 1}"
            index = "" if last and len(now) == 1 else index
            rule = "Σ" if linear else f"{type(layer.module).__name__.lower()}({nodes[before[at]].name})"
            nodes.append(_node(letter, index, "operation", rule, place + 1, layer.outputs, at, layer.module))
        before = now
    if len(nodes) >= MAX_NODES:
        raise _too_large(len(nodes) + 1)
    edges += _loss_edges(layers[-1].outputs, training, sample, before, len(nodes))
    rule = type(training.criterion).__name__.removesuffix("Loss")
    nodes.append(Node(LOSS, "output", rule, len(layers) + 1, loss.item(), 1.0))
    return Graph(tuple(nodes), tuple(edges))


def _next_numbers(nodes: list[Node], tensor: Tensor) -> range:
    """The numbers of the next nodes, one for each element of a tensor (1, width)."""
    return range(len(nodes), len(nodes) + tensor.shape[1])


def _node(
    letter: str,
    index: object,
    kind: str,
    rule: str,
    column: int,
    tensor: Tensor,
    at: int,
    module: nn.Module | None = None,
) -> Node:
    assert tensor.grad is not None
    bias = getattr(module, "bias", None)
    bias_gradient = bias.grad if isinstance(bias, nn.Parameter) else None
    return Node(
        name=f"{letter}{index}",
        kind="variable" if kind == "variable" else "operation",
        rule=rule,
        layer=column,
        value=tensor[0, at].item(),
        gradient=tensor.grad[0, at].item(),
        bias=None if bias is None else bias[at].item(),
        bias_gradient=None if bias_gradient is None else bias_gradient[at].item(),
    )


def _edges(layer: _Layer, before: range, now: range) -> Iterator[Edge]:
    """Edges with local derivatives by autograd: one to one for an activation, all to all for a linear layer."""
    derivatives = torch.autograd.functional.jacobian(layer.module, layer.inputs.detach())[0, :, 0]  # (out, in)
    weight = layer.module.weight if isinstance(layer.module, nn.Linear) else None
    grad = None if weight is None else weight.grad
    for row, end in enumerate(now):
        for column, start in enumerate(before):
            local = derivatives[row, column].item()
            if weight is not None and grad is not None:
                yield Edge(start, end, local, weight[row, column].item(), grad[row, column].item())
            elif row == column:
                yield Edge(start, end, local)


def _loss_edges(outputs: Tensor, training: TrainingModule, sample: int, before: range, end: int) -> Iterator[Edge]:
    target = training.train_samples.targets[sample : sample + 1]
    derivatives = torch.autograd.functional.jacobian(lambda each: training.criterion(each, target), outputs.detach())
    for column, start in enumerate(before):
        yield Edge(start, end, derivatives[0, column].item())
