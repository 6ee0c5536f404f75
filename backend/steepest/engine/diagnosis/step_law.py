"""The stability law of a model's step, against the sharpness of its loss: the largest curvature, measured now and then.

rate × sharpness against the limit of the optimizer's law means the same as on a quadratic (see
`steepest.optimizers.stability`).
"""

import math
from dataclasses import dataclass

import numpy as np

from steepest.engine.diagnosis.remedy import SPARE, rounded_down, setting
from steepest.engine.preparation.plan import OptimizerConfig
from steepest.engine.recording.verdict import Limit
from steepest.optimizers.stability import Stability
from steepest.spec import Edit


@dataclass(frozen=True)
class StepLaw:
    """Of a step without a divisor.

    stability: as the optimizer declares it. limit: of rate × sharpness. rate: what the gradient is multiplied by.
    lr: the learning rate.
    """

    stability: Stability
    limit: float
    rate: float
    lr: float

    def product(self, sharpness: float) -> float:
        """What must stay below the limit."""
        return self.rate * (sharpness + self.stability.decay)

    def exceeded(self, since: int, sharpness: float) -> Limit:
        """The limit that a sharpness measured at step `since` exceeds."""
        product = self.product(sharpness)
        return Limit(
            since=since,
            law=self.stability.law,
            product=product,
            limit=self.limit,
            curvature=sharpness + self.stability.decay,
            direction=(),
            largest=self.lr * self.limit / product,
            momentum=self.stability.momentum,
        )

    def largest_rate(self, sharpness: float, config: OptimizerConfig) -> float:
        """The largest learning rate safely below the limit."""
        product = self.product(sharpness)
        return SPARE * config.lr * self.limit / product if product > 0 else math.inf


def law_of(config: OptimizerConfig, lr: float) -> StepLaw | None:
    """The law of a step at a learning rate; None where the gradient is divided by something, or no law is known."""
    if not math.isfinite(lr):
        return None
    unknown = {slot.name: np.full((1,) if slot.scalar else (1, 1), np.nan) for slot in config.optimizer.state}
    with np.errstate(all="ignore"):
        found = config.optimizer.stability(config.values, unknown, np.array([1]), np.array([lr]))
    if found is None or found.divisor is not None or np.ndim(found.ahead) or np.ndim(found.shrink):
        return None
    rate, limit = float(found.rate[0]), float(found.limit)
    return StepLaw(found, limit, rate, lr) if math.isfinite(rate) and rate > 0 else None


def below_limit(limit: Limit, config: OptimizerConfig, run: int, step: int) -> Edit | None:
    """A learning rate below the limit, from a step on; None where there is none."""
    if limit.limit <= 0:  # a momentum of 1 or more: no rate is low enough
        return setting(config, run, step, {"momentum": SPARE})
    if not (limit.largest > 0 and math.isfinite(limit.largest)):
        return None
    return setting(config, run, step, {"lr": rounded_down(SPARE * limit.largest)})
