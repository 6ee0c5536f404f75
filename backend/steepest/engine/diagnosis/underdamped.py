"""Round the minimum: with momentum a run swings through it and back, several steps from one turn to the next.

Along an eigenvector the distance from the middle follows d' = p d - r d_before (see `optimizers.stability`). Where
p² < 4r its two roots are a complex pair of modulus √r: every step leaves that much of the swing, whatever the
curvature, and the pair's argument is the angle a step turns by. For the heavy ball r = μ, for Nesterov r = μ(1 - q)
(Polyak 1964; O'Donoghue & Candès 2015, Adaptive restart for accelerated gradient schemes, §3; Goh 2017). Turns are
counted, as the update's component changes its sign; where the roots are no such pair, as with an optimizer without a
law, or do not show in what happened, as far from a quadratic, so is the factor: by how the lengths from turn to turn
compare.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.oscillation import another
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import learning_rate, setting
from steepest.engine.diagnosis.state import Round
from steepest.engine.recording.verdict import Oscillating
from steepest.spec import Edit

TURNS = 3  # there, back, and there again: two lengths
COUNTED = 5  # turns, where there is nothing but them to go by
SLOWER = 2  # steps from turn to turn: else every step turns
LAST = 4  # lengths that are averaged
UNEVEN = 3  # times as long or as short from turn to turn as before: no one swing
LATE = 2  # times as long since the last turn as from turn to turn: it turns no more
WIDEST = 0.5  # of the way from turn to turn is along the direction
SAME = 0.9  # cosine of the angle between two directions that are one
LIKE = math.log(1.3)  # what was counted agrees with the roots; a turn lies between two records
VISIBLE, GOES_ON = 1e-3, 1e-4  # of the diagonal, from turn to turn: to be named, and to go on
SOONER = 0.95  # of the momentum, at most, that it is worth changing it to
BELOW = 0.95  # of the limit


@dataclass(frozen=True)
class Reversal:
    """An update that goes back against the one before. step, at: of the record between."""

    step: int
    direction: tuple[float, ...]
    at: tuple[float, ...]


def turned(rows: RecordArrays) -> NDArray[np.bool_]:
    """(r - 1, n): the updates before and after each row but the last go against each other along an eigenvector.

    One of positive curvature, so that there is a middle to swing through.
    """
    vectors = rows.eigenvectors[:-1]
    came = np.einsum("ri,rij->rj", rows.update[:-1], vectors)
    went = np.einsum("ri,rij->rj", rows.update[1:], vectors)
    found: NDArray[np.bool_] = (came * went < 0) & (rows.eigenvalues[:-1] > 0)
    return found


def turns_at(rows: RecordArrays, row: int, found: NDArray[np.bool_]) -> list[Reversal]:
    """Those of which the update that led to `row` is the second half. found: as `turned` has them."""
    at = row - 1
    place = tuple(rows.params[at].tolist())
    return [
        Reversal(rows.step + at, tuple(rows.eigenvectors[at, :, i].tolist()), place) for i in np.flatnonzero(found[at])
    ]


def follow(rounds: tuple[Round, ...], turns: list[Reversal], step: int) -> tuple[Round, ...]:
    """After the record at `step`. The records since the last one that is remembered may have been passed over."""
    rounds = alive(rounds, step - 1)
    for turn in turns:
        before = next((one for one in rounds if abs(_dot(one.direction, turn.direction)) >= SAME), None)
        rounds = (*(one for one in rounds if one is not before), _continued(before, turn))
    return alive(rounds, step)


def alive(rounds: tuple[Round, ...], step: int) -> tuple[Round, ...]:
    """Those that may go on after the record at `step`."""
    return tuple(one for one in rounds if step - one.last <= LATE * one.half + 1)


def _continued(before: Round | None, turn: Reversal) -> Round:
    anew = Round(turn.step, turn.direction, 1, turn.step, turn.at, 0.0)
    if before is None:
        return anew
    way = [here - there for here, there in zip(turn.at, before.at, strict=True)]
    length = abs(_dot(way, turn.direction))
    if not length >= WIDEST * math.hypot(*way) > 0:  # beside a longer way it is no swing
        return anew
    gap = turn.step - before.last
    if before.gaps and not 1 / UNEVEN <= gap / before.half <= UNEVEN:  # the one before was of something else
        return Round(before.last, turn.direction, 2, turn.step, turn.at, length, (gap,))
    ratios = (*before.ratios, math.log(length / before.length)) if before.length else ()
    return Round(
        before.since,
        turn.direction,
        before.turns + 1,
        turn.step,
        turn.at,
        length,
        (*before.gaps, gap)[-LAST:],
        ratios[-LAST:],
    )


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def going(rounds: tuple[Round, ...], diagonal: float, said: Oscillating | None) -> Round | None:
    """The one to tell: that which is being told, else the widest."""
    told = [one for one in rounds if one.turns >= TURNS]
    if said is not None:
        for one in told:
            along = abs(_dot(one.direction, said.direction)) >= SAME
            if one.since == said.since and one.length >= GOES_ON * diagonal and along:
                return one
    return max((one for one in told if one.length >= VISIBLE * diagonal), key=lambda one: one.length, default=None)


def modulus(one: Round, reign: ConfigSpan, place: int, row: int) -> float | None:
    """Of the complex pair in the direction, at the record that the step led to.

    None where there is no such pair, and where it is not what happened.
    """
    law, rows = reign.law, reign.rows
    if law is None or law.divisor is not None:
        return None
    axis = int(np.abs(np.array(one.direction) @ rows.eigenvectors[row]).argmax())
    q = np.asarray(law.rate, np.float64) * (rows.eigenvalues[row, axis] + law.decay)
    p, r = (float(part[place]) for part in law.recurrence(q))
    if not p * p < 4 * r:
        return None
    expected = sum(one.gaps[-len(one.ratios) :]) * math.log(r) / 2
    return math.sqrt(r) if abs(math.fsum(one.ratios) - expected) <= LIKE else None


def oscillating(one: Round, factor: float | None, reign: ConfigSpan, place: int, row: int, run: int) -> Oscillating:
    """The verdict at a record. factor: of the complex pair, None where it is counted."""
    law = reign.law
    return Oscillating(
        step=reign.rows.step + row,
        since=one.since,
        direction=one.direction,
        factor=counted(one) if factor is None else factor,
        swing=one.length,
        half=one.half,
        law=None if factor is None or law is None else law.law,
        momentum=None if factor is None or law is None else law.momentum,
        remedy=None if factor is None else _damped(reign, place, row, run),
    )


def counted(one: Round) -> float:
    """What one step multiplies the swing by, from turn to turn."""
    return math.exp(math.fsum(one.ratios) / sum(one.gaps[-len(one.ratios) :]))


def _damped(reign: ConfigSpan, place: int, row: int, run: int) -> Edit | None:
    """The momentum at which the flattest direction is just damped, the quickest for this rate.

    (1 - √q)² for the heavy ball, (1 - √q)/(1 + √q) for Nesterov, from p² = 4r; None where that direction does not swing
    either, for there less momentum would be slower. Only of plain SGD's rule, whose momentum is one number.
    """
    law, rule, rows = reign.law, reign.rule, reign.rows
    momentum = rule.values.get("momentum")
    if law is None or rule.optimizer.id != "sgd" or not isinstance(momentum, float) or rule.values["dampening"]:
        return None
    rate = float(law.rate[place])
    flat, steep = (rate * (float(rows.eigenvalues[row, i]) + law.decay) for i in (0, -1))
    if not 0 < flat < 1 or learning_rate(rule) <= 0:
        return None
    root = math.sqrt(flat)
    nesterov = law.law == "nesterov"
    best = (1 - root) / (1 + root) if nesterov else (1 - root) ** 2
    limit = 2 * (1 + best) / (1 + 2 * best) if nesterov else 2 * (1 + best)
    if best > SOONER * momentum or steep > BELOW * limit:
        return None
    return setting(rule, run, rows.step + row, {"momentum": round(best, 3)})


def tells(one: Round, factor: float | None) -> bool:
    """Whether it is enough. factor: of the complex pair, None where it is counted."""
    return factor is not None or (one.turns >= COUNTED and one.half >= SLOWER)


def drifted(one: Round, said: Oscillating, factor: float | None) -> bool:
    """Another swing, or its factor is another, or it is counted now, or a hundredth is left of it."""
    if said.since != one.since or (factor is None) != (said.law is None):
        return True
    now = counted(one) if factor is None else factor
    return another(now, said.factor) or not 0.01 < one.length / said.swing < 10
