"""A model that learns from data, ready to run: `Problem` for the engine."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count
from typing import TypeVar

import torch
from torch import Tensor, nn

from steepest import spec
from steepest.problems.cache import CACHE
from steepest.problems.data_dir import data_dir
from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.problems.learning.initial_parameters import initial_parameters
from steepest.problems.learning.loss import Loss
from steepest.problems.learning.model import Layer, Model
from steepest.problems.learning.plot_bounds import plot_bounds
from steepest.problems.learning.plot_domain import PlotDomain, plot_domain
from steepest.problems.learning.size_limits import check_size
from steepest.problems.learning.splits import split_indices, split_sizes
from steepest.problems.learning.training_module import TrainingModule
from steepest.problems.problem import Scene
from steepest.spec import EntrySpec, Init, Invalid, Text, Value

T = TypeVar("T")
Values = Mapping[str, Value]

_VMAP_NUMBERS = 4_000_000  # numbers that the loss at many points may hold at a time
_OUTPUT_NAMES = {"raw": ("raw outputs (logits)", "原始输出（logit）"), "probability": ("probabilities", "概率")}


@dataclass(frozen=True)
class Samples:
    """Samples of one split.

    inputs: (N, *shape). targets: as the loss module takes them.
    """

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)


class LearningProblem:
    """Dataset, model and loss put together. Data and module are made only when they are asked for.

    What is large is not part of the object but kept in `CACHE`, as long as there is room; then it is made again.

    document: the problem as written, with every default filled in.
    shape: of the data. split_sizes: samples of each split.
    outputs: of the model. layers: its parameter tensors.
    """

    def __init__(self, problem: spec.LearningProblem, seed: int, dataset: Dataset, model: Model, loss: Loss) -> None:
        self.seed = seed
        self.dataset, self.model, self.loss = dataset, model, loss
        self.data_values: Values = _in("dataset.params", lambda: dataset.complete(problem.dataset.params))
        self.model_values: Values = _in("model.params", lambda: model.complete(problem.model.params))
        self.loss_values: Values = _in("loss.params", lambda: loss.complete(problem.loss.params))
        self.shape: DataShape = _in("dataset.params", lambda: dataset.shape(**self.data_values))
        self.split_sizes = split_sizes(self.shape, problem.split)
        self._check_loss()
        self.outputs = _in("loss", lambda: loss.outputs(self.shape))
        self.layers: tuple[Layer, ...] = _in(
            "model", lambda: model.layers(self.shape.inputs, self.outputs, self.model_values)
        )
        self.document = problem.model_copy(
            update={
                "dataset": EntrySpec(id=dataset.id, params=dict(self.data_values)),
                "model": EntrySpec(id=model.id, params=dict(self.model_values)),
                "loss": EntrySpec(id=loss.id, params=dict(self.loss_values)),
            }
        )
        check_size(self)

    def _check_loss(self) -> None:
        loss, task = self.loss, self.shape.task
        if task not in loss.tasks:
            zh = "回归" if task == "regression" else "分类"
            text = Text(
                f"{loss.id} is not for {task}; this data set is for {task}",
                f"{loss.id} 不适用于{zh}；而该数据集用于{zh}",
            )
            raise Invalid("loss.id", text)
        gives = self.model.gives(self.model_values)
        # A distance ("value") can be measured from probabilities too.
        if loss.takes != gives and not (gives == "probability" and loss.shown == "value"):
            (takes_en, takes_zh), (gives_en, gives_zh) = _OUTPUT_NAMES[loss.takes], _OUTPUT_NAMES[gives]
            text = Text(
                f"{loss.id} takes {takes_en}, and this model gives {gives_en}",
                f"{loss.id} 需要{takes_zh}，而该模型输出{gives_zh}",
            )
            raise Invalid("loss.id", text)

    @property
    def _activations(self) -> int:
        return self.model.activations(self.shape.inputs, self.outputs, self.model_values)

    @property
    def forward_operations(self) -> int:
        """Approximate multiplications and additions of one sample's forward pass."""
        count = self.model.multiplications
        if count is None:
            multiplications = sum(layer.size for layer in self.layers if layer.weight)
        else:
            multiplications = count(self.shape.inputs, self.outputs, self.model_values)
        return 2 * multiplications + 10 * self._activations

    @property
    def batch_samples(self) -> int:
        """Training samples of one step."""
        return self.document.batch.size or self.split_sizes.train

    @property
    def dim(self) -> int:
        """The number of parameters."""
        return sum(layer.size for layer in self.layers)

    @property
    def data(self) -> Data:
        """All samples. Raises `Invalid` where the set is stored in files that are damaged.

        Problems with the same data set share them, whatever their seeds.
        """
        owner = self.dataset, self.document.dataset.model_dump_json(), data_dir()
        make = partial(_in, "problem.dataset.params", lambda: self.dataset.make(**self.data_values))
        return CACHE.keep("data set", owner, "data", make)

    def splits(self, dtype: torch.dtype, device: str = "cpu") -> tuple[Samples, Samples, Samples]:
        """The training, development and test samples."""
        return CACHE.keep("problem", self, ("splits", dtype, device), lambda: self._make_splits(dtype, device))

    def _make_splits(self, dtype: torch.dtype, device: str) -> tuple[Samples, Samples, Samples]:
        data = self.data
        inputs = data.inputs.to(dtype)
        targets = self.loss.targets(data.targets, self.shape)
        targets = targets.to(dtype) if targets.is_floating_point() else targets
        train, dev, test = (
            Samples(_select(inputs, rows).to(device), _select(targets, rows).to(device))
            for rows in split_indices(self.shape, self.document.split, self.seed)
        )
        return train, dev, test

    @property
    def plot_domain(self) -> PlotDomain:
        """What is drawn of the data. Makes the data."""
        return CACHE.keep("problem", self, "plot_domain", lambda: plot_domain(self.dataset, self.shape, self.data))

    def fit_inputs(self, dtype: torch.dtype, device: str = "cpu") -> Tensor:
        """(g, *shape of a sample): the inputs at which the model's fit is drawn."""
        return self.plot_domain.inputs(self.data).to(device, dtype)

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """(dim,), drawn from the seed."""
        inputs, values = self.shape.inputs, self.model_values
        return initial_parameters(self.model, inputs, self.outputs, values, start, self.seed).to(dtype)

    def network(self) -> nn.Module:
        """The model's module, with arbitrary parameters. torch's global generator keeps its state."""
        with torch.random.fork_rng(devices=[]):
            return self.model.build(self.shape.inputs, self.outputs, self.model_values)

    def criterion(self) -> nn.Module:
        """Torch's loss module."""
        return self.loss.build(self.loss_values)

    def module(self, start: Tensor) -> TrainingModule:
        """Model, loss and batches as one module whose parameters begin at `start`, (dim,)."""
        return TrainingModule(self, start)

    @cached_property
    def scene(self) -> Scene | None:
        """How to draw the loss over one or two parameters; None for more."""
        if self.dim > 2:
            return None
        return Scene(
            dim=self.dim,
            names=self.names,
            formula=self.loss.formula,
            bounds=plot_bounds(self.loss_at, self.dim),
            log_height=True,
            bounded=True,
            points=(),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Short names of the parameters: w and b, numbered where there are several."""
        letters = ["w" if layer.weight else "b" for layer in self.layers for _ in range(layer.size)]
        total = Counter(letters)
        numbers = {letter: count(1) for letter in total}
        return tuple(f"{letter}{next(numbers[letter])}" if total[letter] > 1 else letter for letter in letters)

    def loss_at(self, points: Tensor, samples: int | None = None) -> Tensor:
        """The loss on the training split at many points: (..., dim) to (...). Differentiable twice; no dropout.

        samples: use only the first so many.
        """
        train = self.splits(points.dtype)[0]
        inputs, targets = train.inputs[:samples], train.targets[:samples]
        network, criterion = self.network().to(points.dtype).eval(), self.criterion()
        names = [name for name, _ in network.named_parameters()]

        def loss(point: Tensor) -> Tensor:
            tensors = self.parameter_tensors(point)
            outputs = torch.func.functional_call(network, dict(zip(names, tensors, strict=True)), (inputs,))
            value: Tensor = criterion(outputs, targets) + self.penalty(tensors)
            return value

        flat = points.reshape(-1, points.shape[-1])
        if not len(flat):  # vmap needs at least one
            return points.new_zeros(points.shape[:-1])
        each = max(1, self._activations * len(inputs))
        found = torch.func.vmap(loss, chunk_size=max(1, _VMAP_NUMBERS // each))(flat)
        return found.reshape(points.shape[:-1])

    def parameter_tensors(self, point: Tensor) -> list[Tensor]:
        """(dim,) as one tensor for each layer."""
        parts = point.split([layer.size for layer in self.layers])
        return [part.reshape(layer.shape) for part, layer in zip(parts, self.layers, strict=True)]

    def penalty(self, parameters: list[Tensor]) -> Tensor | float:
        """L1 and L2 penalty of the weights; 0.0 where none is set."""
        penalty = self.document.penalty
        weights = [tensor for tensor, layer in zip(parameters, self.layers, strict=True) if layer.weight]
        added: Tensor | float = 0.0
        if penalty.l1:
            added = added + penalty.l1 * torch.stack([weight.abs().sum() for weight in weights]).sum()
        if penalty.l2:
            added = added + penalty.l2 * torch.stack([weight.square().sum() for weight in weights]).sum()
        return added

    @property
    def full_batch(self) -> bool:
        """Whether every step sees the whole training split, and no dropout is drawn."""
        return self.document.batch.size is None and not self.model.random(self.model_values)


def _select(values: Tensor, rows: Tensor) -> Tensor:
    """Those rows, ascending; all of them without a copy. Contiguous, so that sums are taken in one order."""
    return values.contiguous() if len(rows) == len(values) else values[rows]


def _in(field: str, call: Callable[[], T]) -> T:
    """The call's result; its `Invalid` is raised with the field's path in front."""
    try:
        return call()
    except Invalid as error:
        raise error.under(field) from None
