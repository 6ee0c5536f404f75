"""What is measured of a model now and then while it is stepped: `ModelMetrics`."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from steepest.engine.model_analysis.sharpness import MOST, sharpness
from steepest.engine.recording.records import Array, ModelMetrics
from steepest.problems.learning.problem import LearningProblem
from steepest.problems.learning.splits import split_indices
from steepest.problems.learning.training_module import TrainingModule

PERIOD = 10  # steps; multiples of it are measured, wherever a trajectory is cut
SHARP_PERIOD = 50  # steps
SAMPLES = 1000  # of each part, at most: its first ones
BINS = 20
_WAITING = 4_000_000  # numbers that may wait to be counted

PARTS = ("train", "dev", "test")


@dataclass(frozen=True)
class Sample:
    """The samples that are measured on, of all parts one after another. s of them.

    inputs: (s, *shape). targets: as the loss wants them. ends: where each of the three parts ends among them.
    labels: (s,) int64, true classes; empty for a regression.
    """

    inputs: Tensor
    targets: Tensor
    ends: tuple[int, int, int]
    labels: Array

    @property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """Where each part lies."""
        return tuple(zip((0, *self.ends[:2]), self.ends, strict=True))


_samples: "WeakKeyDictionary[LearningProblem, dict[tuple[torch.dtype, str], Sample]]" = WeakKeyDictionary()


def sample_of(problem: LearningProblem, dtype: torch.dtype, device: str) -> Sample:
    """Made once a problem."""
    kept = _samples.setdefault(problem, {})
    if (dtype, device) not in kept:
        kept[dtype, device] = _sample(problem, dtype, device)
    return kept[dtype, device]


def _sample(problem: LearningProblem, dtype: torch.dtype, device: str) -> Sample:
    whole = problem.splits(dtype, device)
    counts = [min(SAMPLES, len(part)) for part in whole]
    labels = np.empty(0, np.int64)
    if problem.shape.classes:
        splits = split_indices(problem.shape, problem.document.split, problem.seed)
        each = [problem.data.targets[part[:count]] for part, count in zip(splits, counts, strict=True)]
        labels = torch.cat(each).long().numpy()
    first, second, third = np.cumsum(counts).tolist()
    return Sample(
        torch.cat([part.inputs[:count] for part, count in zip(whole, counts, strict=True)]),
        torch.cat([part.targets[:count] for part, count in zip(whole, counts, strict=True)]),
        (first, second, third),
        labels,
    )


class MetricsRecorder:
    """Measures one run at the steps that are multiples of `PERIOD`.

    While stepping it only evaluates the model and copies its parameters; what is counted of them is counted for many
    moments at once, each by itself, so that it does not matter which stand together.
    """

    def __init__(self, learner: TrainingModule) -> None:
        self._learner = learner
        self._parameters = list(learner.parameters())
        first = self._parameters[0]
        self._problem = problem = learner.problem
        self._sample = sample_of(problem, first.dtype, first.device.type)
        self._sharp = problem.full_batch and 2 < problem.dim <= MOST
        self._random = problem.model.random(problem.model_values)
        self._starts = np.cumsum([0, *(parameter.numel() for parameter in self._parameters)])[:-1]
        self._before: Tensor | None = None
        self._steps: list[int] = []
        self._losses: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._params: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._origins: list[Tensor] = []  # where the update that led there began
        self._sharpness: list[float] = []
        self._counted: list[ModelMetrics] = []

    def before(self, step: int) -> None:
        """Right before the update from `step`."""
        if (step + 1) % PERIOD == 0:
            self._before = _flat(self._parameters)

    def record(self, step: int) -> None:
        """After the evaluation at `step`: `.grad` is the gradient there."""
        if step % PERIOD:
            return
        learner, sample = self._learner, self._sample
        with torch.no_grad():
            if self._random:
                learner.model.eval()
            outputs = learner.model(sample.inputs)
            if self._random:
                learner.model.train()
            for begin, end in sample.bounds:
                if end > begin:
                    self._losses.append(learner.criterion(outputs[begin:end], sample.targets[begin:end]))
        here = _flat(self._parameters)
        self._steps.append(step)
        if len(sample.labels):
            self._outputs.append(outputs)
        self._params.append(here)
        self._gradients.append(torch.cat([_gradient(parameter) for parameter in self._parameters]))
        self._origins.append(here if self._before is None else self._before)
        due = self._sharp and step % SHARP_PERIOD == 0
        self._sharpness.append(sharpness(learner(step), self._parameters) if due else np.nan)
        if len(self._steps) * (3 * self._problem.dim + outputs.numel()) > _WAITING:
            self._count()

    def measures(self) -> ModelMetrics:
        """All of them."""
        self._count(always=not self._counted)
        fields = ModelMetrics.__dataclass_fields__
        found = {name: np.concatenate([getattr(each, name) for each in self._counted]) for name in fields}
        self._counted = [ModelMetrics(**found)]
        return self._counted[0]

    def _count(self, always: bool = False) -> None:
        """Puts what waits to what is counted."""
        e = len(self._steps)
        if not e and not always:
            return
        sample = self._sample
        there = [end > begin for begin, end in sample.bounds]
        losses = np.full((e, len(PARTS)), np.nan)
        if e:
            losses[:, there] = torch.stack(self._losses).double().cpu().numpy().reshape(e, -1)
        params, gradients, origins = (self._rows(kept) for kept in (self._params, self._gradients, self._origins))
        accuracy, confusion = self._classed()
        self._counted.append(
            ModelMetrics(
                steps=np.array(self._steps, np.int32),
                losses=losses,
                accuracy=accuracy,
                confusion=confusion,
                layers=np.stack(
                    [norms(rows, self._starts) for rows in (params, gradients, _minus(params, origins))], axis=2
                ),
                histograms=histograms(params, self._starts),
                sharpness=np.array(self._sharpness, np.float64),
            )
        )
        self._steps.clear()
        self._sharpness.clear()
        for waiting in (self._losses, self._outputs, self._params, self._gradients, self._origins):
            waiting.clear()

    def _rows(self, kept: Sequence[Tensor]) -> Array:
        """(e, n)."""
        rows: Array = torch.stack(list(kept)).cpu().numpy() if kept else np.empty((0, self._problem.dim), np.float32)
        return rows

    def _classed(self) -> tuple[Array, Array]:
        """Accuracy (e, 3) and confusion (e, c, c); NaN, and c = 0, for a regression."""
        sample, e = self._sample, len(self._steps)
        accuracy = np.full((e, len(PARTS)), np.nan)
        classes = len(self._problem.shape.classes)
        if not e or not classes:
            return accuracy, np.zeros((e, classes, classes), np.float32)
        given = self._given(torch.stack(self._outputs)).cpu().numpy()  # (e, s)
        right = given == sample.labels
        for part, (begin, end) in enumerate(sample.bounds):
            if end > begin:
                accuracy[:, part] = right[:, begin:end].mean(axis=1)
        begin, end = sample.bounds[1] if sample.ends[1] > sample.ends[0] else sample.bounds[0]
        cells = (np.arange(e)[:, None] * classes + sample.labels[begin:end]) * classes + given[:, begin:end]
        counts = np.bincount(cells.reshape(-1), minlength=e * classes * classes)
        return accuracy, counts.reshape(e, classes, classes).astype(np.float32)

    def _given(self, outputs: Tensor) -> Tensor:
        """(..., outputs) to the class that they say, (...)."""
        if outputs.shape[-1] > 1:
            return outputs.argmax(dim=-1)
        even = 0.0 if self._problem.loss.shown == "sigmoid" else 0.5
        return (outputs[..., 0] > even).long()


def norms(rows: Array, starts: Sequence[int] | Array) -> Array:
    """Euclidean norms of parts of rows: (e, n), which begin anew at each of l starts, to (e, l)."""
    with np.errstate(all="ignore"):  # of a run that diverges
        squares = np.add.reduceat(np.square(rows, dtype=np.float64), starts, axis=1)
        return np.sqrt(squares).astype(np.float32)


def histograms(values: Array, starts: Sequence[int] | Array) -> Array:
    """Histograms of values, (e, n) to (e, l, 2 + BINS): lowest, highest, and counts of equal bins between.

    The last bin includes the highest. Where all are equal they are in the first; where one is not finite none counts.
    """
    e, n = values.shape
    layers = len(starts)
    with np.errstate(all="ignore"):
        low, high = (np.asarray(of.reduceat(values, starts, axis=1), np.float64) for of in (np.minimum, np.maximum))
    layer = np.repeat(np.arange(layers), np.diff([*starts, n]))  # of each number
    finite = np.isfinite(low) & np.isfinite(high)  # (e, l)
    least, most = np.where(finite, low, 0.0), np.where(finite, high, 0.0)
    width = np.where(most > least, most - least, 1.0)
    share = (np.where(finite[:, layer], values, 0.0) - least[:, layer]) / width[:, layer]
    bins = np.minimum((share * BINS).astype(np.int64), BINS - 1)
    cells = (np.arange(e)[:, None] * layers + layer) * BINS + bins
    counts = np.bincount(cells.reshape(-1), minlength=e * layers * BINS).reshape(e, layers, BINS)
    return np.concatenate([low[:, :, None], high[:, :, None], counts * finite[:, :, None]], axis=2).astype(np.float32)


def _minus(rows: Array, others: Array) -> Array:
    with np.errstate(all="ignore"):  # of a run that diverges
        difference: Array = rows - others
        return difference


def _flat(parameters: Sequence[Tensor]) -> Tensor:
    return torch.cat([parameter.detach().reshape(-1) for parameter in parameters])


def _gradient(parameter: Tensor) -> Tensor:
    """Zero where the loss does not depend on it."""
    gradient = parameter.grad
    return torch.zeros(parameter.numel()).to(parameter) if gradient is None else gradient.detach().reshape(-1)
