"""The edge of stability: rate × sharpness stays near its limit, and the loss keeps falling.

On a quadratic every step beyond the limit overshoots farther. The sharpness of a net instead rises to the limit and
stays near it, while the loss falls in the long run, though not at every step (Cohen et al. 2021, arXiv:2103.00065).
"""

from typing import Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.unstable import SharpnessState
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.recording.verdict import Verdict

SEEN = 3  # measurements in a row near the limit
BAND = (0.9, 1.25)  # of the limit: to be reported; at least one of the measurements must have reached it
WIDE = (0.75, 2.0)  # to go on


class Edge(Verdict):
    """At the edge of stability.

    since: its first step. sharpness: at `step`, of the loss with its penalties.
    product: rate × sharpness (with the weight decay). limit: of that product, 2 for gradient descent.
    bound: the sharpness at which the product reaches the limit.
    """

    code: Literal["edge"] = "edge"
    since: int
    sharpness: float
    product: float
    limit: float
    bound: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        return isinstance(reported, Edge) and (reported.since, reported.bound) == (self.since, self.bound)


Products = tuple[tuple[int, float], ...]


class EdgeDetector(Detector[ModelRun, Products]):
    """From the last measurements since an edit: each step, and the product with the rate."""

    name = "edge"
    verdicts = (Edge,)

    @override
    def update(self, row: int) -> None:
        records = self.records
        law, unstable = records.law(row), self.state_of("unstable", SharpnessState)
        if law is None or unstable is None or unstable.sharpness is None:
            self.state = None
            return
        step, sharpness = unstable.sharpness
        before = None if records.edited(row) else self.state
        measured = step == records.step + row
        self.state = (*(before or ()), (step, law.product(sharpness)))[-SEEN:] if measured else before

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        records, products = self.records, self.state or ()
        law, unstable = records.law(row), self.state_of("unstable", SharpnessState)
        if law is None or len(products) < SEEN or unstable is None or unstable.sharpness is None or not law.limit > 0:
            return None
        shares = [product / law.limit for _, product in products]
        (low, high), reached = (WIDE, BAND[0]) if isinstance(reported, Edge) else (BAND, 1)
        if min(shares) < low or max(shares) > high or max(shares) < reached:
            return None
        if records.sample(row).train > records.start:
            return None
        sharpness = unstable.sharpness[1]
        found = Edge(
            step=records.step + row,
            since=reported.since if isinstance(reported, Edge) else products[0][0],
            sharpness=sharpness,
            product=law.product(sharpness),
            limit=law.limit,
            bound=law.limit / law.rate - law.stability.decay,
        )
        return reported if found.same_as(reported) else found
