"""What a seat may change of the experiment that it explores."""

from steepest.classroom.activity import Explore
from steepest.spec import Experiment, Invalid, Run, Text
from steepest.spec.run import OptimizerSpec

# Hyperparameters of each control: what Adam and its relatives have of momentum is the first of two betas.
_NAMES: dict[str, set[str]] = {"lr": {"lr"}, "momentum": {"momentum", "betas"}, "start": set()}


def check_controls(activity: Explore, experiment: Experiment) -> None:
    """Raises `Invalid` unless the experiment is the activity's, changed in the one run where its controls allow.

    Both have every default filled in, as `prepare` does.
    """
    own, run = activity.experiment, activity.run
    for name in Experiment.model_fields:
        if name not in ("runs", "edits") and getattr(experiment, name) != getattr(own, name):
            raise _not_yours(name)
    if len(experiment.runs) != len(own.runs):
        raise _not_yours("runs")
    for n, (mine, given) in enumerate(zip(experiment.runs, own.runs, strict=True)):
        _check_run(activity, n, mine, given, changeable=n == run)
    added = [edit for edit in experiment.edits if edit not in own.edits]
    missing = [edit for edit in own.edits if edit not in experiment.edits and edit.run != run]
    if missing:
        raise _not_yours("edits")
    for edit in added:
        at = f"edits[{experiment.edits.index(edit)}]"
        if edit.run != run or edit.optimizer is not None:
            raise _not_yours(at)
        if edit.params is not None and "start" not in activity.controls:
            raise _not_yours(f"{at}.params")
        for name in edit.set or {}:
            if name not in _allowed(activity):
                raise _not_yours(f"{at}.set.{name}")


def _check_run(activity: Explore, n: int, mine: Run, given: Run, *, changeable: bool) -> None:
    at = f"runs[{n}]"
    if mine == given:
        return
    if not changeable:
        raise _not_yours(at)
    if mine.start != given.start and "start" not in activity.controls:
        raise _not_yours(f"{at}.start")
    if mine.model_copy(update={"start": given.start, "optimizer": given.optimizer}) != given:
        raise _not_yours(at)
    if mine.optimizer.id != given.optimizer.id:
        raise _not_yours(f"{at}.optimizer.id")
    for name in _differing(mine.optimizer, given.optimizer):
        if name not in _allowed(activity):
            raise _not_yours(f"{at}.optimizer.{name}")


def _differing(one: OptimizerSpec, other: OptimizerSpec) -> list[str]:
    names = dict.fromkeys([*one.hyper, *other.hyper])
    return [name for name in names if one.hyper.get(name) != other.hyper.get(name)]


def _allowed(activity: Explore) -> set[str]:
    return {name for control in activity.controls for name in _NAMES[control]}


def _not_yours(field: str) -> Invalid:
    return Invalid(f"experiment.{field}", Text("may not be changed in this activity", "本环节中不可修改"))
