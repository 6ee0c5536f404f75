"""To and fro: updates that turn round at every step along the steepest direction.

Between 1 and its limit the product rate × curvature makes plain descent jump over the bottom at every step, and what
is left of the distance is the factor |1 - q|: 1 at the limit itself, where it goes on for ever. The factor here is
counted, not derived, so it holds for any optimizer: the geometric mean of how the last few updates shrank.
"""

import math
from collections.abc import Sequence
from operator import mul

import numpy as np

from steepest.engine.diagnosis.curvature import Float
from steepest.engine.diagnosis.laws import Reign
from steepest.engine.diagnosis.memory import Swing
from steepest.engine.diagnosis.remedy import learning_rate, rounded_down, setting
from steepest.engine.diagnosis.rows import Rows
from steepest.engine.verdict import Oscillating

TURNS = 5  # six updates, each against the one before
MEAN = 10  # as many of the last ones are averaged
DOMINATES = 0.7  # of the update's length is along the steepest direction
SMALL = 1e-6  # of the diagonal: a swing this short is the end of convergence ...
FOR_EVER = 100  # ... unless it has turned this often


def turns(rows: Rows) -> tuple[Float, Float]:
    """Components of the update before and after each record but the last, along its steepest direction: (r - 1,) each.

    Both 0 where the two do not turn: not of opposite sign, not along it, or no valley's direction.
    """
    steepest = rows.eigenvectors[:-1, :, -1]
    came, went = rows.update[:-1], rows.update[1:]
    before, after = (came * steepest).sum(axis=1), (went * steepest).sum(axis=1)
    along = DOMINATES * rows.lengths
    turned = (before * after < 0) & (rows.eigenvalues[:-1, -1] > 0)
    turned &= (np.abs(before) >= along[:-1]) & (np.abs(after) >= along[1:])
    return np.where(turned, before, 0.0), np.where(turned, after, 0.0)


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


def oscillating(swing: Swing, reign: Reign, place: int, rows: Rows, row: int, run: int, length: float) -> Oscillating:
    """The verdict at a record. place: in the reign, of the step that led there."""
    law = reign.law
    curvature = float(rows.eigenvalues[row - 1, -1])
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
        direction=tuple(rows.eigenvectors[row - 1, :, -1].tolist()),
        factor=factor_of(swing),
        swing=length,
        remedy=remedy,
    )


def drifted(swing: Swing, said: Oscillating, direction: Sequence[float], length: float) -> bool:
    """The factor changed by more than 5 %, or the direction; the swing itself shrinks by nature: to a tenth."""
    factor = factor_of(swing)
    if swing.since != said.since or not 1 / 1.05 <= factor / said.factor <= 1.05:
        return True
    if abs(sum(map(mul, direction, said.direction))) < 0.95:
        return True
    return not 0.1 < length / said.swing < 10
