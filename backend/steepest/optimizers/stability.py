"""How an optimizer's steps answer to curvature: what an entry declares so that the diagnosis can say what is stable.

Along an eigenvector of the (preconditioned) Hessian with eigenvalue λ, with q = rate × λ, the distance d from a
critical point follows a linear recurrence:

    plain               d' = (1 - q) d
    heavy ball          d' = (1 + μ - γq) d - μ d_before
    Nesterov            d' = (1 + μ)(1 - γq) d - μ (1 - γq) d_before

γ is the gradient's share: 1 but for dampening and averaging.

It is stable while both roots of its characteristic polynomial lie within the unit circle, which by Jury's criterion is
q < 2(1 + μ)/γ for the heavy ball (μ < 1), and q < 2(1 + μ)/((1 + 2μ)γ) for Nesterov. Exact on a quadratic with a
constant preconditioner; elsewhere what holds close by. Sources: Goh 2017, Why momentum really works, Distill; Sutskever
et al. 2013, ICML; Cohen et al. 2022, arXiv:2207.14484, for adaptive methods with their preconditioner held fixed.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Stability:
    """The law of m steps, each that from its record on, with the hyperparameters in force there.

    rate: (m,), what the gradient is multiplied by at last: lr, with any schedule of the optimizer's own in it.
    momentum: μ. gain: γ. nesterov: which recurrence.
    divisor: (m, n), D: what each component of the gradient is divided by, as of the last update; NaN where there was
    none yet. None: the gradient is taken as it is.
    decay: (m,) or number, added to every curvature by weight decay that goes through the gradient.
    """

    rate: Array
    momentum: float = 0.0
    gain: float = 1.0
    nesterov: bool = False
    divisor: Array | None = None
    decay: float = 0.0

    @property
    def law(self) -> Literal["plain", "heavy_ball", "nesterov", "adaptive"]:
        """Its name; adaptive wherever there is a divisor."""
        if self.divisor is not None:
            return "adaptive"
        if self.momentum == 0:
            return "plain"
        return "nesterov" if self.nesterov else "heavy_ball"

    @property
    def limit(self) -> float:
        """What q must stay below; 0 for a momentum of 1 or more, which nothing holds."""
        if self.momentum >= 1 or self.gain <= 0:
            return 0.0
        nesterov = 1 + 2 * self.momentum if self.nesterov else 1.0
        return 2 * (1 + self.momentum) / (nesterov * self.gain)

    def recurrence(self, q: Array) -> tuple[Array, Array]:
        """p, r of d' = p d - r d_before, for q of any shape."""
        if self.nesterov:
            shrunk = 1 - self.gain * q
            return (1 + self.momentum) * shrunk, self.momentum * shrunk
        return 1 + self.momentum - self.gain * q, np.full_like(q, self.momentum)
