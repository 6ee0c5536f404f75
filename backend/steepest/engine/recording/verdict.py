"""What every verdict has. Each kind is declared beside the detector that reports it, in `diagnosis/detectors/`."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from steepest.problems.problem import Vector
from steepest.spec import Edit

# How the steps of an optimizer respond to curvature; see `steepest.optimizers.stability`.
Law = Literal["plain", "heavy_ball", "nesterov", "adaptive"]
# How soon a verdict is reported: always at once; at once where it is new; also then where it may wait; never as new.
Pace = Literal["urgent", "prompt", "gradual", "passing"]


class Verdict(BaseModel):
    """What is happening to a run from `step` on, until the next verdict of the same run.

    A new one is reported when its code changes, when what it describes has begun again, or when a number in it has
    clearly changed: by more than 5 %, or twofold where it shrinks by nature. So a run has few of them.

    step: of the record from which on it holds. remedy: an edit that helps, at the step at which to make it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    step: int
    remedy: Edit | None = None
    code: str

    pace: ClassVar[Pace] = "prompt"
    settled: ClassVar[bool] = False  # a run at rest: what follows may wait

    @property
    def pacing(self) -> Pace:
        """The pace of this one."""
        return self.pace

    @property
    def gradual(self) -> bool:
        """It may wait: nothing breaks."""
        return self.pacing in ("gradual", "passing")

    @property
    def topic(self) -> tuple[object, ...]:
        """What it is about: equal for two verdicts about the same thing."""
        return (self.code,)

    def same_as(self, reported: "Verdict") -> bool:
        """Whether it adds nothing to the one reported before."""
        return self.code == reported.code


class Limit(BaseModel):
    """The stability limit and the first step that exceeded it.

    since: that step.
    law: of the optimizer.
    product: effective rate × largest curvature; of an adaptive optimizer the curvature of D^-1/2 H D^-1/2, where D
        divides the gradient.
    limit: what the product must stay below.
    curvature: the largest, weight decay included.
    direction: unit vector of it, (n,); () for a model, whose sharpness is measured without it.
    largest: the largest stable learning rate there.
    momentum: of the law, 0 for plain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: int
    law: Law
    product: float
    limit: float
    curvature: float
    direction: Vector
    largest: float
    momentum: float
