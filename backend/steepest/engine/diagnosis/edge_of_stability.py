"""The sharpness of a model's loss against what its optimizer bears: steps that overshoot, and the edge of stability.

The sharpness is measured every few steps of full-batch training. rate × sharpness against the limit of the optimizer's
law says what it says on a quadratic (see `limits`); but nets go on at the limit itself: the sharpness rises until it is
there, hovers, and the loss falls on in the long run, though not at every step (Cohen et al. 2021, arXiv:2103.00065).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from steepest.engine.diagnosis.remedy import SPARE, learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import TrainingMemory
from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.engine.recording.verdict import Edge, Limit, Unstable
from steepest.optimizers.stability import Stability
from steepest.spec import Edit

GROWN = 1.5  # times the lowest loss before, and above the first one: beyond the ups and downs of the edge
SEEN = 3  # measurements in a row near the limit
BAND = (0.9, 1.25)  # of the limit: to be named; one of those seen must have reached it
WIDE = (0.75, 2.0)  # to go on


@dataclass(frozen=True)
class Law:
    """Of a step without a divisor. stability: as declared. limit: its own. rate: its last factor. lr: what it is of."""

    stability: Stability
    limit: float
    rate: float
    lr: float

    def product(self, sharpness: float) -> float:
        """What must stay below the limit."""
        return self.rate * (sharpness + self.stability.decay)


def law_of(rule: OptimizerConfig, lr: float) -> Law | None:
    """The law of a step at a rate; None where the gradient is divided by something, and where none is known."""
    if not math.isfinite(lr):
        return None
    unknown = {slot.name: np.full((1,) if slot.scalar else (1, 1), np.nan) for slot in rule.optimizer.state}
    with np.errstate(all="ignore"):
        found = rule.optimizer.stability(rule.values, unknown, np.array([1]), np.array([lr]))
    if found is None or found.divisor is not None or np.ndim(found.ahead) or np.ndim(found.shrink):
        return None
    rate, limit = float(found.rate[0]), float(found.limit)
    return Law(found, limit, rate, lr) if math.isfinite(rate) and rate > 0 else None


def follow(memory: TrainingMemory, step: int, sharpness: float, law: Law | None) -> TrainingMemory:
    """After a measured step. sharpness: NaN where it was not measured there."""
    measured = math.isfinite(sharpness)
    last = (step, sharpness) if measured else memory.sharpness
    if law is None or last is None:
        return replace(memory, sharpness=last, sharp=(), crossing=None)
    product = law.product(last[1])
    crossing = (memory.crossing or (_limit(last, law), memory.lowest[1])) if product > law.limit else None
    sharp = (*memory.sharp, (step, product))[-SEEN:] if measured else memory.sharp
    return replace(memory, sharpness=last, sharp=sharp, crossing=crossing)


def _limit(sharpness: tuple[int, float], law: Law) -> Limit:
    since, value = sharpness
    product = law.product(value)
    return Limit(
        since=since,
        law=law.stability.law,
        product=product,
        limit=law.limit,
        curvature=value + law.stability.decay,
        direction=(),
        largest=law.lr * law.limit / product,
        momentum=law.stability.momentum,
    )


def limit_of(memory: TrainingMemory, law: Law | None) -> Limit | None:
    """That which the step to a record broke, as far as is known; None where it broke none."""
    if memory.crossing is not None:
        return memory.crossing[0]
    if law is None or memory.sharpness is None or not law.product(memory.sharpness[1]) > law.limit:
        return None
    return _limit(memory.sharpness, law)


def unstable(memory: TrainingMemory, step: int, loss: float, rule: OptimizerConfig, run: int) -> Unstable | None:
    """Above the limit, and the loss has grown. loss: that which is trained."""
    if memory.crossing is None:
        return None
    limit, lowest = memory.crossing
    said = memory.verdict
    holds = said.code == "unstable" and said.limit == limit
    if not holds and not loss > max(memory.start, lowest + (GROWN - 1) * abs(lowest)):
        return None
    if holds and loss <= memory.start:
        return None
    return Unstable(step=step, limit=limit, remedy=slower(limit, rule, run))


def slower(limit: Limit, rule: OptimizerConfig, run: int) -> Edit | None:
    """A rate below the limit, from where it was broken."""
    if limit.limit <= 0:
        return setting(rule, run, limit.since, {"momentum": SPARE})
    if not (limit.largest > 0 and math.isfinite(limit.largest)):
        return None
    # What a schedule makes of the rate it makes of a smaller one too.
    return setting(rule, run, limit.since, {"lr": rounded_down(SPARE * limit.largest)})


def hovering(memory: TrainingMemory, step: int, law: Law | None) -> Edge | None:
    """At the edge of stability: the last measurements all lie about the limit, and the loss is below the first."""
    if law is None or len(memory.sharp) < SEEN or memory.sharpness is None or not law.limit > 0:
        return None
    shares = [product / law.limit for _, product in memory.sharp]
    said = memory.verdict
    goes_on = said.code == "edge"
    (low, high), reached = (WIDE, BAND[0]) if goes_on else (BAND, 1)
    if min(shares) < low or max(shares) > high or max(shares) < reached:
        return None
    if memory.window[-1].train > memory.start:
        return None
    product = law.product(memory.sharpness[1])
    return Edge(
        step=step,
        since=said.since if said.code == "edge" else memory.sharp[0][0],
        sharpness=memory.sharpness[1],
        product=product,
        limit=law.limit,
        bound=law.limit / law.rate - law.stability.decay,
    )


def bearable(memory: TrainingMemory, law: Law | None, rule: OptimizerConfig) -> float:
    """The largest rate with something to spare below the limit; inf where the sharpness is not known."""
    if law is None or memory.sharpness is None:
        return math.inf
    product = law.product(memory.sharpness[1])
    return SPARE * learning_rate(rule) * law.limit / product if product > 0 else math.inf
