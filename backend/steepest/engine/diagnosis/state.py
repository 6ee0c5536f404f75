"""What the diagnosis of a run remembers from one call to the next: small, plain, part of the run's checkpoint."""

from dataclasses import dataclass, field
from math import inf

from steepest.engine.diagnosis.debounce import Debounce
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.recording.verdict import Limit, Near, Verdict
from steepest.problems import CriticalKind


@dataclass(frozen=True)
class Crossing:
    """A stretch of steps that are each above the limit of stability.

    limit: at its first step. steps: how many. loss: where it began. low, high: of the steepest curvature so far.
    seen: its last record inside the view, or its first one.
    """

    limit: Limit
    steps: int
    loss: float
    low: float
    high: float
    seen: int

    @property
    def steady(self) -> bool:
        """The curvature has stayed the same, as on a quadratic."""
        return self.high <= 1.01 * self.low


@dataclass(frozen=True)
class CriticalPointVisit:
    """Beside a critical point.

    near: what was last said of it. kind: what the records call it. axes: unit vectors that lead away from it, (k, n).
    rate: of the law that was reckoned with, None where there was none.
    """

    near: Near
    kind: CriticalKind
    axes: tuple[tuple[float, ...], ...]
    rate: float | None


@dataclass(frozen=True)
class Swing:
    """Updates that go to and fro along the steepest direction.

    since: where the first of them began. turns: how often they have turned. ratios: logarithms of how the last few
    lengths compare with the one before.
    """

    since: int
    turns: int
    ratios: tuple[float, ...]


@dataclass(frozen=True)
class Round:
    """Turns along a direction, some steps apart.

    since, last: records of the first and the last of them; turns: how many. at: where the last was. length: of the way
    to it from the one before, 0 where there was none. gaps: steps from turn to turn, of the last few; ratios:
    logarithms of how their lengths compare with the one before.
    """

    since: int
    direction: tuple[float, ...]
    turns: int
    last: int
    at: tuple[float, ...]
    length: float
    gaps: tuple[int, ...] = ()
    ratios: tuple[float, ...] = ()

    @property
    def half(self) -> float:
        """Steps from turn to turn; inf where there was only one."""
        return sum(self.gaps) / len(self.gaps) if self.gaps else inf


@dataclass(frozen=True)
class Stretch:
    """Consecutive records of which the same holds. low, high: of the steepest curvature over them."""

    since: int
    records: int
    low: float
    high: float


@dataclass(frozen=True)
class LossSample:
    """Losses of a model at a step that was measured; dev is None where there is no such part."""

    step: int
    train: float
    dev: float | None


@dataclass(frozen=True)
class Memory:
    """Of one run, after a record. Equal by value.

    last: that record. verdict: what holds. updates: made by the present optimizer. start: the loss at record 0;
    lowest: the last step whose loss was no higher. falls: consecutive steps that fell outside the view; left: where it
    left the view, None while inside. pace: how much was told lately. recent, best: of a model, the last few sights and
    that of the lowest development loss.
    """

    last: RecordArrays
    verdict: Verdict
    updates: int
    start: float
    lowest: int
    falls: int = 0
    left: int | None = None
    crossing: Crossing | None = None
    stay: CriticalPointVisit | None = None
    swing: Swing | None = None
    rounds: tuple[Round, ...] = ()
    valley: Stretch | None = None
    plateau: Stretch | None = None
    pace: Debounce = field(default_factory=Debounce)
    recent: tuple[LossSample, ...] = ()
    best: LossSample | None = None


@dataclass(frozen=True)
class TrainingMemory:
    """Of a run of a model, after a record. Equal by value, so nothing in it is NaN.

    verdict: what holds. start: the loss at record 0; last: at the last finite one. lowest: the step of the lowest loss,
    and that loss. calm: the largest gradient norm up to that step; steepest: up to now. gentle: since when the gradient
    is a small part of that. window: the last sights since an edit; recent: the last few, whatever was edited; best:
    that of the lowest development loss. sharpness: the last one measured, with its step; sharp: since an edit, steps at
    which it was, and the products with the rate. crossing: where the product went above its limit, and the lowest loss
    until then. weak: since when a layer's gradient has vanished, and
    its place; peak: the largest of the last layer's.
    """

    verdict: Verdict
    start: float = 0.0
    lowest: tuple[int, float] = (0, 0.0)
    calm: float = 0.0
    steepest: float = 0.0
    gentle: int | None = None
    window: tuple[LossSample, ...] = ()
    recent: tuple[LossSample, ...] = ()
    best: LossSample | None = None
    sharp: tuple[tuple[int, float], ...] = ()
    sharpness: tuple[int, float] | None = None
    last: float | None = None
    crossing: tuple[Limit, float] | None = None
    weak: tuple[int, int] | None = None
    peak: float = 0.0


AnyMemory = Memory | TrainingMemory
