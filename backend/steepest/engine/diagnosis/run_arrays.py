"""The new records of one run as detectors read them."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.preparation.plan import OptimizerConfig, RunPlan
from steepest.engine.recording.records import STATUSES, ModelMetrics, RunRecords

Mask = NDArray[np.bool_]

STILL = 0.01  # of a tensor's norm: a longer update is no rest, though the loss may be the same on both sides
RISE = 1e-3  # of the loss before it

RUNNING, CONVERGED, DIVERGED = range(len(STATUSES))


@dataclass(frozen=True)
class LossSample:
    """Mean losses of a model on whole parts of its data, where measured. dev: None without a development part."""

    step: int
    train: float
    dev: float | None


def loss_samples(metrics: ModelMetrics | None, first: int) -> dict[int, tuple[int, LossSample]]:
    """Place among the metrics, and the losses there, by row; only where the training loss is finite."""
    if metrics is None:
        return {}
    rows = zip(metrics.steps.tolist(), metrics.losses[:, :2].tolist(), strict=True)
    return {
        step - first: (place, LossSample(step, train, dev if isfinite(dev) else None))
        for place, (step, (train, dev)) in enumerate(rows)
        if isfinite(train)
    }


@dataclass(frozen=True)
class History:
    """What the records before a chunk leave behind. last: the last finite loss, None where there is none."""

    last: float | None = None


class RunArrays:
    """Consecutive records of one run, r of them; row k is the record at `step + k`.

    plan: the run's. run: its number. step: of row 0. new: the first row that was not diagnosed before.
    loss, slopes: float64[r], slopes the Euclidean norms of the gradients.
    status: uint8[r], place in STATUSES.
    samples: of a model, by row: the place among its metrics, and its losses.
    edits: ascending, the rows to which the first step after an edit led.
    """

    debounced: bool = False  # whether a debounce limits how often something is reported
    every_record: bool = True  # everything is measured at every record

    def __init__(self, plan: RunPlan, records: RunRecords, history: History | None) -> None:
        self.plan, self.run, self.step, self.new = plan, records.run, records.first, 0
        self.loss: Float = records.loss.astype(np.float64)
        self.slopes: Float = records.grad_norm.astype(np.float64)
        self.status = records.status
        self.last = None if history is None else history.last
        self.samples = loss_samples(records.metrics, records.first)
        self.edits: list[int] = []

    def __len__(self) -> int:
        return len(self.loss)

    def measured(self, row: int) -> bool:
        """Whether everything is measured at a record."""
        return self.every_record or row in self.samples

    def config(self, row: int) -> OptimizerConfig:
        """In force in the step that led to a record."""
        return self.plan.config_before(self.step + row)

    @property
    def finite(self) -> int:
        """The number of rows before a diverged one."""
        return len(self) - int(self.status[-1] == DIVERGED)

    def last_finite(self, row: int) -> float | None:
        """The last finite loss before a diverged record."""
        return float(self.loss[row - 1]) if row else self.last

    def history(self) -> History:
        """What these records leave behind."""
        return History(self.last_finite(self.finite))
