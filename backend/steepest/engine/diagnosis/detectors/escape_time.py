"""The step at which a run should leave a saddle or a maximum, from the linear recurrence of the optimizer's law."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.surface_run import SurfaceRun

if TYPE_CHECKING:
    from steepest.engine.diagnosis.detectors.critical_point_visit import Near

LOOK = 1000  # steps that are followed one by one; the rest by the larger root


def predict(
    records: SurfaceRun, row: int, axes: Sequence[Sequence[float]], point: "Near", offset: Float, update: Float
) -> tuple[float | None, int | None, bool]:
    """The factor along downhill and the steps until it leaves, None where unknown; and whether it is stuck.

    axes: unit vectors that lead away, (k, n), of the k most negative curvatures.
    offset, update: components along them, (k,), at the record of `row`. Weight decay in the gradient moves the fixed
    point of the recurrence to where curvature × offset and decay × position cancel.
    """
    span = records.span(row)
    law, place = span.law, span.place(row)
    assert law is not None
    away = np.array(axes)
    curvature = np.array(point.eigenvalues[: len(axes)]) + law.decay
    p, r = (part[place] for part in law.recurrence(law.rate[:, None].astype(np.float64) * curvature))
    if not (np.isfinite(p).all() and np.isfinite(r).all()):  # rate × curvature overflows
        return None, None, False
    factor = max(float(np.abs(np.roots([1.0, -p[0], r[0]])).max()), 0.0)
    shift = np.zeros(len(away))
    if law.decay:
        shift = law.decay * (away @ np.array(point.at)) / np.where(curvature == 0, np.inf, curvature)
    now = offset + shift
    before = now - update

    push = (p * now - r * before - now) / (1 - law.momentum if law.momentum < 1 else 1.0)
    here = records.rows.params[row].astype(records.dtype)
    with np.errstate(over="ignore"):
        stuck = bool((here + (push @ away).astype(records.dtype) == here).all()) and bool(span.rates[place] != 0)

    for k in range(1, LOOK):
        now, before = p * now - r * before, now
        if np.linalg.norm(now - shift) >= records.view.near:
            return factor, k, stuck
    remaining = float(np.linalg.norm(now))
    if not (factor > 1 and remaining > 0):
        return factor, None, stuck
    return factor, LOOK - 1 + math.ceil(math.log(records.view.near / remaining) / math.log(factor)), stuck
