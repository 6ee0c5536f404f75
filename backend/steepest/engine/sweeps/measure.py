"""What is kept of each run of a sweep."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.compiled.grid import GridRuns
from steepest.engine.diagnosis import landscape
from steepest.engine.diagnosis.detectors.converged import ARRIVED
from steepest.engine.diagnosis.run_arrays import CONVERGED, DIVERGED, RUNNING
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.records import Array, ModelMetrics
from steepest.engine.run.metrics import predicted_classes
from steepest.problems import CACHE, CriticalPoint, LearningProblem
from steepest.problems.learning.measured_samples import measured_samples
from steepest.spec import Sweep

NO_MINIMUM = -1


def arrays_of(sweep: Sweep) -> Mapping[str, type]:
    """The arrays of each run, by name, with their types."""
    if sweep.measure == "outcome":
        return {"status": np.uint8, "step": np.int32, "minimum": np.int16}
    return {"value": np.float64}


def known_minima(prepared: Prepared) -> tuple[CriticalPoint, ...]:
    """The minima of a problem of one or two parameters: those declared, and those found in its view. Kept."""
    problem, scene = prepared.problem, prepared.problem.scene
    if scene is None:
        return ()

    def find() -> tuple[CriticalPoint, ...]:
        declared = [point for point in scene.points if point.kind == "minimum"]
        found = [point for point in landscape(problem, scene.bounds) if point.kind == "minimum"]
        return (*declared, *(point for point in found if point not in declared))

    return CACHE.keep("problem", problem, "minima", find, 1000)


class PathMeasure:
    """What follows from the records alone: outcomes, losses, steps and distances.

    prepared: any of the runs, which have one problem.
    """

    def __init__(self, sweep: Sweep, prepared: Prepared) -> None:
        self.sweep = sweep
        minima = known_minima(prepared) if sweep.measure in ("outcome", "distance") else ()
        self.minima = np.array([point.at for point in minima], np.float64).reshape(-1, prepared.problem.dim)
        self.close = 0.0 if prepared.view_scale is None else ARRIVED * prepared.view_scale.diagonal
        self.needs_path = sweep.measure == "outcome" and len(minima) > 0

    def __call__(self, runs: GridRuns) -> dict[str, Array]:
        """By name, each (k,)."""
        with np.errstate(all="ignore"):  # runs that diverge
            if self.sweep.measure == "outcome":
                return self._outcome(runs)
            return {"value": self._value(runs)}

    def _value(self, runs: GridRuns) -> NDArray[np.float64]:
        k = np.arange(len(runs.made))
        if self.sweep.measure == "steps_to_loss":
            reached = runs.losses <= self.sweep.loss
            return np.where(reached.any(axis=1), reached.argmax(axis=1), np.inf)
        if self.sweep.measure == "distance":
            found = self._distances(runs.ends.astype(np.float64)).min(axis=1, initial=np.inf)
        else:
            found = runs.losses[k, runs.made].astype(np.float64)
        return np.where(runs.finite, found, np.inf)

    def _outcome(self, runs: GridRuns) -> dict[str, Array]:
        status = np.where(runs.finite, RUNNING, DIVERGED).astype(np.uint8)
        step = runs.made.astype(np.int32)
        minimum = np.full(len(step), NO_MINIMUM, np.int16)
        if self.needs_path and runs.path is not None:
            before = runs.path[:, -2] if runs.path.shape[1] > 1 else runs.starts
            ends = runs.ends.astype(np.float64)
            away = self._distances(ends)
            moved = np.linalg.norm(ends - before.astype(np.float64), axis=1)
            arrived = np.flatnonzero(runs.finite & (away.min(axis=1) <= self.close) & (moved <= self.close))
            nearest = away[arrived].argmin(axis=1)
            status[arrived], minimum[arrived] = CONVERGED, nearest
            step[arrived] = self._since(runs, arrived, self.minima[nearest])
        return {"status": status, "step": step, "minimum": minimum}

    def _distances(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """From each minimum: (k, n) to (k, minima)."""
        found = np.empty((len(points), len(self.minima)))
        for n, at in enumerate(self.minima):
            found[:, n] = np.linalg.norm(points - at, axis=1)
        return found

    def _since(self, runs: GridRuns, chosen: NDArray[np.int64], minima: NDArray[np.float64]) -> NDArray[np.int64]:
        """The step from which on each chosen run stays near its minimum, and its updates are short."""
        assert runs.path is not None
        path = np.concatenate([runs.starts[chosen, None], runs.path[chosen]], axis=1).astype(np.float64)
        near = np.linalg.norm(path - minima[:, None], axis=2) <= self.close
        near[:, 1:] &= np.linalg.norm(np.diff(path, axis=1), axis=2) <= self.close
        away = ~near[:, ::-1]
        last = np.where(away.any(axis=1), away.argmax(axis=1), near.shape[1])  # steps from the end
        since: NDArray[np.int64] = near.shape[1] - last
        return since


class ModelMeasure:
    """A model's loss or accuracy on the development part, after the last step, as its metrics have them."""

    def __init__(self, sweep: Sweep, prepared: Prepared) -> None:
        assert isinstance(prepared.problem, LearningProblem)
        self.sweep, self.problem = sweep, prepared.problem
        self.samples = measured_samples(self.problem, prepared.dtype, "cpu")

    @property
    def of_diverged(self) -> float:
        """Of a run that has diverged."""
        return np.nan if self.sweep.measure == "dev_accuracy" else np.inf

    def of_outputs(self, outputs: Array, losses: Array) -> NDArray[np.float64]:
        """outputs: (k, samples, o). losses: (k, present parts). Returns (k,)."""
        if self.sweep.measure == "dev_loss":
            found = losses[:, 1].astype(np.float64)  # the training part is always present, so it is the second
            return np.where(np.isfinite(found), found, np.inf)
        begin, end = self.samples.bounds[1]
        predicted = predicted_classes(self.problem, torch.from_numpy(outputs)).numpy()
        correct: NDArray[np.bool_] = predicted == self.samples.labels
        share: NDArray[np.float64] = correct[:, begin:end].mean(axis=1)
        return share

    def of_metrics(self, metrics: ModelMetrics) -> float:
        """The same from a run's metrics."""
        if self.sweep.measure == "dev_accuracy":
            return float(metrics.accuracy[-1, 1])
        loss = float(metrics.losses[-1, 1])
        return loss if np.isfinite(loss) else np.inf
