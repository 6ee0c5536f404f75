r"""The stability rule that an optimizer declares: which curvatures its steps can follow at a learning rate.

Along an eigenvector of the (preconditioned) Hessian with eigenvalue λ, with q = rate × λ, the distance d from a
critical point follows a linear recurrence. All optimizers here have one form:

    d' = (1 - ω + μ - (γ - δ) q) d - (μ (1 - ω) - δ q) d_before

with the momentum μ, the gain γ (all factors of the gradient except the rate), of which δ is look-ahead, and the share
ω that decoupled weight decay removes at each step. Eliminating the velocity from the update gives

    plain               μ = 0, γ = 1, δ = 0
    heavy ball          μ, γ = 1 - τ with dampening τ, δ = 0
    running average     μ = β, γ = 1 - β, δ = 0 (Adam)
    Nesterov            μ, γ = 1 + 2μ, δ = μ:  d' = (1 + μ)(1 - q) d - μ (1 - q) d_before

It shrinks while both roots of z² - p z + r lie within the unit circle, which by Jury's criterion is |r| < 1,
1 + p + r > 0 and 1 - p + r > 0. The second is q < (2 - ω)(1 + μ)/γ: the limit. It gives 2 for gradient descent,
2(1 + μ) for the heavy ball, 2(1 + μ)/(1 + 2μ) for Nesterov, (2 + 2β)/(1 - β) for a running average. The first is μ < 1
without look-ahead, and q > (μ - 1)/μ for Nesterov, whose momentum may exceed 1 where the curvature is large.

Exact on a quadratic with a constant preconditioner; a local approximation elsewhere. Sources: Goh 2017, Why momentum
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
Values = Mapping[str, Value]  # completed hyperparameters
State = Mapping[str, Array]  # recorded state of m records, by slot


@dataclass(frozen=True)
class Stability:
    """The rule of m steps, each from its record, with the hyperparameters in force there.

    rate: (m,), lr including the optimizer's own schedule.
    momentum: μ. gain: γ. ahead: δ, one number or (m,).
    divisor: (m, n), D: the divisor of each component of the gradient after the last update; NaN before the first.
        None: no divisor.
    decay: weight decay that goes through the gradient and so adds to every curvature.
    shrink: ω, of decoupled weight decay, one number or (m,).
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
        """The name of the rule; adaptive wherever there is a divisor."""
        if self.divisor is not None:
            return "adaptive"
        if self.momentum == 0:
            return "plain"
        return "nesterov" if np.any(self.ahead) else "heavy_ball"

    @property
    def limit(self) -> Array:
        """The upper limit of q, () or (m,) as `shrink` is; 0: never stable, as with momentum 1; inf: always stable."""
        shrink = np.asarray(self.shrink, np.float64)
        bound = np.maximum(0.0, (2 - shrink) * (1 + self.momentum))
        limit = bound / self.gain if self.gain else np.full_like(bound, inf)  # gain 0: full dampening
        undamped = self.momentum * (1 - shrink) >= 1
        return limit if np.any(self.ahead) else np.where(undamped, 0.0, limit)

    @property
    def least(self) -> float:
        """The lower limit of q: 0, except for a Nesterov momentum over 1, which is unstable in flat directions."""
        surplus = np.max(self.momentum * (1 - np.asarray(self.shrink)) - 1)
        if surplus <= 0 or not np.any(self.ahead):
            return 0.0
        return float(np.max(surplus / self.ahead))

    def recurrence(self, q: Array) -> tuple[Array, Array]:
        """p, r of d' = p d - r d_before, shaped as q. q: any shape whose first axis is the m steps."""
        ahead, shrink = (
            part.reshape(part.shape + (1,) * (q.ndim - 1)) if part.ndim else part
            for part in (np.asarray(self.ahead, np.float64), np.asarray(self.shrink, np.float64))
        )
        kept = 1 - shrink
        return kept + self.momentum - (self.gain - ahead) * q, self.momentum * kept - ahead * q

    def rate_zones(self, rates: Array, curvature: Array) -> Array:
        """(m, 2), along a curvature: the lr from which the distance swings, and the one from which it grows; NaN: none.

        rates: (m,), lr as in these steps, not 0. curvature: (m,), of the (preconditioned) Hessian with the decay.
        With all else held fixed, q and ω are in proportion to lr = c: with q = uc and ω = wc the recurrence has
        p = 1 + μ - bc and r = μ - kc, where b = w + (γ - δ)u and k = μw + δu. It swings once a root of z² - p z + r is
        negative or complex, so from the least c with r = 0 or p² = 4r; the latter is b²c² - 2((1 + μ)b - 2k)c +
        (1 - μ)² = 0, whose discriminant is 16 (b - k)(μb - k). There is none without a curvature upwards, or with
        μ >= 1, which is never stable or only at large curvatures.
        """
        mu = self.momentum
        u, w = self.rate / rates * curvature, np.asarray(self.shrink, np.float64) / rates
        b, k = w + (self.gain - self.ahead) * u, mu * w + self.ahead * u
        with np.errstate(all="ignore"):
            double = (1 - mu) ** 2 / ((1 + mu) * b - 2 * k + 2 * np.sqrt((b - k) * (mu * b - k)))
            zero = np.where(k > 0, mu / k, inf) if mu else inf
            grows = 2 * (1 + mu) / (self.gain * u + (1 + mu) * w)
            found = np.stack(np.broadcast_arrays(np.minimum(double, zero), grows), axis=-1)
        found[~((curvature > 0) & np.isfinite(found).all(axis=-1) & (mu < 1))] = np.nan
        return found


def after_first_step(divisor: Array, steps: Array) -> Array:
    """The divisor (m, n) with NaN before the first update: state recorded there belongs to an earlier optimizer."""
    return np.where(steps[:, None] > 0, divisor.astype(np.float64), np.nan)
