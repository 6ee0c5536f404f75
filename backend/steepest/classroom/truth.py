"""The right answer to a question: a pure function of recordings."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass

from steepest.classroom.activity import Predict
from steepest.classroom.question import (
    Arrives,
    ChooseQuestion,
    Condition,
    Diverges,
    LossWithin,
    Lowest,
    NoneArrives,
    NumberQuestion,
    OrderQuestion,
    ParameterWithin,
    PlaceQuestion,
    Stays,
    VerdictAt,
)
from steepest.classroom.trace import Trace, trace
from steepest.spec import Experiment
from steepest.spec.run import OptimizerSpec

_SCAN, _HALVINGS = 24, 20  # rates that are tried between the question's bounds, and then between two of them


@dataclass(frozen=True)
class ChooseTruth:
    """options: numbers of those that are right; a good question has one."""

    options: tuple[int, ...]
    kind: str = "choose"


@dataclass(frozen=True)
class NumberTruth:
    """value: None where there is none."""

    value: float | None
    kind: str = "number"


@dataclass(frozen=True)
class PlaceTruth:
    """at: None where the run has diverged before, or has too many parameters."""

    at: tuple[float, ...] | None
    kind: str = "place"


@dataclass(frozen=True)
class OrderTruth:
    """runs: the best first. values: of each in that order; None for a step that never came."""

    runs: tuple[int, ...]
    values: tuple[float | None, ...]
    kind: str = "order"


Truth = ChooseTruth | NumberTruth | PlaceTruth | OrderTruth

# Asks for the traces of experiments up to the activity's last step, one after the other, and returns the truth.
Search = Generator[Experiment, Trace, Truth]


def truth(activity: Predict, trace_of: Callable[[Experiment, int], Trace] = trace) -> Truth:
    """The truth, computed here. trace_of: makes a trace of an experiment up to a step."""
    search = search_truth(activity)
    asked = next(search)
    while True:
        try:
            asked = search.send(trace_of(asked, activity.until))
        except StopIteration as end:
            found: Truth = end.value
            return found


def search_truth(activity: Predict) -> Search:
    """The truth, for a caller that makes the traces in its own way."""
    question = activity.question
    if isinstance(question, NumberQuestion) and question.of == "lr":
        return (yield from _largest_rate(activity, question))
    found = yield activity.experiment
    match question:
        case ChooseQuestion():
            return _choose(question, found, activity.until)
        case NumberQuestion():
            return _number(question, found, activity.until)
        case PlaceQuestion():
            at = found[question.run].params_at(activity.until)
            return PlaceTruth(None if at is None else tuple(float(value) for value in at))
        case OrderQuestion():
            return _order(question, found, activity.until)


def _choose(question: ChooseQuestion, found: Trace, until: int) -> ChooseTruth:
    right = [
        n
        for n, option in enumerate(question.options)
        if option.when and all(holds(condition, found, until) for condition in option.when)
    ]
    otherwise = [n for n, option in enumerate(question.options) if not option.when]
    return ChooseTruth(tuple(right or otherwise))


def holds(condition: Condition, found: Trace, until: int) -> bool:
    """Whether a condition is true of a recording. until: the activity's last step."""
    step = getattr(condition, "step", None)
    step = until if step is None else step
    match condition:
        case Arrives(run=run, below=below):
            steps = [each.first_below(below, until) for each in found]
            own = steps[run]
            return own is not None and all(other is None or other > own for n, other in enumerate(steps) if n != run)
        case NoneArrives(below=below):
            return all(each.first_below(below, until) is None for each in found)
        case Diverges(run=run):
            return found[run].diverged
        case Stays(run=run):
            return not found[run].diverged
        case Lowest(run=run):
            losses = [_or_infinite(each.loss_at(step)) for each in found]
            return all(losses[run] < other for n, other in enumerate(losses) if n != run)
        case LossWithin(run=run, low=low, high=high):
            return _within(found[run].loss_at(step), low, high)
        case ParameterWithin(run=run, index=index, low=low, high=high):
            at = found[run].params_at(step)
            return at is not None and index < len(at) and _within(float(at[index]), low, high)
        case VerdictAt(run=run, codes=codes):
            return found[run].verdict_at(step) in codes


def _within(value: float, low: float | None, high: float | None) -> bool:
    return not math.isnan(value) and (low is None or value >= low) and (high is None or value < high)


def _number(question: NumberQuestion, found: Trace, until: int) -> NumberTruth:
    run = found[question.run]
    if question.of == "steps":
        assert question.below is not None  # as `Predict` checks
        step = run.first_below(question.below, until)
        return NumberTruth(None if step is None else float(step))
    loss = run.loss_at(until)
    return NumberTruth(loss if math.isfinite(loss) else None)


def _order(question: OrderQuestion, found: Trace, until: int) -> OrderTruth:
    losses = [_or_infinite(run.loss_at(until)) for run in found]
    if question.by == "loss":
        order = sorted(range(len(found)), key=lambda n: losses[n])
        return OrderTruth(tuple(order), tuple(losses[n] if math.isfinite(losses[n]) else None for n in order))
    assert question.below is not None  # as `Predict` checks
    steps = [run.first_below(question.below, until) for run in found]
    order = sorted(range(len(found)), key=lambda n: (math.inf if (step := steps[n]) is None else step, losses[n]))
    values = [steps[n] for n in order]
    return OrderTruth(tuple(order), tuple(None if value is None else float(value) for value in values))


def _largest_rate(activity: Predict, question: NumberQuestion) -> Search:
    """The largest rate within the bounds whose loss at the last step is below that at the start.

    Rates at equal ratios are tried from the largest down, then the gap above the first that works is halved.
    """
    ratio = (question.high / question.low) ** (1 / _SCAN)
    works: float | None = None
    fails = question.high
    for n in range(_SCAN + 1):
        rate = question.high / ratio**n
        if _falls((yield with_rate(activity.experiment, question.run, rate)), activity.until):
            works = rate
            break
        fails = rate
    if works is None or works == question.high:
        return NumberTruth(works)
    for _ in range(_HALVINGS):
        middle = math.sqrt(works * fails)
        if _falls((yield with_rate(activity.experiment, question.run, middle)), activity.until):
            works = middle
        else:
            fails = middle
    return NumberTruth(works)


def _falls(found: Trace, until: int) -> bool:
    (run,) = found
    return not run.diverged and run.loss_at(until) < run.loss_at(0)


def with_rate(experiment: Experiment, run: int, rate: float) -> Experiment:
    """The experiment with that run alone, at another learning rate."""
    own = experiment.runs[run]
    optimizer = OptimizerSpec.of(own.optimizer.id, {**own.optimizer.hyper, "lr": rate})
    edits = [edit.model_copy(update={"run": 0}) for edit in experiment.edits if edit.run == run]
    runs = [own.model_copy(update={"optimizer": optimizer, "fork": None})]
    return experiment.model_copy(update={"runs": runs, "edits": edits})


def _or_infinite(loss: float) -> float:
    return math.inf if math.isnan(loss) else loss
