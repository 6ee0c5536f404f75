"""Oscillation: updates that reverse at every step, along the steepest direction or straight back.

Where q = rate × curvature is between 1 and its limit, plain descent jumps over the minimum at every step, and the
distance is multiplied by |1 - q|, which is 1 at the limit. The factor here is measured, so it holds for any optimizer:
the geometric mean of the ratios of the last few updates. With momentum a run takes several steps between reversals: see
`underdamped.py`. Where each step sees another batch, updates reverse by chance, so nothing is found there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors import underdamped
from steepest.engine.diagnosis.detectors.underdamped import Wave
from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Law, Verdict
from steepest.problems.problem import Vector
from steepest.spec import Edit

REVERSALS = 5  # six updates, each against the one before
MEAN = 10  # as many of the last ones are averaged
DOMINATES = 0.7  # of the update's length is along the steepest direction
STRAIGHT = 0.95  # cosine of the angle between an update and the reverse of the one before
SMALL = 1e-6  # of the diagonal: a shorter oscillation is only the end of convergence ...
LASTING = 100  # ... unless it has reversed this often
STEADY = 1e-3  # a factor this near to 1 neither grows nor fades


class Oscillating(Verdict):
    """Reverses along `direction`; each step multiplies the oscillation by `factor` (1: it never ends).

    since: its first step.
    swing: length of the last update along `direction`; with `half`, the distance between the last two reversals.
    half: steps between reversals where there are several, as with momentum; else None.
    law, momentum: of the law whose complex roots have the modulus `factor`; None where the factor was measured.
    remedy: a rate without it, or the momentum that just damps the flattest direction.
    """

    code: Literal["oscillating"] = "oscillating"
    pace = "gradual"
    since: int
    direction: Vector
    factor: float
    swing: float
    half: float | None = None
    law: Law | None = None
    momentum: float | None = None


@dataclass(frozen=True)
class Alternation:
    """Updates that reverse at every step.

    since: step where the first of them began. turns: how often they reversed.
    ratios: logarithms of how the last few lengths compare with the one before.
    """

    since: int
    turns: int
    ratios: tuple[float, ...]

    @property
    def factor(self) -> float:
        """The factor by which one step multiplies the oscillation."""
        return math.exp(math.fsum(self.ratios) / len(self.ratios))


@dataclass(frozen=True)
class OscillationState:
    """alternation: reversals at every step. waves: several steps between reversals, one for each direction."""

    alternation: Alternation | None = None
    waves: tuple[Wave, ...] = ()


class OscillationDetector(Detector[SurfaceRun, OscillationState]):
    """Reversals at every step, or several steps apart; the latter first."""

    name = "oscillation"
    verdicts = (Oscillating,)

    @override
    def scan(self) -> Mask:
        rows = self.records.rows
        if not self.records.full_batch:
            return np.zeros(len(rows), np.bool_)
        before, after, self._directions = reversals(rows)
        self._before, self._after = [0.0, *before.tolist()], [0.0, *after.tolist()]
        self._turned = underdamped.turned(rows)
        turned = np.logical_or.reduce(self._turned, axis=1)
        self._turns = [False, *turned.tolist()]
        marked = np.zeros(len(rows), np.bool_)
        marked[1:] = (after != 0) | turned
        return marked

    @override
    def update(self, row: int) -> None:
        state = self.state
        if row == 0 or (state is None and not self.marked[row]):
            return
        state = state or OscillationState()
        step, edited = self.records.step + row, self.records.edited(row)
        alternation, waves = state.alternation, state.waves
        after = 0.0 if edited else self._after[row]  # an edit begins another oscillation
        alternation = after_update(alternation, step, self._before[row], after)
        if waves or self._turns[row]:
            turns = underdamped.reversals_at(self.records.rows, row, self._turned) if self._turns[row] else []
            waves = () if edited else underdamped.follow(waves, turns, step)
        self.state = OscillationState(alternation, waves) if alternation or waves else None

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self.state is None:
            return None
        same = reported if isinstance(reported, Oscillating) else None
        return self._wave(row, same, self.state.waves) or self._alternation(row, same, self.state.alternation)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        state = self.state
        if isinstance(reported, Oscillating) or (
            state is not None and (state.alternation or underdamped.long(state.waves))
        ):
            return row
        return self.next_marked(row)

    @override
    def kept(self) -> OscillationState | None:
        if self.state is None:
            return None
        waves = underdamped.alive(self.state.waves, self.records.step + len(self.records) - 1)
        return OscillationState(self.state.alternation, waves) if self.state.alternation or waves else None

    def _wave(self, row: int, reported: Oscillating | None, waves: tuple[Wave, ...]) -> Oscillating | None:
        records = self.records
        since, along = (None, ()) if reported is None else (reported.since, reported.direction)
        wave = underdamped.widest(waves, records.view.diagonal, since, along)
        if wave is None:
            return None
        span, step = records.span(row), records.step + row
        modulus = underdamped.modulus(wave, span, row)
        if modulus is None and not wave.shows:
            return None
        factor = wave.factor if modulus is None else modulus
        if reported is not None and not self._other_wave(wave, factor, modulus is None, reported):
            return reported
        law = None if modulus is None else span.law
        return Oscillating(
            step=step,
            since=wave.since,
            direction=wave.direction,
            factor=factor,
            swing=wave.length,
            half=wave.half,
            law=None if law is None else law.law,
            momentum=None if law is None else law.momentum,
            remedy=None if modulus is None else underdamped.damped(span, row, records.run),
        )

    def _other_wave(self, wave: Wave, factor: float, measured: bool, reported: Oscillating) -> bool:
        """Whether wave, factor or size has clearly changed. measured: the factor is measured, not derived."""
        if reported.since != wave.since or measured != (reported.law is None):
            return True
        return another(factor, reported.factor) or not 0.01 < wave.length / reported.swing < 10

    def _alternation(
        self, row: int, reported: Oscillating | None, alternation: Alternation | None
    ) -> Oscillating | None:
        records, length = self.records, abs(self._after[row])
        if alternation is None or not reportable(alternation, length, records.view.diagonal):
            return None
        direction = self._directions[row - 1].tolist()
        if reported is not None and not changed(alternation, reported, direction, length):
            return reported
        span, step = records.span(row), records.step + row
        return Oscillating(
            step=step,
            since=alternation.since,
            direction=tuple(direction),
            factor=alternation.factor,
            swing=length,
            remedy=_one_step(span, row, np.array(direction), records.run),
        )


def reversals(rows: RecordArrays) -> tuple[Float, Float, Float]:
    """Components of the updates before and after each record but the last, (r - 1,), and their direction, (r - 1, n).

    Along the steepest direction. Where the updates have another direction, as with equal curvatures, along the later
    one, if it reverses the earlier one and the surface does not curve down along it. Components are 0 where the two do
    not reverse.
    """
    steepest = rows.eigenvectors[:-1, :, -1]
    first, second = rows.update[:-1], rows.update[1:]
    before, after = (first * steepest).sum(axis=1), (second * steepest).sum(axis=1)
    along = DOMINATES * rows.lengths
    turned = (before * after < 0) & (rows.eigenvalues[:-1, -1] >= 0)
    turned &= (np.abs(before) >= along[:-1]) & (np.abs(after) >= along[1:])
    back = ~turned & ((first * second).sum(axis=1) < 0)
    way = steepest
    if back.any():
        largest = np.take_along_axis(second, np.abs(second).argmax(axis=1)[:, None], axis=1)
        own = second / np.where(back, rows.lengths[1:], 1.0)[:, None] * np.where(largest < 0, -1.0, 1.0)
        straight = np.abs((first * own).sum(axis=1)) >= STRAIGHT * rows.lengths[:-1]
        back &= straight & (np.einsum("ri,rij,rj->r", own, rows.hessian[:-1], own) >= 0)
        way = np.where(back[:, None], own, steepest)
        before, after = (first * way).sum(axis=1), (second * way).sum(axis=1)
        back &= before * after < 0
    found = turned | back
    return np.where(found, before, 0.0), np.where(found, after, 0.0), way


def after_update(alternation: Alternation | None, step: int, before: float, after: float) -> Alternation | None:
    """The state after the record at `step`. before, after: components of the last two updates, 0 without reversal."""
    if after == 0:
        return None
    ratio = math.log(abs(after / before))
    if alternation is None:
        return Alternation(step - 2, 1, (ratio,))
    return Alternation(alternation.since, alternation.turns + 1, (*alternation.ratios, ratio)[-MEAN:])


def reportable(alternation: Alternation | None, length: float, diagonal: float) -> bool:
    """Whether it is long enough to report. length: of the last update along the direction."""
    if alternation is None or alternation.turns < REVERSALS:
        return False
    return length >= SMALL * diagonal or alternation.turns >= LASTING


def _one_step(span: ConfigSpan, row: int, direction: Float, run: int) -> Edit | None:
    """The rate 1/λ, at which one step reaches the minimum, where that is lower than the present rate.

    At a kink, where λ is 0, a tenth of the present rate: its swing is as much shorter.
    """
    law, lr = span.law, span.config.lr
    if law is None or law.divisor is not None or not lr:
        return None
    curvature = float(direction @ span.records.hessian[row - 1] @ direction)
    share = float(law.rate[span.place(row)]) / lr  # a schedule may be part of the law's rate
    curvature += law.decay
    ideal = 0.0 if not share > 0 else 0.1 * lr if curvature == 0 else 1 / (curvature * share)
    if not 0 < ideal < lr:
        return None
    return setting(span.config, run, span.records.step + row, {"lr": rounded_down(ideal)})


def another(factor: float, reported: float) -> bool:
    """Whether they differ by more than 5 %, or in whether the oscillation grows, stays or fades."""
    return not 1 / 1.05 <= factor / reported <= 1.05 or _course(factor) != _course(reported)


def _course(factor: float) -> int:
    return 0 if abs(factor - 1) < STEADY else 1 if factor > 1 else -1


def changed(alternation: Alternation, reported: Oscillating, direction: Sequence[float], length: float) -> bool:
    """Whether factor or direction has changed, or the length by a factor of ten."""
    if alternation.since != reported.since or another(alternation.factor, reported.factor):
        return True
    if abs(sum(map(mul, direction, reported.direction))) < 0.95:
        return True
    return not 0.1 < length / reported.swing < 10
