"""How a run ends: at rest in a minimum, on the way down for ever, or no longer finite, and why.

A fall for ever is told from an unstable step by what happened: it fell at every step, outside the view and farther
out each time, on a slope that does not die away. A wall is told from both by the step that led to it: not one above the
limit in that direction.
"""

import math

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import SPARE, setting
from steepest.engine.diagnosis.stability_limit import slower
from steepest.engine.diagnosis.state import Crossing
from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.verdict import Bottomless, Converged, Diverged

# Closer to a minimum than this share of the view's diagonal, and moving less than it: converged.
ARRIVED = 1e-4
AGAIN = 10  # times as far, and it has left
FALLS = 3  # steps in a row before it is called a fall for ever
DYING = 0.99999  # a slope that keeps less of itself at each step dies away: exp(-x) has a bottom
ALONG = 0.5  # of an update's length
PACE = 1e-4  # of the diagonal: no plateau


def falls(rows: RecordArrays, picture: ViewScale) -> NDArray[np.bool_]:
    """(r - 1,), of the steps between the rows: down and farther out, where the view ends.

    Where nobody declared that there is no bottom, the view must be left by as much again, and the slope must not die.
    """
    outside = rows.outside
    found: NDArray[np.bool_] = (rows.loss[1:] < rows.loss[:-1]) & (outside[1:] > outside[:-1])
    if picture.unbounded:
        return found & (outside[1:] > 1)
    found &= outside[1:] > 2
    if found.any():
        found &= (rows.lengths[1:] >= PACE * picture.diagonal) & (rows.slopes[1:] >= DYING * rows.slopes[:-1])
    return found


def bottomless(rows: RecordArrays, row: int, left: int) -> Bottomless:
    """The verdict at a record."""
    return Bottomless(step=rows.step + row, since=left, loss=float(rows.loss[row]))


def bottomless_drifted(said: Bottomless, left: int, loss: float) -> bool:
    """A thousand times as deep by now."""
    return said.since != left or abs(loss) > 1000 * max(abs(said.loss), 1.0)


def converged(picture: ViewScale, rows: RecordArrays, row: int) -> Converged:
    """The verdict at a record."""
    here = rows.params[row]
    loss = float(rows.loss[row])
    declared, lowest = picture.declared("minimum", here), picture.lowest()
    deeper = lowest is not None and lowest.value < loss - 1e-3 * max(1.0, abs(loss))
    return Converged(
        step=rows.step + row,
        at=declared.at if declared is not None else tuple(here.tolist()),
        loss=loss,
        lowest=lowest if deeper else None,
    )


def still_rests(said: Converged, picture: ViewScale, rows: RecordArrays, row: int) -> bool:
    """It has not really gone: adaptive optimizers tremble where they have arrived."""
    here, close = rows.params[row], AGAIN * ARRIVED * picture.diagonal
    return bool(np.linalg.norm(here - np.array(said.at)) <= close and np.linalg.norm(rows.update[row]) <= close)


def converged_drifted(said: Converged, loss: float, picture: ViewScale) -> bool:
    """The loss is another, against itself and against the whole picture: towards 0 it shrinks by nature."""
    return abs(loss - said.loss) > max(0.05 * abs(said.loss), 1e-3 * picture.slope * picture.diagonal)


def diverged(
    rows: RecordArrays,
    row: int,
    rule: OptimizerConfig,
    run: int,
    crossing: Crossing | None,
    fell: int,
    unbounded: bool,
    lowest: int,
    start: float,
    lawful: bool,
) -> Diverged:
    """Why the record is no longer finite.

    rule, crossing, fell: of the step that led there, the stretch above the limit that it belongs to, and how many steps
    before it fell outside the view. lowest: the last step whose loss was no higher than `start`, the loss at record 0.
    lawful: a law of the step that led there is known, so one that is not above its limit was a stable one.
    """
    step = rows.step + row
    last = float(rows.loss[row - 1]) if row else None
    momentum = rule.values.get("momentum")
    if row == 0:  # the start itself
        return Diverged(step=step, cause="wall", limit=None, last=None)
    if rule.values.get("maximize") is True:
        remedy = setting(rule, run, lowest, {"maximize": False})
        return Diverged(step=step, cause="climbing", limit=None, last=last, remedy=remedy)
    loss = float(rows.loss[row])
    if loss == -math.inf or (loss != math.inf and fell >= (1 if unbounded else 2)):
        return Diverged(step=step, cause="bottomless", limit=None, last=last)
    if isinstance(momentum, int | float) and momentum >= 1:
        remedy = setting(rule, run, lowest, {"momentum": SPARE})
        return Diverged(step=step, cause="momentum", limit=None, last=last, remedy=remedy)
    reached = bool(np.isfinite(rows.params[row]).all())
    if crossing is not None and (
        loss > crossing.loss or rows.loss[row - 1] > crossing.loss or _thrown(crossing, rows, row)
    ):
        remedy = slower(crossing, rule, run)
        return Diverged(step=step, cause="unstable", limit=crossing.limit, last=last, remedy=remedy)
    wall = reached and (lawful or math.isnan(loss) or not rows.loss[row - 1] > start)
    return Diverged(step=step, cause="wall" if wall else "unknown", limit=None, last=last)


def _thrown(crossing: Crossing, rows: RecordArrays, row: int) -> bool:
    """The step above the limit went in the direction in which it is above it."""
    update, length = rows.update[row], rows.lengths[row]
    return bool(abs(update @ np.array(crossing.limit.direction)) >= ALONG * length > 0)
