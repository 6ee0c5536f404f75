"""What each neuron of a net gives out: over the plot's domain, and on average over training samples."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.engine.preparation.prepare import Prepared
from steepest.problems import LearningProblem
from steepest.problems.learning.plot_domain import predictions
from steepest.problems.learning.training_module import TrainingModule
from steepest.spec import Invalid, Text

MAX_WIDTH = 32  # inputs, or neurons of a layer
MAP_SIDE = 20
CURVE_POINTS = 101
MAX_SAMPLES = 1000

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class NeuronColumn:
    """The inputs, or the neurons of one linear layer.

    functions: the modules after that layer, such as `tanh`, and for outputs how they are plotted, such as `sigmoid`.
    """

    size: int
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Neurons:
    """A net of k neurons, inputs included, at one step.

    columns: inputs first, outputs last.
    shape: of a map, (20, 20), x first and fastest; of a curve, (101,); () where there are neither.
    maps: (k, g), each neuron's value at the g inputs of the map or curve.
    means: (k,), over the first `samples` training samples.
    params: (n,), at which all this is.
    """

    columns: tuple[NeuronColumn, ...]
    shape: tuple[int, ...]
    maps: Float32
    means: Float32
    samples: int
    params: NDArray[np.generic]


def neurons(prepared: Prepared, params: NDArray[np.generic], run: int, step: int) -> Neurons:
    """The values of each neuron after its activation, of an output as it is plotted; without dropout.

    params: (n,), the run's after `step` updates; where an edit at that step puts them elsewhere, it counts.
    Raises `Invalid` for a surface, for layers that are not linear ones, and for more than 32 inputs or neurons in one.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        raise Invalid("", Text("a surface has no neurons", "曲面没有神经元"))
    _check(problem)
    moves = [edit.params for edit in prepared.plans[run].edits_at(step) if edit.params is not None]
    point = np.array(moves[-1], params.dtype) if moves else params
    training = problem.module(torch.from_numpy(np.array(point)).to(prepared.dtype))
    grid, shape = _grid(problem, prepared.dtype)
    samples = training.train_samples.inputs[:MAX_SAMPLES]
    columns, values = _forward(training, torch.cat([grid, samples]))
    maps = values[:, : len(grid)].contiguous().float().numpy()
    means = values[:, len(grid) :].mean(dim=1).float().numpy()
    return Neurons(columns, shape, maps, means, len(samples), point)


def _check(problem: LearningProblem) -> None:
    if any(len(layer.shape) > 2 for layer in problem.layers):
        raise Invalid("", Text("shows nets of linear layers only", "只能画由线性层组成的网络"))
    weights = [layer.shape for layer in problem.layers if layer.weight]
    widths = [weights[0][1], *(shape[0] for shape in weights)]
    if max(widths) > MAX_WIDTH:
        counts = ", ".join(map(str, widths))
        text = Text(
            f"shows at most {MAX_WIDTH} inputs and {MAX_WIDTH} neurons in a layer; this net has {counts}",
            f"每层最多画 {MAX_WIDTH} 个神经元，输入也最多 {MAX_WIDTH} 个；该网络为 {counts}",
        )
        raise Invalid("", text)


def _grid(problem: LearningProblem, dtype: torch.dtype) -> tuple[Tensor, tuple[int, ...]]:
    """The inputs of a map or curve, (g, inputs), and its shape."""
    domain = problem.plot_domain
    shape = {"map": (MAP_SIDE, MAP_SIDE), "curve": (CURVE_POINTS,)}.get(domain.kind, ())
    if not shape:
        return torch.empty(0, *problem.shape.inputs, dtype=dtype), shape
    return replace(domain, shape=shape).inputs(problem.data).to(dtype), shape


@torch.no_grad()
def _forward(training: TrainingModule, inputs: Tensor) -> tuple[tuple[NeuronColumn, ...], Tensor]:
    """The columns, and what each neuron gives out, (k, len(inputs)): the module's own forward pass, layer by layer."""
    outputs = [inputs.flatten(1)]
    functions: list[list[str]] = [[]]

    def keep(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(module, nn.Linear):
            outputs.append(output)
            functions.append([])
        elif not isinstance(module, nn.Flatten | nn.Dropout | nn.Identity):
            outputs[-1] = output
            functions[-1].append(type(module).__name__.lower())

    training.model.eval()
    hooks = [module.register_forward_hook(keep) for module in _leaves(training.model)]
    training.model(inputs)
    for hook in hooks:
        hook.remove()
    shown = training.problem.loss.shown
    outputs[-1] = predictions(outputs[-1], shown)
    if shown in ("sigmoid", "softmax"):
        functions[-1].append(shown)
    columns = tuple(NeuronColumn(each.shape[1], tuple(names)) for each, names in zip(outputs, functions, strict=True))
    return columns, torch.cat(outputs, dim=1).T


def _leaves(model: nn.Module) -> Iterable[nn.Module]:
    return (module for module in model.modules() if not list(module.children()))
