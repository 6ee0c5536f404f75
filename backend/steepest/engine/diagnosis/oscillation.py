"""To and fro: updates that turn round at every step, along the steepest direction or straight back.

Between 1 and its limit the product rate × curvature makes plain descent jump over the bottom at every step, and what
is left of the distance is the factor |1 - q|: 1 at the limit itself, where it goes on for ever. The factor here is
counted, not derived, so it holds for any optimizer: the geometric mean of how the last few updates shrank.
"""

import math
from collections.abc import Sequence
from operator import mul

import numpy as np

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import Swing
from steepest.engine.recording.verdict import Oscillating

TURNS = 5  # six updates, each against the one before
MEAN = 10  # as many of the last ones are averaged
DOMINATES = 0.7  # of the update's length is along the steepest direction
STRAIGHT = 0.95  # cosine of the angle between an update and the way straight back
SMALL = 1e-6  # of the diagonal: a swing this short is the end of convergence ...
STEADY = 1e-3  # a factor this near to 1 neither grows nor fades
FOR_EVER = 100  # ... unless it has turned this often


def turns(rows: RecordArrays) -> tuple[Float, Float, Float]:
    """Components of the update before and after each record but the last, (r - 1,) each, and along what, (r - 1, n).

    Along the steepest direction; where the updates are not, as with curvatures that are all alike, along the later one,
    if that goes straight back and the surface curves up that way. Components 0 where the two do not turn.
    """
    steepest = rows.eigenvectors[:-1, :, -1]
    came, went = rows.update[:-1], rows.update[1:]
    before, after = (came * steepest).sum(axis=1), (went * steepest).sum(axis=1)
    along = DOMINATES * rows.lengths
    turned = (before * after < 0) & (rows.eigenvalues[:-1, -1] > 0)
    turned &= (np.abs(before) >= along[:-1]) & (np.abs(after) >= along[1:])
    back = ~turned & ((came * went).sum(axis=1) < 0)
    way = steepest
    if back.any():
        largest = np.take_along_axis(went, np.abs(went).argmax(axis=1)[:, None], axis=1)
        own = went / np.where(back, rows.lengths[1:], 1.0)[:, None] * np.where(largest < 0, -1.0, 1.0)
        straight = np.abs((came * own).sum(axis=1)) >= STRAIGHT * rows.lengths[:-1]
        back &= straight & (np.einsum("ri,rij,rj->r", own, rows.hessian[:-1], own) > 0)
        way = np.where(back[:, None], own, steepest)
        before, after = (came * way).sum(axis=1), (went * way).sum(axis=1)
        back &= before * after < 0
    found = turned | back
    return np.where(found, before, 0.0), np.where(found, after, 0.0), way


def follow_swing(swing: Swing | None, step: int, before: float, after: float) -> Swing | None:
    """After the record at `step`."""
    if after == 0:
        return None
    ratio = math.log(abs(after / before))
    if swing is None:
        return Swing(step - 2, 1, (ratio,))
    return Swing(swing.since, swing.turns + 1, (*swing.ratios, ratio)[-MEAN:])


def swings(swing: Swing | None, length: float, diagonal: float) -> bool:
    """It is worth telling. length: of the last update along the direction."""
    if swing is None or swing.turns < TURNS:
        return False
    return length >= SMALL * diagonal or swing.turns >= FOR_EVER


def factor_of(swing: Swing) -> float:
    """What one step multiplies the swing by."""
    return math.exp(math.fsum(swing.ratios) / len(swing.ratios))


def oscillating(
    swing: Swing, reign: ConfigSpan, place: int, row: int, run: int, way: Sequence[float], length: float
) -> Oscillating:
    """The verdict at a record. place: in the reign, of the step that led there. way: the direction."""
    law, rows = reign.law, reign.rows
    curvature = float(np.array(way) @ rows.hessian[row - 1] @ np.array(way))
    remedy = None
    if law is not None and law.divisor is None:
        # At 1/λ one step leads to the bottom; the law's rate may have a schedule in it.
        share = float(law.rate[place]) / learning_rate(reign.rule) if learning_rate(reign.rule) else 0.0
        ideal = 1 / ((curvature + law.decay) * share) if share > 0 else 0.0
        if 0 < ideal < learning_rate(reign.rule):
            remedy = setting(reign.rule, run, rows.step + row, {"lr": rounded_down(ideal)})
    return Oscillating(
        step=rows.step + row,
        since=swing.since,
        direction=tuple(way),
        factor=factor_of(swing),
        swing=length,
        remedy=remedy,
    )


def another(factor: float, said: float) -> bool:
    """By more than 5 %, or one grows, stays or fades where the other does not."""
    return not 1 / 1.05 <= factor / said <= 1.05 or _course(factor) != _course(said)


def _course(factor: float) -> int:
    return 0 if abs(factor - 1) < STEADY else 1 if factor > 1 else -1


def drifted(swing: Swing, said: Oscillating, direction: Sequence[float], length: float) -> bool:
    """The factor is another, or the direction; the swing itself shrinks by nature: to a tenth."""
    if swing.since != said.since or another(factor_of(swing), said.factor):
        return True
    if abs(sum(map(mul, direction, said.direction))) < 0.95:
        return True
    return not 0.1 < length / said.swing < 10
