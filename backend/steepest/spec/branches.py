"""Whether a branch is what it says it is: a copy of another run up to the step where it left it."""

from collections.abc import Sequence
from itertools import zip_longest

from steepest.spec.edit import Edit
from steepest.spec.run import Fork, OptimizerSpec, Run, ScheduleSpec


def shares_past(runs: Sequence[Run], edits: Sequence[Edit], run: int, fork: Fork) -> bool:
    """Whether the run and `fork.run` have the same records 0 to `fork.step`."""
    return last_common_step(runs, edits, run, fork) == fork.step


def last_common_step(runs: Sequence[Run], edits: Sequence[Edit], run: int, fork: Fork) -> int | None:
    """The last record, up to `fork.step`, that the run and `fork.run` have in common, read off what makes them.

    Optimizer, schedule, start and whether gradients are cleared must be equal, to the sign of a zero, or there is none;
    and so must the edits: the first of them that is not in both acts from its step on.
    """
    if fork.run >= run:
        return None
    one, other = runs[fork.run], runs[run]
    if not (
        _exact(one.start) == _exact(other.start)
        and _rule(one.optimizer) == _rule(other.optimizer)
        and _timing(one.schedule) == _timing(other.schedule)
        and one.zero_grad == other.zero_grad
    ):
        return None
    mine, theirs = _past(edits, run, fork.step), _past(edits, fork.run, fork.step)
    for pair in zip_longest(mine, theirs):
        if pair[0] != pair[1]:
            return min(edit[0] for edit in pair if edit is not None)
    return fork.step


def updated_forks(runs: Sequence[Run], edits: Sequence[Edit]) -> list[Run]:
    """The runs, each branch with the past that it still has in common with the other run; none where that is nothing.

    A start alone is nothing, unless the branch was made there.
    """
    found = []
    for n, run in enumerate(runs):
        past = None if run.fork is None else last_common_step(runs, edits, n, run.fork)
        if run.fork is not None and past != run.fork.step:
            fork = Fork(run=run.fork.run, step=past) if past else None
            run = run.model_copy(update={"fork": fork})
        found.append(run)
    return found


def fork_origin(runs: Sequence[Run], run: int, step: int) -> Fork:
    """What a branch of a run at a step is a branch of: where that run was itself still another one, that other one."""
    while (fork := runs[run].fork) is not None and step <= fork.step:
        run = fork.run
    return Fork(run=run, step=step)


def _past(edits: Sequence[Edit], run: int, step: int) -> list[tuple[int, object]]:
    mine = sorted((edit for edit in edits if edit.run == run and edit.step < step), key=lambda edit: edit.step)
    return [
        (edit.step, (_exact(edit.set), None if edit.optimizer is None else _rule(edit.optimizer), _exact(edit.params)))
        for edit in mine
    ]


def _rule(optimizer: OptimizerSpec) -> object:
    return optimizer.id, _exact(optimizer.hyper)


def _timing(schedule: ScheduleSpec | None) -> object:
    return None if schedule is None else (schedule.id, _exact(schedule.params))


def _exact(value: object) -> object:
    """A form in which 1 and 1.0 are equal, and 0.0 and -0.0, or 1 and true, are not."""
    if isinstance(value, dict):
        return sorted((name, _exact(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value).hex()
    return repr(value)
