"""Vanishing gradients: the first layers get almost no gradient.

Backpropagation multiplies the gradient at each layer by its weights and the slope of its activation. Where the product
is below 1 the gradient shrinks, so that the first layers barely learn (Hochreiter 1991; Bengio, Simard & Frasconi 1994;
Glorot & Bengio 2010): a sigmoid's slope is at most 1/4.
"""

from dataclasses import dataclass
from typing import Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.recording.verdict import Verdict

WEAK = 1e-3  # of the last layer's gradient
STRONG = 3e-3  # and above this it has not vanished
HOLDS = 20  # steps before it is reported
_GRADIENT = 1  # place of its norm among what is measured of a layer


class Vanishing(Verdict):
    """The gradient norm in `layer` is `ratio` of the largest that `last` has had.

    since: its first step. layer, last: names of tensors of weights, `last` nearest to the output.
    norm: in `layer` now, Euclidean. peak: the largest in `last` so far.
    """

    code: Literal["vanishing"] = "vanishing"
    since: int
    layer: str
    last: str
    ratio: float
    norm: float
    peak: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        return isinstance(reported, Vanishing) and (reported.since, reported.layer) == (self.since, self.layer)


@dataclass(frozen=True)
class VanishingState:
    """peak: the largest gradient norm of the last layer. weak: since when a layer's has vanished, and its place."""

    peak: float
    weak: tuple[int, int] | None


class VanishingDetector(Detector[ModelRun, VanishingState]):
    """It begins where a layer's gradient is a tiny part of the last one's.

    The last layer's gradient also shrinks once that layer has adapted. So the verdict ends only where the layer's
    gradient is a fair part of the largest one of the last layer.
    """

    name = "vanishing"
    verdicts = (Vanishing,)

    @override
    def update(self, row: int) -> None:
        norms = self._norms(row)
        if len(norms) < 2:
            return
        *_, last = norms.values()
        weak, peak = (None, 0.0) if self.state is None else (self.state.weak, self.state.peak)
        peak = max(peak, last)
        if weak is None:
            place = min(list(norms)[:-1], key=norms.__getitem__)
            weak = (self.records.step + row, place) if norms[place] < WEAK * last else None
        elif norms[weak[1]] > STRONG * peak:
            weak = None
        self.state = VanishingState(peak, weak)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        step = self.records.step + row
        if self.state is None or self.state.weak is None or step - self.state.weak[0] < HOLDS:
            return None
        since, place = self.state.weak
        norms, layers, peak = self._norms(row), self.records.problem.layers, self.state.peak
        *_, last = norms
        found = Vanishing(
            step=step,
            since=since,
            layer=layers[place].name,
            last=layers[last].name,
            ratio=norms[place] / peak,
            norm=norms[place],
            peak=peak,
        )
        return reported if found.same_as(reported) else found

    def _norms(self, row: int) -> dict[int, float]:
        """Gradient norms of the tensors of weights, by place."""
        measured = self.records.metrics.layers[self.records.place(row)]  # (l, 3)
        layers = enumerate(self.records.problem.layers)
        return {place: float(measured[place, _GRADIENT]) for place, layer in layers if layer.weight}
