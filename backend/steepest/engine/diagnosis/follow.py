"""The fold over a run's records that tells what is happening.

A verdict depends on all that went before, so the fold carries a `Memory` from record to record, and from call to call
in the checkpoint. What is measured of a record depends on it, on the one before and on the edits before it alone:
neither on how the trajectory was cut nor on edits at its own step. It is measured for all records at once; the fold
itself steps over the records of which nothing is to be said.
"""

import numpy as np

from steepest.engine.diagnosis import ended, limits, slow, swing
from steepest.engine.diagnosis.laws import Reign, reigns
from steepest.engine.diagnosis.memory import Crossing, Memory, Stay, Stretch, Swing
from steepest.engine.diagnosis.rows import Rows
from steepest.engine.diagnosis.saddle import Here, follow_stay
from steepest.engine.picture import Picture
from steepest.engine.prepare import Plan
from steepest.engine.record import CRITICALS, STATUSES, RunRecords
from steepest.engine.verdict import (
    Bottomless,
    Converged,
    Descending,
    Escaped,
    Near,
    Oscillating,
    Plateau,
    Unstable,
    Valley,
    Verdict,
)
from steepest.problems import CriticalKind

_KINDS: tuple[CriticalKind | None, ...] = (None, "minimum", "saddle", "maximum", "degenerate")
assert _KINDS[1:] == CRITICALS[1:]
_RUNNING, _CONVERGED, _DIVERGED = range(len(STATUSES))


def follow(
    picture: Picture, plan: Plan, run: RunRecords, rows: Rows, memory: Memory | None
) -> tuple[tuple[Verdict, ...], Memory]:
    """The verdicts of one run's new records, and what to remember after the last of them.

    run: with its status and critical kinds; rows: the same records. memory: after the record before them, None at the
    start of the run.
    """
    if not len(run):
        assert memory is not None  # only record 0 is without a past, and it is always there
        return (), memory
    fold = _Fold(picture, plan, run, rows, memory)
    return fold.verdicts()


class _Fold:
    """Goes through the records of one call. `row` counts in rows with the one before them, as `self.rows` has them."""

    def __init__(self, picture: Picture, plan: Plan, run: RunRecords, rows: Rows, memory: Memory | None) -> None:
        self.picture, self.plan, self.run = picture, plan, run
        self.old = memory
        self.new = 0 if memory is None else 1  # rows that an earlier call has told of
        self.rows = rows.after(None if memory is None else memory.last)
        self.verdict: Verdict | None = None if memory is None else memory.verdict
        self.start = float(rows.loss[0]) if memory is None else memory.start
        self.lowest = 0 if memory is None else memory.lowest
        self.falls: int = 0 if memory is None else memory.falls
        self.left: int | None = None if memory is None else memory.left
        self.crossing: Crossing | None = None if memory is None else memory.crossing
        self.stay: Stay | None = None if memory is None else memory.stay
        self.swing: Swing | None = None if memory is None else memory.swing
        self.valley: Stretch | None = None if memory is None else memory.valley
        self.plateau: Stretch | None = None if memory is None else memory.plateau
        self._measure()

    def _measure(self) -> None:
        rows, picture, steps = self.rows, self.picture, len(self.rows) - 1
        self.reigns = reigns(self.plan, rows, 0 if self.old is None else self.old.updates)
        self.status = self._per_row(self.run.status)
        self.critical = self._per_row(self.run.critical)
        self.fell = ended.falls(rows, picture)
        self.before, self.after = swing.turns(rows)
        self.in_valley = slow.in_valley(rows)
        creeps = slow.creeps(rows, picture) & (self.critical == 0) & (self.status == _RUNNING)
        creeps[0] = False
        self.flat = creeps & slow.on_plateau(rows, picture) if creeps.any() else creeps
        over = np.zeros(steps + 1, np.bool_)
        for reign in self.reigns:
            with np.errstate(invalid="ignore"):
                limit = np.inf if reign.law is None else reign.law.limit
                over[reign.first + 1 : reign.first + 1 + len(reign)] = reign.products > limit
        with np.errstate(invalid="ignore"):
            loud = over | (self.status != 0) | (self.critical != 0) | self.in_valley | self.flat | ~(rows.outside <= 1)
        loud[1:] |= self.after != 0
        self.loud = loud

    def _per_row(self, values: np.ndarray) -> np.ndarray:
        return np.concatenate((np.zeros(self.new, values.dtype), values))

    def verdicts(self) -> tuple[tuple[Verdict, ...], Memory]:
        """What there is to be told, and the memory after it."""
        found: list[Verdict] = []
        rows = self.rows
        if self.new == 0:
            self._tell(found, 0, Reign(rows, 0, self.plan.rule, False, False, np.zeros(1, np.int64)), 0)
        loud = self.loud.tolist()
        for reign in self.reigns:
            for place in range(len(reign)):
                row = reign.first + 1 + place
                if loud[row] or place == 0 or not self._idle():
                    self._tell(found, row, reign, place)
        return tuple(found), self._memory()

    def _idle(self) -> bool:
        """Nothing goes on that the next record could end or confirm."""
        return (
            isinstance(self.verdict, Descending | Escaped)
            and self.crossing is None
            and self.stay is None
            and self.swing is None
            and self.valley is None
            and self.plateau is None
            and self.left is None
        )

    def _tell(self, found: list[Verdict], row: int, reign: Reign, place: int) -> None:
        escaped = self._follow(row, reign, place)
        verdict = self._verdict(row, reign, place, escaped)
        if verdict is not None:
            found.append(verdict)
            self.verdict = verdict

    def _follow(self, row: int, reign: Reign, place: int) -> Escaped | None:
        """Brings all that is remembered up to a record."""
        rows, step = self.rows, self.rows.step + row
        if not rows.outside[row] > 1:
            self.left = None
        elif self.left is None:
            self.left = step
        if self.status[row] == _DIVERGED:  # what led there is to be told, and nothing follows
            if row > 0:
                self.crossing = limits.follow_crossing(self.crossing, reign, place, rows, row)
            return None
        if row > 0:
            moved = reign.moved and place == 0
            self.crossing = limits.follow_crossing(self.crossing, reign, place, rows, row)
            self.falls = self.falls + 1 if self.fell[row - 1] and not moved else 0
            turned = self.before[row - 1].item(), 0.0 if moved else self.after[row - 1].item()
            self.swing = swing.follow_swing(self.swing, step, *turned)
            steepest = rows.eigenvalues[row, -1].item()
            self.valley = slow.follow_stretch(self.valley, bool(self.in_valley[row]), step, steepest)
            self.plateau = slow.follow_stretch(self.plateau, bool(self.flat[row]), step, steepest)
        kind = _KINDS[self.critical[row]]
        if self.stay is None and kind is None:
            return None
        dtype = self.run.params.dtype
        here = Here(self.picture, self.run.run, dtype, rows, row, reign, place)
        self.stay, escaped = follow_stay(self.stay, here, kind)
        return escaped

    def _verdict(self, row: int, reign: Reign, place: int, escaped: Escaped | None) -> Verdict | None:
        """What is to be told at a record, None where what was told still holds. In the order of what matters most."""
        rows, run, said, step = self.rows, self.run.run, self.verdict, self.rows.step + row
        loss = rows.loss[row].item()
        if self.status[row] == _DIVERGED:
            return ended.diverged(
                rows, row, reign.rule, run, self.crossing, self.falls, self.picture.unbounded, self._lowest()
            )
        rests = isinstance(said, Converged) and ended.still_rests(said, self.picture, rows, row)
        if rests or self.status[row] == _CONVERGED:
            if isinstance(said, Converged) and not ended.converged_drifted(said, loss, self.picture):
                return None
            return ended.converged(self.picture, rows, row)
        if self.falls >= ended.FALLS:
            left = step if self.left is None else self.left
            if isinstance(said, Bottomless) and not ended.bottomless_drifted(said, left, loss):
                return None
            return ended.bottomless(rows, row, left)
        if self.crossing is not None and limits.overshoots(self.crossing, loss, said):
            if isinstance(said, Unstable) and not limits.drifted(self.crossing, said):
                return None
            return limits.unstable(self.crossing, reign.rule, run, step)
        if escaped is not None:
            return escaped
        if self.stay is not None and self.stay.near.kind != "minimum":
            return self._near(self.stay, step)
        return self._way(row, reign, place)

    def _way(self, row: int, reign: Reign, place: int) -> Verdict | None:
        """How it goes on the way to a minimum, far from it or near: how says more than that."""
        rows, run, said, step = self.rows, self.run.run, self.verdict, self.rows.step + row
        length = abs(self.after[row - 1].item()) if row else 0.0
        if self.swing is not None and swing.swings(self.swing, length, self.picture.diagonal):
            direction = rows.eigenvectors[row - 1, :, -1]
            if isinstance(said, Oscillating) and not swing.drifted(self.swing, said, direction, length):
                return None
            return swing.oscillating(self.swing, reign, place, rows, row, run, length)
        if self.valley is not None and self.valley.records >= slow.RECORDS:
            factor = slow.factor_along(reign, place, rows, row)
            if slow.SLOW <= factor < 1:
                valley = slow.valley(self.valley, factor, reign, rows, row, run)
                holds = isinstance(said, Valley) and not slow.valley_drifted(said, valley)
                return None if holds else valley
        if self.stay is not None:
            return self._near(self.stay, step)
        if self.plateau is not None and self.plateau.records >= slow.RECORDS:
            slope = float(np.linalg.norm(rows.gradient[row]))
            if isinstance(said, Plateau) and not slow.plateau_drifted(said, self.plateau.since, slope):
                return None
            return slow.plateau(self.plateau, reign, place, rows, row, run)
        still = isinstance(said, Descending) or (isinstance(said, Escaped) and not (reign.moved and place == 0))
        return None if still else Descending(step=step)

    def _near(self, stay: Stay, step: int) -> Near | None:
        near, said = stay.near, self.verdict
        if isinstance(said, Near) and _the_same(said, near):
            return None
        return near if near.step == step else near.model_copy(update={"step": step})

    def _lowest(self) -> int:
        """The last step whose loss was no higher than the start's."""
        with np.errstate(invalid="ignore"):
            low = np.flatnonzero(self.rows.loss[self.new :] <= self.start)
        return self.rows.step + self.new + int(low[-1]) if low.size else self.lowest

    def _memory(self) -> Memory:
        assert self.verdict is not None  # the first record always has one
        return Memory(
            last=self.rows.last,
            verdict=self.verdict,
            updates=int(self.reigns[-1].updates[-1]) + 1 if self.reigns else 0,
            start=self.start,
            lowest=self._lowest(),
            falls=self.falls,
            left=self.left,
            crossing=self.crossing,
            stay=self.stay,
            swing=self.swing,
            valley=self.valley,
            plateau=self.plateau,
        )


def _the_same(one: Near, other: Near) -> bool:
    """But for the step."""
    return (
        one.since == other.since
        and one.kind == other.kind
        and one.at == other.at
        and one.law == other.law
        and one.factor == other.factor
        and one.escape == other.escape
        and one.stuck == other.stuck
    )
