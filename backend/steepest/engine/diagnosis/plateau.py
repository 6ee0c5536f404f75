"""A plateau: flat ground far above the lowest place that is known.

On a convex surface the slope is never gentler than the even slope down to any lower place,
|∇f(x)| ≥ (f(x) - f(y)) / |x - y|, which is the first-order condition of convexity with Cauchy and Schwarz (Boyd &
Vandenberghe 2004, Convex Optimization, §3.1.3). A slope that is a small part of it cannot be the way into a basin that
y is in: it is flat here, and yet high up. The ratio is the same in whatever units loss and parameters are measured.
Below all that the view shows there is no such y; there the picture's own slope is the measure, with a curvature that
would take a diagonal to end it: a tail that flattens.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float, derivatives, eigen
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import SPARE, learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import CriticalPointVisit, Stretch
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.verdict import Plateau

STEPS, REACH = 100, 0.01  # this many steps go less than this part of the diagonal
FLAT = 0.05  # of the even slope
NOTHING = 1e-3  # of it: flatter is all the same
ROUND = -1e-6  # of the largest curvature: the smallest is none
LARGER = 10  # times the rate, to leave a plateau
SAMPLES = 21  # a side, to learn which curvatures a larger rate will meet


def creeps(rows: RecordArrays, shares: Float, picture: ViewScale) -> NDArray[np.bool_]:
    """(r,): at the pace of the last update 100 steps go less than 1 % of the diagonal.

    shares: (r,), of the optimizer's own rate that a schedule left to that update; slow for that reason is not slow.
    """
    found: NDArray[np.bool_] = rows.lengths < REACH / STEPS * picture.diagonal * shares
    return found


def on_plateau(rows: RecordArrays, picture: ViewScale) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(r,), (r,): hardly any slope, measured as above; and which of the rows lie above the lowest place."""
    even, above = even_slope(rows.params, rows.loss, picture)
    curvature = np.abs(rows.eigenvalues).max(axis=1)
    found: NDArray[np.bool_] = (rows.slopes <= FLAT * even) & (above | (curvature <= picture.slope / picture.diagonal))
    return found, above


def even_slope(params: Float, loss: Float, picture: ViewScale) -> tuple[Float, NDArray[np.bool_]]:
    """(r,), (r,): what leads evenly down to the lowest place, and whether there is one below; else the picture's."""
    at, lowest = picture.bottom
    above = loss > lowest
    with np.errstate(all="ignore"):
        even = (loss - lowest) / np.linalg.norm(params - at, axis=1)
    return np.where(above, even, picture.slope), above


def in_trough(stay: CriticalPointVisit, stretch: Stretch | None) -> bool:
    """A run that comes to rest on level ground, of which the degenerate point near by is but one of many."""
    if stretch is None or stay.near.kind != "degenerate" or stay.axes:
        return False
    low, high = stay.near.eigenvalues[0], stay.near.eigenvalues[-1]
    return high > 0 and low >= ROUND * high


def plateau(
    stretch: Stretch, reign: ConfigSpan, place: int, picture: ViewScale, row: int, run: int, rests: bool
) -> Plateau:
    """The verdict at a record. rests: there is nothing left that a larger rate could multiply."""
    rows = reign.rows
    lr = learning_rate(reign.rule)
    larger = 0.0 if rests else min(LARGER * lr, _bearable(picture, reign, place))
    better = math.isfinite(larger) and larger > 1.05 * lr
    even, above = even_slope(rows.params[row : row + 1], rows.loss[row : row + 1], picture)
    at, lowest = picture.bottom
    return Plateau(
        step=rows.step + row,
        since=stretch.since,
        grad_norm=float(rows.slopes[row]),
        curvature=float(np.abs(rows.eigenvalues[row]).max()),
        reach=STEPS * float(rows.lengths[row]),
        even=float(even[0]),
        bottom=tuple(at.tolist()) if above[0] else None,
        lowest=lowest if above[0] else None,
        remedy=setting(reign.rule, run, rows.step + row, {"lr": rounded_down(larger)}) if better else None,
    )


def _bearable(picture: ViewScale, reign: ConfigSpan, place: int) -> float:
    """A rate with something to spare below the limit, here and, by a law without a divisor, all over the picture."""
    law = reign.law
    if law is None:
        return math.inf
    steepest = float(reign.curvatures[place, -1])
    if law.divisor is None:
        sides = [np.linspace(low, high, SAMPLES) for low, high in picture.bounds]
        points = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, len(sides))
        with torch.enable_grad():
            values, _ = eigen(derivatives(picture.problem.loss_at, points)[1])
        steepest = max(steepest, float(np.nanmax(values, initial=-math.inf)) + law.decay)
    lr = learning_rate(reign.rule)
    share = float(law.rate[place]) / lr if lr else 1.0
    return SPARE * float(reign.limits[place]) / (steepest * share) if steepest > 0 else math.inf


def drifted(said: Plateau, since: int, grad_norm: float) -> bool:
    """The slope grew twofold, or fell to a tenth and is not nothing yet: on a plateau it dwindles by nature."""
    now, then = (max(slope, NOTHING * said.even) for slope in (grad_norm, said.grad_norm))
    return said.since != since or not 0.1 < now / then < 2
