"""The fold over a run's records that tells what is happening.

A verdict depends on all that went before, so the fold carries a `Memory` from record to record, and from call to call
in the checkpoint. What is measured of a record depends on it, on the one before and on the edits before it alone:
neither on how the trajectory was cut nor on edits at its own step. It is measured for all records at once; the fold
itself steps over the records of which nothing is to be said.
"""

import numpy as np

from steepest.engine.diagnosis import (
    oscillation,
    plateau,
    stability_limit,
    termination,
    training_progress,
    underdamped,
    valley,
)
from steepest.engine.diagnosis.critical_point_visit import follow_stay
from steepest.engine.diagnosis.debounce import Debounce, admit
from steepest.engine.diagnosis.dynamics import ConfigSpan, first_step
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.record_features import RecordFeatures
from steepest.engine.diagnosis.record_view import RecordView
from steepest.engine.diagnosis.state import CriticalPointVisit, Crossing, LossSample, Memory, Round, Stretch, Swing
from steepest.engine.preparation.prepare import RunPlan
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.records import CRITICALS, STATUSES, RunRecords
from steepest.engine.recording.verdict import (
    Descending,
    Escaped,
    Near,
    Verdict,
)
from steepest.problems import CriticalKind

_KINDS: tuple[CriticalKind | None, ...] = (None, "minimum", "saddle", "maximum", "degenerate")
assert _KINDS[1:] == CRITICALS[1:]
_, _CONVERGED, _DIVERGED = range(len(STATUSES))


def follow(
    picture: ViewScale, plan: RunPlan, run: RunRecords, rows: RecordArrays, memory: Memory | None
) -> tuple[tuple[Verdict, ...], Memory]:
    """The verdicts of one run's new records, and what to remember after the last of them.

    run: with its status and critical kinds; rows: the same records. memory: after the record before them, None at the
    start of the run.
    """
    if not len(run):
        assert memory is not None  # only record 0 is without a past, and it is always there
        return (), memory
    with np.errstate(all="ignore"):  # a run that diverges: overflow, infinite minus infinite
        return _Fold(picture, plan, run, rows, memory).verdicts()


class _Fold:
    """Goes through the records of one call. `row` counts in rows with the one before them, as `self.rows` has them."""

    def __init__(
        self, picture: ViewScale, plan: RunPlan, run: RunRecords, rows: RecordArrays, memory: Memory | None
    ) -> None:
        self.picture, self.plan, self.run = picture, plan, run
        self.new = 0 if memory is None else 1  # rows that an earlier call has told of
        self.rows = rows.after(None if memory is None else memory.last)
        self.verdict: Verdict = Descending(step=0) if memory is None else memory.verdict
        self.start = float(rows.loss[0]) if memory is None else memory.start
        self.lowest = 0 if memory is None else memory.lowest
        self.falls: int = 0 if memory is None else memory.falls
        self.left: int | None = None if memory is None else memory.left
        self.crossing: Crossing | None = None if memory is None else memory.crossing
        self.stay: CriticalPointVisit | None = None if memory is None else memory.stay
        self.swing: Swing | None = None if memory is None else memory.swing
        self.rounds: tuple[Round, ...] = () if memory is None else memory.rounds
        self.valley: Stretch | None = None if memory is None else memory.valley
        self.plateau: Stretch | None = None if memory is None else memory.plateau
        self.pace = Debounce() if memory is None else memory.pace
        self.recent: tuple[LossSample, ...] = () if memory is None else memory.recent
        self.best: LossSample | None = None if memory is None else memory.best
        updates = 0 if memory is None else memory.updates
        self.seen = RecordFeatures(picture, plan, run, self.rows, updates)

    def verdicts(self) -> tuple[tuple[Verdict, ...], Memory]:
        """What there is to be told, and the memory after it."""
        found: list[Verdict] = []
        rows = self.rows
        if self.new == 0:
            self._tell(found, 0, first_step(self.plan, rows), 0)
            found = found or [self.verdict]
        loud = self.seen.loud
        for reign in self.seen.reigns:
            for place in range(len(reign)):
                row = reign.first + 1 + place
                if loud[row] or place == 0 or not self._idle():
                    self._tell(found, row, reign, place)
        return tuple(found), self._memory()

    def _idle(self) -> bool:
        """Nothing goes on that the next record could end or confirm."""
        return (
            self.verdict.code in ("descending", "escaped")
            and self.crossing is None
            and self.stay is None
            and self.swing is None
            and all(one.turns < underdamped.TURNS for one in self.rounds)
            and self.valley is None
            and self.plateau is None
            and self.left is None
        )

    def _tell(self, found: list[Verdict], row: int, reign: ConfigSpan, place: int) -> None:
        escaped = self._follow(row, reign, place)
        verdict = self._verdict(row, reign, place, escaped)
        if reign.begins and place == 0:  # whoever edits wants to hear of it
            self.pace = Debounce()
        told, self.pace = admit(self.pace, self.verdict, verdict, self.rows.step + row)
        if told and verdict is not None:
            found.append(verdict)
            self.verdict = verdict

    def _follow(self, row: int, reign: ConfigSpan, place: int) -> Escaped | None:
        """Brings all that is remembered up to a record."""
        rows, step = self.rows, self.rows.step + row
        if not self.seen.outside[row]:
            self.left = None
        elif self.left is None:
            self.left = step
        if row > 0 and (self.seen.over[row] or self.crossing is not None):
            self.crossing = stability_limit.follow_crossing(self.crossing, reign, place, rows, row)
        if self.seen.status[row] == _DIVERGED:  # what led there is to be told, and nothing follows
            return None
        sight = self.seen.sights.get(row)
        if sight is not None:
            self.recent = (*self.recent, sight)[-training_progress.RECENT :]
            self.best = training_progress.better(self.best, sight)
        if row > 0:
            moved = reign.moved and place == 0
            self.falls = self.falls + 1 if self.seen.fell[row] and not moved else 0
            if self.swing is not None or self.seen.after[row]:
                after = 0.0 if reign.begins and place == 0 else self.seen.after[row]  # another law, another swing
                self.swing = oscillation.follow_swing(self.swing, step, self.seen.before[row], after)
            if self.rounds or self.seen.turned[row]:
                begins = reign.begins and place == 0
                self.rounds = () if begins else underdamped.follow(self.rounds, self.seen.turns_at(row), step)
            if self.valley is not None or self.seen.in_valley[row]:
                self.valley = valley.follow_stretch(
                    self.valley, self.seen.in_valley[row], step, self.seen.steepest[row]
                )
            if self.plateau is not None or self.seen.level[row]:
                self.plateau = valley.follow_stretch(self.plateau, self.seen.level[row], step, self.seen.steepest[row])
        kind = _KINDS[self.seen.critical[row]]
        if self.stay is None and kind is None:
            return None
        dtype = self.run.params.dtype
        here = RecordView(self.picture, self.run.run, dtype, rows, row, reign, place)
        self.stay, escaped = follow_stay(self.stay, here, kind)
        return escaped

    def _verdict(self, row: int, reign: ConfigSpan, place: int, escaped: Escaped | None) -> Verdict | None:
        """What is to be told at a record, None where what was told still holds. In the order of what matters most."""
        rows, run, said, step = self.rows, self.run.run, self.verdict, self.rows.step + row
        loss = self.seen.loss[row]
        if self.seen.status[row] == _DIVERGED:
            return self._diverged(row, reign, place)
        # Of a model: it goes on while the run rests where the training loss is lowest.
        over = training_progress.overfitting(self.best, self.recent, said, step)
        if over is not None and self.crossing is None and self.falls < termination.FALLS:
            return over if training_progress.is_news(said, over) else None
        rests = self.seen.status[row] == _CONVERGED
        if rests or (said.code == "converged" and termination.still_rests(said, self.picture, rows, row)):
            if said.code == "converged" and not termination.converged_drifted(said, loss, self.picture):
                return None
            return termination.converged(self.picture, rows, row)
        if self.falls >= termination.FALLS:
            left = step if self.left is None else self.left
            if said.code == "bottomless" and not termination.bottomless_drifted(said, left, loss):
                return None
            return termination.bottomless(rows, row, left)
        if self.crossing is not None and stability_limit.overshoots(self.crossing, loss, said):
            if said.code == "unstable" and not stability_limit.drifted(self.crossing, said):
                return None
            return stability_limit.unstable(self.crossing, reign.rule, run, step)
        if escaped is not None:
            return escaped
        if self.stay is not None and self.stay.near.kind != "minimum" and self._there(self.stay, row):
            return self._near(self.stay, step)
        return self._way(row, reign, place)

    def _there(self, stay: CriticalPointVisit, row: int) -> bool:
        """Whether a stay is told: on the way down to a trough's flat bottom once the slope has all but gone.

        And at rest there only where it is the lowest place: high up it is a plateau.
        """
        near, said = stay.near, self.verdict
        if plateau.in_trough(stay, self.plateau):
            return False
        if near.kind != "degenerate" or stay.axes or (said.code == "near" and said.since == near.since):
            return True
        return not self.seen.slopes[row] > plateau.FLAT * self.picture.slope

    def _diverged(self, row: int, reign: ConfigSpan, place: int) -> Verdict:
        lawful = reign.law is not None and bool(np.isfinite(reign.products[place]))
        unbounded, lowest = self.picture.unbounded, self._lowest()
        return termination.diverged(
            self.rows, row, reign.rule, self.run.run, self.crossing, self.falls, unbounded, lowest, self.start, lawful
        )

    def _way(self, row: int, reign: ConfigSpan, place: int) -> Verdict | None:
        """How it goes on the way to a minimum, far from it or near: how says more than that."""
        run, said, step = self.run.run, self.verdict, self.rows.step + row
        length = abs(self.seen.after[row])
        one = underdamped.going(self.rounds, self.picture.diagonal, said if said.code == "oscillating" else None)
        if one is not None:
            pair = underdamped.modulus(one, reign, place, row)
            if underdamped.tells(one, pair):
                if said.code == "oscillating" and not underdamped.drifted(one, said, pair):
                    return None
                return underdamped.oscillating(one, pair, reign, place, row, run)
        if self.swing is not None and oscillation.swings(self.swing, length, self.picture.diagonal):
            direction = self.seen.ways[row - 1].tolist()
            if said.code == "oscillating" and not oscillation.drifted(self.swing, said, direction, length):
                return None
            return oscillation.oscillating(self.swing, reign, place, row, run, direction, length)
        if self.valley is not None and self.valley.records >= valley.RECORDS:
            factor = self.seen.factor(reign, place)
            condition = valley.condition_of(reign, row)
            # A rate that a schedule has let sink makes any place slow: then the valley must be one at the best rate.
            itself = not reign.scheduled or condition >= valley.STEEP
            if valley.SLOW <= factor < 1 and itself:
                if said.code == "valley" and not valley.valley_drifted(said, self.valley.since, condition, factor):
                    return None
                return valley.valley(self.valley, factor, reign, row, run)
        if self.stay is not None and self._there(self.stay, row):
            return self._near(self.stay, step)
        if self.plateau is not None and self.plateau.records >= valley.RECORDS:
            if said.code == "plateau" and not plateau.drifted(said, self.plateau.since, self.seen.slopes[row]):
                return None
            rests = self.stay is not None and plateau.in_trough(self.stay, self.plateau)
            return plateau.plateau(self.plateau, reign, place, self.picture, row, run, rests)
        still = said.code == "descending" or (said.code == "escaped" and not (reign.moved and place == 0))
        return None if still else Descending(step=step)

    def _near(self, stay: CriticalPointVisit, step: int) -> Near | None:
        near, said = stay.near, self.verdict
        if said.code == "near" and _the_same(said, near):
            return None
        return near if near.step == step else near.model_copy(update={"step": step})

    def _lowest(self) -> int:
        """The last step whose loss was no higher than the start's."""
        low = np.flatnonzero(self.rows.loss[self.new :] <= self.start)
        return self.rows.step + self.new + int(low[-1]) if low.size else self.lowest

    def _memory(self) -> Memory:
        return Memory(
            last=self.rows.last,
            verdict=self.verdict,
            updates=int(self.seen.reigns[-1].updates[-1]) + 1 if self.seen.reigns else 0,
            start=self.start,
            lowest=self._lowest(),
            falls=self.falls,
            left=self.left,
            crossing=self.crossing,
            stay=self.stay,
            swing=self.swing,
            rounds=underdamped.alive(self.rounds, self.rows.step + len(self.rows) - 1),
            valley=self.valley,
            plateau=self.plateau,
            pace=self.pace,
            recent=self.recent,
            best=self.best,
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
