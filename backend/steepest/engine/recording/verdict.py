"""What is happening to a run, as data: a code, the numbers that show it, and an edit that would help.

A verdict holds from its step on until the next verdict of the same run. It is made anew when its code changes, when
what it speaks of began anew, or when a number in it is markedly another: by more than 5 %, twofold where it dwindles by
nature (a swing, a slope, the condition along a bent valley). So a run has few of them, and each stands in a chunk once.
Words for them are the page's affair.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.problems import CriticalPoint
from steepest.problems.problem import CriticalKind, Vector
from steepest.spec import Edit

# How the steps of an optimizer answer to curvature; see `steepest.optimizers.stability`.
Law = Literal["plain", "heavy_ball", "nesterov", "adaptive"]


class _Verdict(BaseModel):
    """step: of the record from which on it holds. remedy: an edit that helps, at the step at which it is to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    step: int
    remedy: Edit | None = None


class Limit(BaseModel):
    """Steps that overshoot: lr × curvature against its limit, at the first step that crossed it.

    since: that step. product: effective rate × steepest curvature; for an adaptive optimizer the curvature is that of
    the preconditioned Hessian, D^-1/2 H D^-1/2 with D what it divides the gradient by. limit: what the product must
    stay below. curvature: the steepest, weight decay included. direction: unit vector in which it overshoots, (n,); ()
    of a model, whose sharpness is measured without it.
    largest: the largest stable learning rate there. momentum: of the law, 0 for plain.
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


class Descending(_Verdict):
    """Nothing out of the ordinary."""

    code: Literal["descending"] = "descending"


class Unstable(_Verdict):
    """Above the limit of stability, and the loss already higher than where that began. remedy: a rate that is not."""

    code: Literal["unstable"] = "unstable"
    limit: Limit


class Oscillating(_Verdict):
    """To and fro along `direction` while it goes on: the swing is multiplied by `factor` each step (1: for ever).

    since: first step of the swing. swing: length of the last update along `direction`. half: steps from one turn to
    the next where that takes several, as with momentum; then `swing` is the way between the last two along `direction`,
    `since` the first turn, and `factor` the modulus of the law's complex roots; law, momentum: that law's, None where
    the factor was counted. half is None where every step turns. remedy: a rate without it, or the momentum that damps
    the flattest direction just so.
    """

    code: Literal["oscillating"] = "oscillating"
    since: int
    direction: Vector
    factor: float
    swing: float
    half: float | None = None
    law: Law | None = None
    momentum: float | None = None


class Near(_Verdict):
    """Near a critical point, with the curvatures there: `eigenvalues`, ascending.

    since: first step of the stay. at: where the point is. downhill: unit vector of the most negative curvature, None
    where there is none. factor: what one step multiplies the distance along `downhill` by, in the long run; None where
    no law is known. escape: the step at which it should have left; None where that is not known. stuck: nothing pushes
    it off the ridge (its offset is 0). remedy: where stuck, a little push.
    """

    code: Literal["near"] = "near"
    since: int
    kind: CriticalKind
    at: Vector
    eigenvalues: Vector
    downhill: Vector | None
    law: Law | None
    factor: float | None
    escape: int | None
    stuck: bool


class Escaped(_Verdict):
    """Left a saddle or a maximum. since: when it came; step: when it had left; escape: when that was predicted."""

    code: Literal["escaped"] = "escaped"
    since: int
    kind: CriticalKind
    at: Vector
    escape: int | None


class Plateau(_Verdict):
    """Hardly any slope, far above the lowest place known: 100 steps at this pace go `reach`, little of the picture.

    since: first step of it. grad_norm: Euclidean. curvature: largest |eigenvalue|. even: the slope that leads evenly
    down to the lowest place that is known, at `bottom` with the loss `lowest`; both None where the run is below that
    already, and `even` is the picture's own slope. remedy: a larger rate, where there is still a slope.
    """

    code: Literal["plateau"] = "plateau"
    since: int
    grad_norm: float
    curvature: float
    reach: float
    even: float
    bottom: Vector | None
    lowest: float | None


class Valley(_Verdict):
    """A slow valley: steep across, flat along `direction`. condition: λmax/λmin, over 1.

    factor: what one step multiplies the distance along the valley by now. best_rate, best_factor: the best that plain
    descent can, 2/(λmin + λmax) and (κ-1)/(κ+1). momentum_rate, momentum, momentum_factor: Polyak's best with
    momentum, (2/(√λmin + √λmax))², μ = ((√κ-1)/(√κ+1))² and √μ. remedy: those.
    """

    code: Literal["valley"] = "valley"
    since: int
    direction: Vector
    condition: float
    factor: float
    best_rate: float
    best_factor: float
    momentum_rate: float
    momentum: float
    momentum_factor: float


class Converged(_Verdict):
    """Rests in a minimum. at: the declared one where it is near one. lowest: the deepest declared, where another is."""

    code: Literal["converged"] = "converged"
    at: Vector
    loss: float
    lowest: CriticalPoint | None


class Bottomless(_Verdict):
    """Out of the picture and falling at every step, not overshooting: this goes down for ever. since: when it left."""

    code: Literal["bottomless"] = "bottomless"
    since: int
    loss: float


class Diverged(_Verdict):
    """No longer finite at `step`. cause:

    unstable: it was above the limit (`limit` says how). momentum: 1 or more, which keeps all of its speed.
    climbing: it was told to maximize. bottomless: it fell for ever. wall: the function itself has no finite value or
    slope there, though the step was a stable one. summed: its gradients are never cleared. growing: of a model whose
    sharpness is not known, the loss grew from its lowest at `since` on. unknown: none of these can be shown.
    last: loss of the last finite record, None where there is none. since: None but for growing.
    """

    code: Literal["diverged"] = "diverged"
    cause: Literal["unstable", "momentum", "climbing", "bottomless", "wall", "summed", "growing", "unknown"]
    limit: Limit | None
    last: float | None
    since: int | None = None


class Summed(_Verdict):
    """The gradient is not cleared, so `gradients` of them are in the sum at `step`: step + 1. since: 0."""

    code: Literal["summed"] = "summed"
    since: int
    gradients: int


class Edge(_Verdict):
    """The edge of stability: the sharpness hovers where rate × sharpness reaches its limit, and the loss falls on.

    since: first step of it. sharpness: at `step`, of the loss with its penalties. product: rate × sharpness (with the
    weight decay). limit: of that product, 2 for gradient descent. bound: the sharpness that this leaves at this rate.
    Source: Cohen et al. 2021, arXiv:2103.00065.
    """

    code: Literal["edge"] = "edge"
    since: int
    sharpness: float
    product: float
    limit: float
    bound: float


class Overfitting(_Verdict):
    """The loss on the development part has risen for long, while that on the training part fell.

    since: the step of the lowest development loss, which was `best`; the training loss was `train_then`. dev, train:
    now, as means over the last 50 steps.
    """

    code: Literal["overfitting"] = "overfitting"
    since: int
    best: float
    dev: float
    train_then: float
    train: float


class Vanishing(_Verdict):
    """The gradient all but vanishes on its way back: in `layer` its norm is `ratio` of the largest that `last` has had.

    since: first step of it. layer, last: names of tensors of weights, `last` nearest to the output. norm: in `layer`
    now, Euclidean; peak: the largest in `last` so far.
    """

    code: Literal["vanishing"] = "vanishing"
    since: int
    layer: str
    last: str
    ratio: float
    norm: float
    peak: float


class Exploding(_Verdict):
    """The gradient has grown far beyond any on the way to the lowest loss, and the loss above where it began.

    since: step of the lowest loss. grad_norm: now, Euclidean. before: the largest up to `since`. remedy: a tenth of the
    rate, from there.
    """

    code: Literal["exploding"] = "exploding"
    since: int
    grad_norm: float
    before: float


class Stalled(_Verdict):
    """The training loss hardly falls: by the share `fall` of itself over the last `span` steps, negative where it rose.

    since: where these began. cause: flat, a slope too gentle for this rate (remedy: a larger one); noise, that of the
    batches, about which it hovers (remedy: a smaller one). loss: on the training part. grad_norm: Euclidean.
    """

    code: Literal["stalled"] = "stalled"
    since: int
    span: int
    cause: Literal["flat", "noise"]
    fall: float
    loss: float
    grad_norm: float


class Settled(_Verdict):
    """A model that has come to rest: for 100 steps the gradient was a small part of its largest, `steepest`.

    since: the first of them. loss: on the training part. grad_norm: Euclidean.
    """

    code: Literal["settled"] = "settled"
    since: int
    loss: float
    grad_norm: float
    steepest: float


Verdict = Annotated[
    Descending
    | Unstable
    | Oscillating
    | Near
    | Escaped
    | Plateau
    | Valley
    | Converged
    | Bottomless
    | Diverged
    | Summed
    | Edge
    | Overfitting
    | Vanishing
    | Exploding
    | Stalled
    | Settled,
    Field(discriminator="code"),
]
