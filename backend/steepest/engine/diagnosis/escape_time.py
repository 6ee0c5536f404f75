"""When a run should have left a saddle or a maximum: the law's linear recurrence, followed until it is far enough."""

import math

import numpy as np

from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.record_view import RecordView
from steepest.engine.diagnosis.state import CriticalPointVisit

LOOK = 1000  # steps that are followed one by one; the rest by the larger root


def predict(
    here: RecordView, stay: CriticalPointVisit, offset: Float, update: Float
) -> tuple[float | None, int | None, bool]:
    """The factor along downhill and the steps until it has left, None where they cannot be said; whether it is stuck.

    offset, update: components along the stay's axes, (k,). Weight decay through the gradient moves the point that the
    recurrence leads away from: to where curvature × offset and decay × place are in balance.
    """
    law = here.reign.law
    assert law is not None
    axes = np.array(stay.axes)
    bend = np.array(stay.near.eigenvalues[: len(axes)]) + law.decay
    p, r = (part[here.place] for part in law.recurrence(law.rate[:, None].astype(np.float64) * bend))
    if not (np.isfinite(p).all() and np.isfinite(r).all()):  # a rate times a curvature beyond all numbers
        return None, None, False
    factor = max(float(np.abs(np.roots([1.0, -p[0], r[0]])).max()), 0.0)
    shift = np.zeros(len(axes))
    if law.decay:
        shift = law.decay * (axes @ np.array(stay.near.at)) / np.where(bend == 0, np.inf, bend)
    now = offset + shift
    before = now - update

    push = (p * now - r * before - now) / (1 - law.momentum if law.momentum < 1 else 1.0)
    place = here.at.astype(here.dtype)
    with np.errstate(over="ignore"):
        stuck = bool((place + (push @ axes).astype(here.dtype) == place).all()) and bool(
            here.reign.rates[here.place] != 0
        )

    for k in range(1, LOOK):
        now, before = p * now - r * before, now
        if np.linalg.norm(now - shift) >= here.picture.near:
            return factor, k, stuck
    remaining = float(np.linalg.norm(now))
    if not (factor > 1 and remaining > 0):
        return factor, None, stuck
    return factor, LOOK - 1 + math.ceil(math.log(here.picture.near / remaining) / math.log(factor)), stuck
