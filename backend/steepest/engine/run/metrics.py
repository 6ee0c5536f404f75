"""Measures a model at intervals while it is stepped: `ModelMetrics`."""

import math
from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np
import torch
from torch import Tensor

from steepest.engine.model_analysis.sharpness import MAX_PARAMS, MAX_WORK, sharpness
from steepest.engine.recording.records import METRICS_PERIOD, Array, ModelMetrics
from steepest.problems import LearningProblem
from steepest.problems.learning.measured_samples import measured_samples
from steepest.problems.learning.training_module import TrainingModule

SHARPNESS_PERIOD = 50  # steps
BINS = 20
_MAX_BUFFERED = 4_000_000  # numbers, before they are reduced to metrics

PARTS = ("train", "dev", "test")


class MetricsRecorder:
    """Measures one run at the multiples of `METRICS_PERIOD`.

    While stepping it only evaluates the model and copies its parameters. Norms, histograms and counts are computed
    later for many records at once, each row by itself, so the grouping does not change the results.
    """

    def __init__(self, module: TrainingModule) -> None:
        self._module = module
        self._parameters = list(module.parameters())
        first = self._parameters[0]
        self._problem = problem = module.problem
        self._samples = measured_samples(problem, first.dtype, first.device.type)
        work = problem.forward_operations * problem.batch_samples
        self._measures_sharpness = problem.full_batch and 2 < problem.dim <= MAX_PARAMS and work <= MAX_WORK
        self._random = problem.model.random(problem.model_values)
        self._starts = np.cumsum([0, *(parameter.numel() for parameter in self._parameters)])[:-1]
        self._steps: list[int] = []
        self._losses: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._params: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._update_starts: list[Tensor] = []
        self._sharpness: list[float] = []
        self._reduced: list[ModelMetrics] = []

    @staticmethod
    def due(step: int) -> bool:
        """Whether the model is measured at a step."""
        return step % METRICS_PERIOD == 0

    def record(self, step: int, before: Tensor | None) -> None:
        """Measures at a step that is due, at the present parameters; `.grad` is the gradient there.

        before: the parameters before the update that led there, (n,); None where none did.
        """
        module, samples = self._module, self._samples
        with torch.no_grad():
            if self._random:
                module.model.eval()
            outputs = module.model(samples.inputs)
            if self._random:
                module.model.train()
            for begin, end in samples.bounds:
                if end > begin:
                    self._losses.append(module.criterion(outputs[begin:end], samples.targets[begin:end]))
        params = _flat(self._parameters)
        self._steps.append(step)
        if len(samples.labels):
            self._outputs.append(outputs)
        self._params.append(params)
        self._gradients.append(torch.cat([_gradient(parameter) for parameter in self._parameters]))
        self._update_starts.append(params if before is None else before)
        self._sharpness.append(self._measured_sharpness(step))
        self._limit(outputs.numel())

    def record_rows(
        self,
        steps: Sequence[int],
        parameters: Array,
        gradients: Array,
        befores: Array,
        results: tuple[Array, Array],
        load: Callable[[Array], None],
    ) -> None:
        """The same for k steps that are due, measured by a kernel.

        parameters, gradients, befores: (k, n). results: outputs (k, s, o), and the losses of the present parts (k, p).
        load: puts one row of parameters into the module.
        """
        outputs, losses = results
        rows = zip(steps, parameters, gradients, befores, outputs, losses, strict=True)
        for step, *values in rows:
            params, gradient, before, output, parts = (torch.from_numpy(each) for each in values)
            self._steps.append(step)
            self._losses += parts.unbind()
            if len(self._samples.labels):
                self._outputs.append(output)
            self._params.append(params)
            self._gradients.append(gradient)
            self._update_starts.append(before)
            if self._sharpness_due(step):
                load(values[0])
            self._sharpness.append(self._measured_sharpness(step))
            self._limit(output.numel())

    def _sharpness_due(self, step: int) -> bool:
        return self._measures_sharpness and step % SHARPNESS_PERIOD == 0

    def _measured_sharpness(self, step: int) -> float:
        return sharpness(self._module(step), self._parameters) if self._sharpness_due(step) else math.nan

    def _limit(self, outputs: int) -> None:
        """Reduces what is buffered, where it is much. outputs: numbers in those of one step."""
        if len(self._steps) * (3 * self._problem.dim + outputs) > _MAX_BUFFERED:
            self._reduce()

    def metrics(self) -> ModelMetrics:
        """Everything measured so far."""
        if self._steps or not self._reduced:
            self._reduce()
        names = [field.name for field in fields(ModelMetrics)]
        joined = {name: np.concatenate([getattr(each, name) for each in self._reduced]) for name in names}
        self._reduced = [ModelMetrics(**joined)]
        return self._reduced[0]

    def _reduce(self) -> None:
        """Computes the metrics of what is buffered."""
        e = len(self._steps)
        losses = np.full((e, len(PARTS)), np.nan)
        if e:
            present = [end > begin for begin, end in self._samples.bounds]
            losses[:, present] = torch.stack(self._losses).double().cpu().numpy().reshape(e, -1)
        params, gradients, starts = (self._rows(each) for each in (self._params, self._gradients, self._update_starts))
        with np.errstate(all="ignore"):  # a run that diverges
            updates = params - starts
        accuracy, confusion = self._classification()
        self._reduced.append(
            ModelMetrics(
                steps=np.array(self._steps, np.int32),
                losses=losses,
                accuracy=accuracy,
                confusion=confusion,
                layers=np.stack([norms(rows, self._starts) for rows in (params, gradients, updates)], axis=2),
                histograms=histograms(params, self._starts),
                sharpness=np.array(self._sharpness, np.float64),
            )
        )
        self._steps.clear()
        self._sharpness.clear()
        for buffer in (self._losses, self._outputs, self._params, self._gradients, self._update_starts):
            buffer.clear()

    def _rows(self, tensors: Sequence[Tensor]) -> Array:
        """(e, n)."""
        rows: Array = torch.stack(list(tensors)).cpu().numpy() if tensors else np.empty((0, self._problem.dim), "f4")
        return rows

    def _classification(self) -> tuple[Array, Array]:
        """Accuracy (e, 3) and confusion (e, c, c); NaN, and c = 0, for regression."""
        samples, e = self._samples, len(self._steps)
        accuracy = np.full((e, len(PARTS)), np.nan)
        classes = len(self._problem.shape.classes)
        if not e or not classes:
            return accuracy, np.zeros((e, classes, classes), np.float32)
        predicted = predicted_classes(self._problem, torch.stack(self._outputs)).cpu().numpy()  # (e, s)
        correct = predicted == samples.labels
        for part, (begin, end) in enumerate(samples.bounds):
            if end > begin:
                accuracy[:, part] = correct[:, begin:end].mean(axis=1)
        train, dev, test = samples.bounds
        begin, end = next(((begin, end) for begin, end in (dev, test) if end > begin), train)
        cells = (np.arange(e)[:, None] * classes + samples.labels[begin:end]) * classes + predicted[:, begin:end]
        counts = np.bincount(cells.reshape(-1), minlength=e * classes * classes)
        return accuracy, counts.reshape(e, classes, classes).astype(np.float32)


def predicted_classes(problem: LearningProblem, outputs: Tensor) -> Tensor:
    """The predicted class of each sample: (..., outputs) to (...)."""
    if outputs.shape[-1] > 1:
        return outputs.argmax(dim=-1)
    threshold = 0.0 if problem.loss.shown == "sigmoid" else 0.5
    return (outputs[..., 0] > threshold).long()


def norms(rows: Array, starts: Sequence[int] | Array) -> Array:
    """Euclidean norms of the l parts of each row that begin at `starts`: (e, n) to (e, l)."""
    with np.errstate(all="ignore"):  # a run that diverges
        squares = np.add.reduceat(np.square(rows, dtype=np.float64), starts, axis=1)
        return np.sqrt(squares).astype(np.float32)


def histograms(values: Array, starts: Sequence[int] | Array) -> Array:
    """Histograms of the l parts of each row that begin at `starts`: (e, n) to (e, l, 2 + BINS).

    Each holds the lowest and highest value, then counts of equal bins between them; the last bin includes the highest.
    Equal values are all in the first bin; where a value is not finite, all counts are 0.
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


def _flat(parameters: Sequence[Tensor]) -> Tensor:
    return torch.cat([parameter.detach().reshape(-1) for parameter in parameters])


def _gradient(parameter: Tensor) -> Tensor:
    """Zero where the loss does not depend on the parameter."""
    gradient = parameter.grad
    return torch.zeros(parameter.numel()).to(parameter) if gradient is None else gradient.detach().reshape(-1)
