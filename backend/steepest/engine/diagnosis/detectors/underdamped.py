"""Underdamped: with momentum a run swings through the minimum and back, several steps from one reversal to the next.

Along an eigenvector the distance from the minimum follows d' = p d - r d_before (see `optimizers.stability`). Where p²
< 4r the two roots are a complex pair of modulus √r: every step multiplies the oscillation by √r, whatever the
curvature, and turns it by the pair's argument. For the heavy ball r = μ, for Nesterov r = μ(1 - q) (Polyak 1964;
O'Donoghue & Candès 2015, Adaptive restart for accelerated gradient schemes, §3; Goh 2017). A reversal is where the
update's component changes its sign. The factor is measured, from the distances between reversals, where there is no
such pair (an optimizer without a law) or where it disagrees with the records (far from a quadratic).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import setting
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.spec import Edit

TURNS = 3  # to give two lengths
COUNTED = 5  # reversals needed where the factor is measured
SLOWER = 2  # steps between reversals, at least; else every step reverses
LAST = 4  # lengths that are averaged
UNEVEN = 3  # a gap between reversals this many times longer or shorter than before: not one oscillation
LATE = 2  # no reversal for this many gaps: the oscillation is over
WIDEST = 0.5  # of the distance between reversals is along the direction
SAME = 0.9  # cosine of the angle between two directions: the same direction
LIKE = math.log(1.3)  # measured and derived factor agree; reversals lie between records
VISIBLE, GOES_ON = 1e-3, 1e-4  # of the diagonal, from reversal to reversal: to be reported, and to continue
SOONER = 0.95  # of the momentum: a remedy must be lower than this
BELOW = 0.95  # of the limit


@dataclass(frozen=True)
class Reversal:
    """An update that reverses the one before. step, at: step and parameters of the record between them."""

    step: int
    direction: tuple[float, ...]
    at: tuple[float, ...]


@dataclass(frozen=True)
class Wave:
    """Reversals along a direction, some steps apart.

    since, last: steps of the first and the last reversal. turns: their number. at: parameters at the last.
    length: distance between the last two reversals, 0 where there is only one.
    gaps: steps between the last few reversals.
    ratios: logarithms of the ratios of successive lengths.
    """

    since: int
    direction: tuple[float, ...]
    turns: int
    last: int
    at: tuple[float, ...]
    length: float
    gaps: tuple[int, ...] = ()
    ratios: tuple[float, ...] = ()

    @property
    def half(self) -> float:
        """Steps between reversals, half a period; inf where there is only one."""
        return sum(self.gaps) / len(self.gaps) if self.gaps else math.inf

    @property
    def factor(self) -> float:
        """The measured factor by which one step multiplies the oscillation."""
        return math.exp(math.fsum(self.ratios) / sum(self.gaps[-len(self.ratios) :]))

    @property
    def shows(self) -> bool:
        """Whether there are enough reversals to trust the measured factor."""
        return self.turns >= COUNTED and self.half >= SLOWER


def turned(rows: RecordArrays) -> Mask:
    """bool[r - 1, n]: the updates before and after each row but the last oppose each other along an eigenvector.

    Only along eigenvectors without negative curvature, which may have a minimum to oscillate around: at a kink, as of
    an L1 loss, the curvature is 0 on both sides.
    """
    vectors = rows.eigenvectors[:-1]
    before = np.einsum("ri,rij->rj", rows.update[:-1], vectors)
    after = np.einsum("ri,rij->rj", rows.update[1:], vectors)
    found: Mask = (before * after < 0) & (rows.eigenvalues[:-1] >= 0)
    return found


def reversals_at(rows: RecordArrays, row: int, found: Mask) -> list[Reversal]:
    """The reversals whose second update led to `row`. found: from `turned`."""
    before = row - 1
    at, vectors = tuple(rows.params[before].tolist()), rows.eigenvectors[before]
    return [Reversal(rows.step + before, tuple(vectors[:, i].tolist()), at) for i in np.flatnonzero(found[before])]


def follow(waves: tuple[Wave, ...], reversals: list[Reversal], step: int) -> tuple[Wave, ...]:
    """The waves after the record at `step`; records without a reversal before it may have been left out."""
    waves = alive(waves, step - 1)
    for reversal in reversals:
        before = next((wave for wave in waves if abs(_dot(wave.direction, reversal.direction)) >= SAME), None)
        waves = (*(wave for wave in waves if wave is not before), _continued(before, reversal))
    return alive(waves, step)


def alive(waves: tuple[Wave, ...], step: int) -> tuple[Wave, ...]:
    """The waves that may continue after the record at `step`."""
    return tuple(wave for wave in waves if step - wave.last <= LATE * wave.half + 1)


def long(waves: tuple[Wave, ...]) -> bool:
    """Whether one of them may be reported."""
    return any(wave.turns >= TURNS for wave in waves)


def _continued(before: Wave | None, turn: Reversal) -> Wave:
    fresh = Wave(turn.step, turn.direction, 1, turn.step, turn.at, 0.0)
    if before is None:
        return fresh
    way = [here - there for here, there in zip(turn.at, before.at, strict=True)]
    length = abs(_dot(way, turn.direction))
    if not length >= WIDEST * math.hypot(*way) > 0:  # most of the way is in another direction: no oscillation
        return fresh
    gap = turn.step - before.last
    if (
        before.gaps and not 1 / UNEVEN <= gap / before.half <= UNEVEN
    ):  # the earlier reversals belong to another oscillation
        return Wave(before.last, turn.direction, 2, turn.step, turn.at, length, (gap,))
    ratios = (*before.ratios, math.log(length / before.length)) if before.length else ()
    gaps = (*before.gaps, gap)[-LAST:]
    turns = before.turns + 1
    return Wave(before.since, turn.direction, turns, turn.step, turn.at, length, gaps, ratios[-LAST:])


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def widest(waves: tuple[Wave, ...], diagonal: float, since: int | None, direction: Sequence[float]) -> Wave | None:
    """The wave to report: the one reported before, with this start and direction, else the widest."""
    found = [wave for wave in waves if wave.turns >= TURNS]
    for wave in found:
        if wave.since == since and wave.length >= GOES_ON * diagonal and abs(_dot(wave.direction, direction)) >= SAME:
            return wave
    return max((wave for wave in found if wave.length >= VISIBLE * diagonal), key=lambda one: one.length, default=None)


def modulus(wave: Wave, span: ConfigSpan, row: int) -> float | None:
    """The modulus of the complex pair in the wave's direction, at the record that the step led to.

    None where there is no such pair, and where it disagrees with the measured factor.
    """
    law, rows = span.law, span.records
    if law is None or law.divisor is not None:
        return None
    axis = int(np.abs(np.array(wave.direction) @ rows.eigenvectors[row]).argmax())
    q = np.asarray(law.rate, np.float64) * (rows.eigenvalues[row, axis] + law.decay)
    p, r = (float(part[span.place(row)]) for part in law.recurrence(q))
    if not p * p < 4 * r:
        return None
    expected = sum(wave.gaps[-len(wave.ratios) :]) * math.log(r) / 2
    return math.sqrt(r) if abs(math.fsum(wave.ratios) - expected) <= LIKE else None


def damped(span: ConfigSpan, row: int, run: int) -> Edit | None:
    """The momentum at which the flattest direction is critically damped, the fastest for this rate.

    (1 - √q)² for the heavy ball, (1 - √q)/(1 + √q) for Nesterov, from p² = 4r. None where that direction does not
    oscillate, where less momentum would be slower. Only for plain SGD, whose momentum is one number.
    """
    law, config, rows = span.law, span.config, span.records
    momentum = config.values.get("momentum")
    if law is None or config.optimizer.id != "sgd" or not isinstance(momentum, float) or config.values["dampening"]:
        return None
    rate = float(law.rate[span.place(row)])
    flat, steep = (rate * (float(rows.eigenvalues[row, i]) + law.decay) for i in (0, -1))
    if not 0 < flat < 1 or config.lr <= 0:
        return None
    root = math.sqrt(flat)
    nesterov = law.law == "nesterov"
    best = (1 - root) / (1 + root) if nesterov else (1 - root) ** 2
    limit = 2 * (1 + best) / (1 + 2 * best) if nesterov else 2 * (1 + best)
    if best > SOONER * momentum or steep > BELOW * limit:
        return None
    return setting(config, run, rows.step + row, {"momentum": round(best, 3)})
