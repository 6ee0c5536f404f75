"""Backpropagation through a small net for one sample: values forward and gradients backward, as torch has them."""

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

# Letters for what a neuron sums up, and for what its activation makes of it.
SUM, BENT, INPUT, OUTPUT, LOSS = "z", "a", "x", "ŷ", "L"


@dataclass(frozen=True)
class _Layer:
    """One module on the way. inputs: (1, in) what went in, its gradient kept; outputs: (1, out)."""

    module: nn.Module
    inputs: Tensor
    outputs: Tensor


def net_graph(prepared: Prepared, params: NDArray[np.generic], sample: int) -> Graph:
    """The open net on sample number `sample` of the training part, at parameters (n,); loss of that sample alone.

    Dropout is off and no penalty is added. Raises `Invalid`: for a surface, a net that has more than `MAX_NODES`
    nodes or other layers than linear ones and activations, or a sample that there is not.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        raise Invalid("", Text("a surface has no net; write an expression", "曲面没有网络；请写一个表达式"))
    _check(problem)
    train = problem.split_sizes.train
    if sample >= train:
        raise Invalid("sample", Text(f"there are {train}, numbered from 0", f"共 {train} 个，从 0 起编号"))
    learner = problem.module(torch.from_numpy(np.array(params)).to(prepared.dtype))
    layers, loss = _passed(learner, sample)
    return _drawn(layers, learner, sample, loss)


def _check(problem: LearningProblem) -> None:
    if any(len(layer.shape) > 2 for layer in problem.layers):
        raise Invalid("", Text("is drawn for nets of linear layers only", "只能画由线性层组成的网络"))
    kept = problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    if prod(problem.shape.inputs) > MAX_NODES or kept > 2 * MAX_NODES:
        raise _too_large(kept)


def _too_large(nodes: int) -> Invalid:
    return Invalid(
        "",
        Text(
            f"is drawn for nets of at most {MAX_NODES} nodes; this one has {nodes}: take fewer inputs or units",
            f"最多画 {MAX_NODES} 个节点；该网络有 {nodes} 个：请减少输入或单元",
        ),
    )


def _passed(learner: TrainingModule, sample: int) -> tuple[list[_Layer], Tensor]:
    """One sample forward and backward through the real module, watched by hooks; gradients lie in `.grad`."""
    layers: list[_Layer] = []

    def watch(module: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        if made is given[0] or isinstance(module, nn.Flatten):  # nothing happens there: no node
            return
        made.retain_grad()
        layers.append(_Layer(module, given[0], made))

    learner.model.eval()
    hooks = [module.register_forward_hook(watch) for module in learner.model.modules() if not list(module.children())]
    start = learner.train_samples.inputs[sample : sample + 1].flatten(1).requires_grad_()
    loss: Tensor = learner.criterion(learner.model(start), learner.train_samples.targets[sample : sample + 1])
    loss.backward()
    for hook in hooks:
        hook.remove()
    return layers, loss


def _drawn(layers: list[_Layer], learner: TrainingModule, sample: int, loss: Tensor) -> Graph:
    nodes: list[Node] = []
    edges: list[Edge] = []
    first = layers[0].inputs
    before = _numbers(nodes, first)
    nodes += [_node(INPUT, n + 1, "variable", "", 0, first, n) for n in range(first.shape[1])]
    depth = 0
    for place, layer in enumerate(layers):
        linear = isinstance(layer.module, nn.Linear)
        depth += linear
        last = place == len(layers) - 1
        now = _numbers(nodes, layer.outputs)
        edges += _edges(layer, before, now)
        for n in now:
            at = n - now[0]
            letter = OUTPUT if last else SUM if linear else BENT
            mark = at + 1 if last else f"{depth},{at + 1}"
            mark = "" if last and len(now) == 1 else mark
            rule = "Σ" if linear else f"{type(layer.module).__name__.lower()}({nodes[before[at]].name})"
            nodes.append(_node(letter, mark, "operation", rule, place + 1, layer.outputs, at, layer.module))
        before = now
    if len(nodes) >= MAX_NODES:
        raise _too_large(len(nodes) + 1)
    edges += _loss_edges(layers[-1].outputs, learner, sample, before, len(nodes))
    rule = type(learner.criterion).__name__.removesuffix("Loss")
    nodes.append(Node(LOSS, "output", rule, len(layers) + 1, loss.item(), 1.0))
    return Graph(tuple(nodes), tuple(edges))


def _numbers(nodes: list[Node], tensor: Tensor) -> range:
    """Of the nodes that a tensor (1, width) becomes, when they are the next."""
    return range(len(nodes), len(nodes) + tensor.shape[1])


def _node(
    letter: str,
    mark: object,
    kind: str,
    rule: str,
    column: int,
    tensor: Tensor,
    at: int,
    module: nn.Module | None = None,
) -> Node:
    assert tensor.grad is not None  # backward has passed
    bias = getattr(module, "bias", None)
    slope = bias.grad if isinstance(bias, nn.Parameter) else None
    return Node(
        name=f"{letter}{mark}",
        kind="variable" if kind == "variable" else "operation",
        rule=rule,
        layer=column,
        value=tensor[0, at].item(),
        gradient=tensor.grad[0, at].item(),
        bias=None if bias is None else bias[at].item(),
        bias_gradient=None if slope is None else slope[at].item(),
    )


def _edges(layer: _Layer, before: range, now: range) -> Iterator[Edge]:
    """With local derivatives by autograd. An activation works on each number alone; a linear layer on all of them."""
    slopes = torch.autograd.functional.jacobian(layer.module, layer.inputs.detach())[0, :, 0]  # (out, in)
    weight = layer.module.weight if isinstance(layer.module, nn.Linear) else None
    grad = None if weight is None else weight.grad
    for row, end in enumerate(now):
        for column, start in enumerate(before):
            local = slopes[row, column].item()
            if weight is not None and grad is not None:
                yield Edge(start, end, local, weight[row, column].item(), grad[row, column].item())
            elif row == column:
                yield Edge(start, end, local)


def _loss_edges(outputs: Tensor, learner: TrainingModule, sample: int, before: range, end: int) -> Iterator[Edge]:
    target = learner.train_samples.targets[sample : sample + 1]
    slopes = torch.autograd.functional.jacobian(lambda given: learner.criterion(given, target), outputs.detach())
    for column, start in enumerate(before):
        yield Edge(start, end, slopes[0, column].item())
