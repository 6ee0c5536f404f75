"""The new records of a run on a surface, with what several detectors need measured once a chunk."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from steepest.engine.diagnosis.dynamics import ConfigSpan, config_spans, first_step, schedule_shares
from steepest.engine.diagnosis.geometry.curvature import Derivatives, Float
from steepest.engine.diagnosis.geometry.newton_search import LocatedPoint, locate
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.run_arrays import RISE, STILL, History, Mask, RunArrays, loss_samples
from steepest.engine.preparation.plan import OptimizerConfig, RunPlan
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.records import CRITICALS, RunRecords
from steepest.problems import CriticalKind

KINDS: tuple[CriticalKind | None, ...] = (None, "minimum", "saddle", "maximum", "degenerate")
assert KINDS[1:] == CRITICALS[1:]

_LOCATED = 32  # records whose critical points are located together


@dataclass(frozen=True)
class SurfaceHistory(History):
    """What the records before a chunk leave behind, on a surface.

    record: the last record. updates: made by the present optimizer. start: the loss at record 0.
    lowest: the last step whose loss was no higher.
    rises: steps so far in which the loss rose by more than a small part of itself (`RISE`).
    """

    record: RecordArrays | None = None
    updates: int = 0
    start: float = 0.0
    lowest: int = 0
    rises: int = 0


class SurfaceRun(RunArrays):
    """Records on a surface; where there is one before them, it is row 0 and `new` is 1.

    view: of the problem. derive: its gradients and Hessians at points. dtype: of the run.
    full_batch: whether every step sees the whole problem; else a loss and its gradient vary with the batch.
    rows: all arrays. critical: uint8[r], place in CRITICALS.
    spans: of the steps between the rows.
    """

    debounced = True

    def __init__(
        self,
        view: ViewScale,
        derive: Derivatives,
        plan: RunPlan,
        records: RunRecords,
        rows: RecordArrays,
        history: SurfaceHistory | None,
        *,
        full_batch: bool,
    ) -> None:
        super().__init__(plan, records, history)
        self.view, self.derive, self.dtype = view, derive, records.params.dtype
        self.full_batch = full_batch
        self.new = 0 if history is None else 1
        self.rows = rows.after(None if history is None else history.record)
        self.step, self.loss, self.slopes = self.rows.step, self.rows.loss, self.rows.slopes
        before = np.zeros(self.new, np.uint8)
        self.status, self.critical = (np.concatenate((before, each)) for each in (records.status, records.critical))
        self.samples = loss_samples(records.metrics, self.step)
        self._before = history or SurfaceHistory(start=float(self.loss[0]))
        self.start = self._before.start
        self.spans = config_spans(plan, self.rows, self._before.updates)
        self.edits = [span.first + 1 for span in self.spans if span.begins]
        self._firsts = [span.first for span in self.spans]
        self._located: dict[int, LocatedPoint] = {}

    def span(self, row: int) -> ConfigSpan:
        """Of the step that led to a record; at record 0 of the step that leads on, without the edits there."""
        if row == 0:
            return self._first_step
        return self.spans[bisect_right(self._firsts, row - 1) - 1]

    @override
    def config(self, row: int) -> OptimizerConfig:
        return self.span(row).config

    @cached_property
    def _first_step(self) -> ConfigSpan:
        return first_step(self.plan, self.rows)

    def edited(self, row: int) -> bool:
        """An edit took effect on the step that led to a record."""
        return row > 0 and self.span(row).begins and self.span(row).first == row - 1

    def moved(self, row: int) -> bool:
        """An edit moved the parameters before that step."""
        return self.edited(row) and self.span(row).moved

    def rests(self, row: int) -> bool:
        """The last update was zero, though the rate was not."""
        still = row > 0 and bool(self.rows.lengths[row] == 0)
        return still and bool(self.span(row).rates[self.span(row).place(row)] != 0)

    @cached_property
    def outside(self) -> Mask:
        """bool[r]: outside the view."""
        found: Mask = ~(self.rows.outside <= 1)
        return found

    @cached_property
    def shares(self) -> Float:
        """float64[r]: of the optimizer's own rate that a schedule left to the update that led to each row."""
        found = np.ones(len(self))
        for span in self.spans:
            if span.scheduled:
                found[span.rows_after] = schedule_shares(span.config, span.rates)
        return found

    @property
    def rate_zones(self) -> Float:
        """float64[m, 2], of the new records."""
        found = np.full((len(self), 2), np.nan)
        for span in self.spans:
            found[span.rows_after] = span.rate_zones
        return found[self.new :]

    def moves(self, row: int) -> bool:
        """Whether the last update was more than a small part of the parameters (`STILL`)."""
        return bool(self.rows.lengths[row] > STILL * np.linalg.norm(self.rows.params[row]))

    def located(self, row: int) -> LocatedPoint:
        """The critical point near a record that has one."""
        if row not in self._located:  # the next records will probably ask too
            few = row + np.flatnonzero(self.critical[row : row + _LOCATED])
            rows, kinds = self.rows, [KINDS[kind] for kind in self.critical[few].tolist()]
            known = [kind for kind in kinds if kind is not None]
            found = locate(self.view, self.derive, rows.params[few], rows.gradient[few], rows.hessian[few], known)
            self._located.update(zip(few.tolist(), found, strict=True))
        return self._located[row]

    def rises(self, row: int) -> int:
        """Steps up to a finite record in which the loss rose; of row -1, before all."""
        return self._before.rises if row < 0 else int(self._rises[row])

    @cached_property
    def _rises(self) -> NDArray[np.int64]:
        rose = np.zeros(len(self), np.int64)
        rose[1:] = self.loss[1:] > self.loss[:-1] + RISE * np.abs(self.loss[:-1])
        return self._before.rises + np.cumsum(rose)

    def lowest_before(self, row: int) -> int:
        """The last step before a record whose loss was no higher than at record 0."""
        low = np.flatnonzero(self.loss[self.new : row] <= self.start)
        return self.step + self.new + int(low[-1]) if low.size else self._before.lowest

    @override
    def history(self) -> SurfaceHistory:
        return SurfaceHistory(
            last=self.last_finite(self.finite),
            record=self.rows.last,
            updates=int(self.spans[-1].updates[-1]) + 1 if self.spans else 0,
            start=self.start,
            lowest=self.lowest_before(len(self)),
            rises=self.rises(self.finite - 1),
        )
