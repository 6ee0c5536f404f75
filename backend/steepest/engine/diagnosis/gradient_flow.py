"""How gradients fare on their way back through the layers: vanishing, and exploding.

A gradient is multiplied at each layer by its weights and by the slope of its activation. Where the product is below 1
it dwindles on the way back, so that the first layers hardly learn (Hochreiter 1991; Bengio, Simard & Frasconi 1994;
Glorot & Bengio 2010): a sigmoid's slope is at most 1/4. Where it is above 1 it grows (Pascanu, Mikolov & Bengio 2013).
"""

from collections.abc import Sequence
from dataclasses import replace

from steepest.engine.diagnosis.remedy import learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import TrainingMemory
from steepest.engine.preparation.prepare import RunPlan
from steepest.engine.recording.records import Array
from steepest.engine.recording.verdict import Exploding, Vanishing
from steepest.problems.learning.model import Layer
from steepest.spec import Edit

WEAK = 1e-3  # of the last layer's gradient
STRONG = 3e-3  # and above this it has not vanished
HOLDS = 20  # steps before it is said
GROWN = 100  # times the largest gradient before
SLOWER = 0.1  # of the rate
_GRADIENT = 1  # place of its norm among what is measured of a layer


def _weights(layers: Sequence[Layer], measured: Array) -> list[tuple[int, float]]:
    """Tensors of weights, by place, and the norms of their gradients; none where there is only one."""
    found = [(place, float(measured[place, _GRADIENT])) for place, layer in enumerate(layers) if layer.weight]
    return found if len(found) > 1 else []


def follow(memory: TrainingMemory, layers: Sequence[Layer], measured: Array, step: int) -> TrainingMemory:
    """After a measured step. measured: its layers, (l, 3)."""
    weights = _weights(layers, measured)
    if not weights:
        return memory
    last = weights[-1][1]
    peak = max(memory.peak, last)
    weak = memory.weak
    if weak is None:
        place, norm = min(weights[:-1], key=lambda one: one[1])
        weak = (step, place) if norm < WEAK * last else None
    elif dict(weights)[weak[1]] > STRONG * peak:
        weak = None
    return replace(memory, peak=peak, weak=weak)


def vanishing(memory: TrainingMemory, layers: Sequence[Layer], measured: Array, step: int) -> Vanishing | None:
    """The verdict at a measured step.

    It begins where a layer's gradient is a tiny part of the last one's. That one soon dwindles too, once it has done
    what it can alone; so it goes on until the layer's gradient is a fair part of the largest that the last one has had.
    """
    if memory.weak is None or step - memory.weak[0] < HOLDS:
        return None
    since, place = memory.weak
    weights = _weights(layers, measured)
    norm = dict(weights)[place]
    return Vanishing(
        step=step,
        since=since,
        layer=layers[place].name,
        last=layers[weights[-1][0]].name,
        ratio=norm / memory.peak,
        norm=norm,
        peak=memory.peak,
    )


def explodes(slope: float, calm: float, loss: float, start: float) -> bool:
    """A gradient norm far above `calm`, the largest before the loss was lowest, and the loss above where it began."""
    return slope > GROWN * calm and loss > start


def exploding(step: int, since: int, slope: float, calm: float, plan: RunPlan, run: int) -> Exploding:
    """The verdict at a record."""
    return Exploding(step=step, since=since, grad_norm=slope, before=calm, remedy=slower(plan, since, run))


def slower(plan: RunPlan, step: int, run: int) -> Edit | None:
    """A tenth of the rate in force at a step, from there."""
    turns = plan.edits_at(step)
    rule = turns[-1].config if turns else plan.config_before(step)
    lr = learning_rate(rule)
    return setting(rule, run, step, {"lr": rounded_down(SLOWER * lr)}) if lr > 0 else None
