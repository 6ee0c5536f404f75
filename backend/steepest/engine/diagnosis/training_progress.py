"""How training goes by its losses: overfitting, hardly falling, at rest.

The losses are those on whole parts, without penalty and dropout, so they do not jump with the batches.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from steepest.engine.diagnosis.remedy import learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import LossSample, TrainingMemory
from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.engine.recording.records import METRICS_PERIOD, ModelMetrics
from steepest.engine.recording.verdict import Overfitting, Settled, Stalled, Verdict

WINDOW = 21  # sights: over 200 steps
RECENT = 5  # sights whose mean is compared, so that noise does not decide
LONG = 200  # steps since the lowest development loss
RISEN, OVER = 1.1, 1.05  # times that lowest: from here on overfitting, and until here
STILL, MOVING = 0.01, 0.03  # of the loss over the window: from here on stalled, and until here ...
MOVING_NOISILY = 0.15  # ... where the losses jump
NOISE = 0.02  # of the loss: spread over the window
GENTLE = 1e-3  # of the largest gradient norm
REST = 100  # steps of that
AT_REST = 1e-3  # of the loss over the window
GONE = 1e-6  # of the loss at the start: nothing is left of it
LARGER, SMALLER = 10, 0.1  # times the rate


def sight_of(measures: ModelMetrics, place: int) -> LossSample | None:
    """What was measured there; None where the training loss is not finite."""
    train, dev = (float(value) for value in measures.losses[place, :2])
    if not math.isfinite(train):
        return None
    return LossSample(int(measures.steps[place]), train, dev if math.isfinite(dev) else None)


def better(best: LossSample | None, sight: LossSample) -> LossSample | None:
    """That of the lower development loss, the earlier one where both are as low."""
    if sight.dev is None or (best is not None and best.dev is not None and sight.dev >= best.dev):
        return best
    return sight


def overfitting(best: LossSample | None, recent: Sequence[LossSample], said: Verdict, step: int) -> Overfitting | None:
    """Prechelt 1998, Early stopping - but when?: the generalization loss 100 (E / E_opt - 1) is above 10."""
    if best is None or best.dev is None or len(recent) < RECENT or step - best.step < LONG:
        return None
    dev = fmean(sight.dev for sight in recent if sight.dev is not None)
    train = fmean(sight.train for sight in recent)
    least = OVER if said.code == "overfitting" else RISEN
    if not (dev > least * best.dev and train < best.train):
        return None
    return Overfitting(step=step, since=best.step, best=best.dev, dev=dev, train_then=best.train, train=train)


def settled(memory: TrainingMemory, step: int, slope: float) -> Settled | None:
    """The gradient has long been a small part of its largest, and the loss stays as it is or is as good as gone."""
    window = memory.window
    if memory.gentle is None or step - memory.gentle < REST or len(window) <= REST // METRICS_PERIOD:
        return None
    now, then = window[-1].train, window[-1 - REST // METRICS_PERIOD].train
    if abs(now - then) > AT_REST * abs(then) and abs(now) > GONE * abs(memory.start):
        return None
    return Settled(step=step, since=memory.gentle, loss=now, grad_norm=slope, steepest=memory.steepest)


def stalled(
    memory: TrainingMemory, step: int, slope: float, full_batch: bool, rule: OptimizerConfig, run: int, bearable: float
) -> Stalled | None:
    """Over the window the loss fell by less than 1 % of itself. bearable: the largest rate that is known to be."""
    window = memory.window
    if len(window) < WINDOW:
        return None
    losses = [sight.train for sight in window]
    half = len(losses) // 2
    # Noise is averaged out first: it is no fall.
    then, now = (losses[0], losses[-1]) if full_batch else (fmean(losses[:half]), fmean(losses[-half:]))
    if not then > 0:
        return None
    fall = (then - now) / then
    noisy = not full_batch and _deviation(losses) > NOISE * abs(now)
    goes_on = memory.verdict.code == "stalled"
    most = (MOVING_NOISILY if noisy else MOVING) if goes_on else STILL
    if abs(fall) > most and not (noisy and fall < 0):
        return None
    lr = learning_rate(rule)
    rate = SMALLER * lr if noisy else min(LARGER * lr, bearable)
    helps = rate > 0 and (noisy or rate > 1.05 * lr)
    return Stalled(
        step=step,
        since=window[0].step,
        span=window[-1].step - window[0].step,
        cause="noise" if noisy else "flat",
        fall=fall,
        loss=now,
        grad_norm=slope,
        remedy=setting(rule, run, step, {"lr": rounded_down(rate)}) if helps else None,
    )


def _deviation(values: Sequence[float]) -> float:
    """Standard deviation; `statistics.pstdev` reckons in fractions, which takes a hundred times as long."""
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values))


def is_news(said: Verdict, found: Verdict) -> bool:
    """Whether it is another, or what it speaks of is markedly so."""
    match said, found:
        case Overfitting(), Overfitting():
            return said.since != found.since or not 0.8 < found.dev / said.dev < 1.25
        case Stalled(), Stalled():
            return said.cause != found.cause or not 0.8 < found.loss / (said.loss or 1.0) < 1.25
        case _:
            return said.code != found.code or _about(said) != _about(found)


def _about(verdict: Verdict) -> object:
    """What makes it another of its code."""
    match verdict.code:
        case "unstable":
            return verdict.limit
        case "vanishing":
            return verdict.since, verdict.layer
        case "edge":
            return verdict.since, verdict.bound
        case "settled":
            return verdict.since
        case _:
            return None
