r"""How an optimizer's steps answer to curvature: what an entry declares so that the diagnosis can say what is stable.

Along an eigenvector of the (preconditioned) Hessian with eigenvalue λ, with q = rate × λ, the distance d from a
critical point follows a linear recurrence. Of the optimizers here all are of the one form

    d' = (1 - ω + μ - (γ - δ) q) d - (μ (1 - ω) - δ q) d_before

with the momentum μ, the gain γ (all that the gradient is multiplied by beside the rate), of which δ looks ahead, and
the share ω that a decoupled weight decay takes off at each step. Eliminating the velocity from the update gives

    plain               μ = 0, γ = 1, δ = 0
    heavy ball          μ, γ = 1 - τ with dampening τ, δ = 0
    running average     μ = β, γ = 1 - β, δ = 0 (Adam)
    Nesterov            μ, γ = 1 + 2μ, δ = μ:  d' = (1 + μ)(1 - q) d - μ (1 - q) d_before

It shrinks while both roots of z² - p z + r lie within the unit circle, which by Jury's criterion is |r| < 1,
1 + p + r > 0 and 1 - p + r > 0. The second is q < (2 - ω)(1 + μ)/γ: the limit. It gives 2 for gradient descent,
2(1 + μ) for the heavy ball, 2(1 + μ)/(1 + 2μ) for Nesterov, (2 + 2β)/(1 - β) for a running average. The first is μ < 1
without look-ahead, and q > (μ - 1)/μ for Nesterov, whose momentum may thus pass 1 where the curvature is steep.

Exact on a quadratic with a constant preconditioner; elsewhere what holds close by. Sources: Goh 2017, Why momentum
really works, Distill, doi:10.23915/distill.00006; Sutskever et al. 2013, ICML, for Nesterov's as the look-ahead of a
heavy ball; Cohen et al. 2022, arXiv:2207.14484, for adaptive methods with their preconditioner held fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steepest.spec import Value

Array = NDArray[Any]


@dataclass(frozen=True)
class Stability:
    """The law of m steps, each that from its record on, with the hyperparameters in force there.

    rate: (m,), what the gradient is multiplied by at last: lr, with any schedule of the optimizer's own in it.
    momentum: μ. gain: γ. ahead: δ, one for all steps or (m,).
    divisor: (m, n), D: what each component of the gradient is divided by, as of the last update; NaN where there was
    none yet. None: the gradient is taken as it is.
    decay: added to every curvature by weight decay that goes through the gradient. shrink: ω, of one that does not, one
    for all steps or (m,).
    """

    rate: Array
    momentum: float = 0.0
    gain: float = 1.0
    ahead: float | Array = 0.0
    divisor: Array | None = None
    decay: float = 0.0
    shrink: float | Array = 0.0

    @property
    def law(self) -> Literal["plain", "heavy_ball", "nesterov", "adaptive"]:
        """Its name; adaptive wherever there is a divisor."""
        if self.divisor is not None:
            return "adaptive"
        if self.momentum == 0:
            return "plain"
        return "nesterov" if np.any(self.ahead) else "heavy_ball"

    @property
    def limit(self) -> Array:
        """What q must stay below, () or (m,) as `shrink` is.

        0 where nothing holds (a heavy ball that keeps all its speed), inf where all does.
        """
        shrink = np.asarray(self.shrink, np.float64)
        reach = np.maximum(0.0, (2 - shrink) * (1 + self.momentum))
        # Full dampening: the gradient is not listened to.
        limit = reach / self.gain if self.gain else np.full_like(reach, inf)
        endless = self.momentum * (1 - shrink) >= 1
        return limit if np.any(self.ahead) else np.where(endless, 0.0, limit)

    @property
    def least(self) -> float:
        """What q must stay above along a valley: 0, but for a Nesterov momentum over 1, which flatness cannot hold."""
        surplus = np.max(self.momentum * (1 - np.asarray(self.shrink)) - 1)
        if surplus <= 0 or not np.any(self.ahead):
            return 0.0
        return float(np.max(surplus / self.ahead))

    def recurrence(self, q: Array) -> tuple[Array, Array]:
        """p, r of d' = p d - r d_before. q: any shape whose first axis is the m steps; theirs is the same."""
        ahead, shrink = (
            part.reshape(part.shape + (1,) * (q.ndim - 1)) if part.ndim else part
            for part in (np.asarray(self.ahead, np.float64), np.asarray(self.shrink, np.float64))
        )
        kept = 1 - shrink
        return kept + self.momentum - (self.gain - ahead) * q, self.momentum * kept - ahead * q


def number(values: Mapping[str, Value], name: str) -> float:
    """A hyperparameter that is declared as a number."""
    value = values[name]
    assert isinstance(value, int | float)
    return float(value)


def after_first_step(divisor: Array, steps: Array) -> Array:
    """A divisor (m, n) with NaN before the first update: state recorded there is an earlier optimizer's."""
    return np.where(steps[:, None] > 0, divisor.astype(np.float64), np.nan)
