"""A slow valley: steep across and flat along.

The rate is held down by the steep direction and the flat one pays for it: the best that plain descent can is
(κ-1)/(κ+1) a step, at the rate 2/(λmin + λmax), and with momentum (√κ-1)/(√κ+1): Polyak 1964; Goh 2017.
"""

import math

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.state import Stretch
from steepest.engine.recording.verdict import Valley
from steepest.spec import Edit

CONDITION = 10  # from here on a valley
ALONG = 0.9  # of the update's length goes along the valley
QUIET = 0.1  # the distance across the valley against that along it
SLOW = 0.95  # a factor this near to 1: 45 steps for a tenth
STEEP = (1 + SLOW) / (1 - SLOW)  # the condition whose best factor (κ-1)/(κ+1) is that
RECORDS = 20  # in a row before either is named


def in_valley(rows: RecordArrays) -> NDArray[np.bool_]:
    """(r,): the steep directions have come to rest and the updates go along the flat one. Rows with n < 2 never are."""
    if rows.params.shape[1] < 2:
        return np.zeros(len(rows), np.bool_)
    values, flat = rows.eigenvalues, rows.eigenvectors[:, :, 0]
    along = np.abs((rows.gradient * flat).sum(axis=1))
    across = np.sqrt(np.maximum(rows.slopes * rows.slopes - along * along, 0.0))
    moved = np.abs((rows.update * flat).sum(axis=1))
    found: NDArray[np.bool_] = (values[:, 0] > 0) & (values[:, -1] >= CONDITION * values[:, 0])
    found &= (moved >= ALONG * rows.lengths) & (rows.lengths > 0)
    found &= across * values[:, 0] <= QUIET * along * values[:, 1]
    return found


def follow_stretch(stretch: Stretch | None, holds: bool, step: int, curvature: float) -> Stretch | None:
    """After the record at `step`."""
    if not holds:
        return None
    if stretch is None:
        return Stretch(step, 1, curvature, curvature)
    return Stretch(stretch.since, stretch.records + 1, min(stretch.low, curvature), max(stretch.high, curvature))


def factors(reign: ConfigSpan) -> Float:
    """(m,), what each step multiplies the distance along the flattest direction by.

    By the law where one is known, with the curvature where the step leads to: the modulus of its larger root. Else as
    the gradient along that direction became another.
    """
    rows, law = reign.rows, reign.law
    came, went = slice(reign.first, reign.first + len(reign)), slice(reign.first + 1, reign.first + 1 + len(reign))
    if law is not None and law.divisor is None:
        p, r = law.recurrence(law.rate.astype(np.float64) * (rows.eigenvalues[went, 0] + law.decay))
        discriminant = p * p - 4 * r
        real = (np.abs(p) + np.sqrt(np.maximum(discriminant, 0.0))) / 2
        found: Float = np.where(discriminant >= 0, real, np.sqrt(np.abs(r)))
        return found
    flat = rows.eigenvectors[went, :, 0]
    measured: Float = np.abs((rows.gradient[went] * flat).sum(axis=1) / (rows.gradient[came] * flat).sum(axis=1))
    return measured


def condition_of(reign: ConfigSpan, row: int) -> float:
    """λmax/λmin at a record, weight decay included."""
    decay = reign.law.decay if reign.law is not None else 0.0
    return float((reign.rows.eigenvalues[row, -1] + decay) / (reign.rows.eigenvalues[row, 0] + decay))


def valley(stretch: Stretch, factor: float, reign: ConfigSpan, row: int, run: int) -> Valley:
    """The verdict at a record."""
    rows = reign.rows
    decay = reign.law.decay if reign.law is not None else 0.0
    low, high = float(rows.eigenvalues[row, 0]) + decay, float(rows.eigenvalues[row, -1]) + decay
    condition = high / low
    root = math.sqrt(condition)
    momentum = ((root - 1) / (root + 1)) ** 2
    found = Valley(
        step=rows.step + row,
        since=stretch.since,
        direction=tuple(rows.eigenvectors[row, :, 0].tolist()),
        condition=condition,
        factor=factor,
        best_rate=2 / (low + high),
        best_factor=(condition - 1) / (condition + 1),
        momentum_rate=(2 / (math.sqrt(low) + math.sqrt(high))) ** 2,
        momentum=momentum,
        momentum_factor=math.sqrt(momentum),
    )
    return found.model_copy(update={"remedy": _with_momentum(found, stretch, reign, run)})


def _with_momentum(found: Valley, stretch: Stretch, reign: ConfigSpan, run: int) -> Edit | None:
    """Of plain SGD: Polyak's rate and momentum where the curvature has stayed the same, for they lie hard by the limit.

    Elsewhere the momentum alone, which raises the limit and leaves the rate.
    """
    law, rule = reign.law, reign.rule
    if rule.optimizer.id != "sgd" or law is None or law.law != "plain":
        return None
    change: dict[str, float] = {"momentum": math.floor(1000 * found.momentum) / 1000}
    if stretch.high <= 1.01 * stretch.low and not reign.scheduled:
        change["lr"] = rounded_down(found.momentum_rate)
    if rule.values["dampening"]:
        change["dampening"] = 0.0
    return setting(rule, run, found.step, dict(change))


def valley_drifted(said: Valley, since: int, condition: float, factor: float) -> bool:
    """κ or the share that a step takes off changed twofold: along a bent valley both change all the time."""
    shares = (1 - factor) / (1 - said.factor)
    return said.since != since or not 0.5 < condition / said.condition < 2 or not 0.5 < shares < 2
