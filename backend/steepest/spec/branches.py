"""Branches: a run that is a copy of another run up to the step of its fork."""

from collections.abc import Sequence
from itertools import zip_longest

from steepest.spec.edit import Edit
from steepest.spec.run import Fork, OptimizerSpec, Run, ScheduleSpec


def shares_history(runs: Sequence[Run], edits: Sequence[Edit], run: int, fork: Fork) -> bool:
    """Whether the run and `fork.run` have the same records 0 to `fork.step`."""
    return last_common_step(runs, edits, run, fork) == fork.step


def last_common_step(runs: Sequence[Run], edits: Sequence[Edit], run: int, fork: Fork) -> int | None:
    """The last record, up to `fork.step`, that the run and `fork.run` have in common, derived from their settings.

    None if optimizer, schedule, start or `zero_grad` differ, even in the sign of a zero. Otherwise the step of the
    first edit that only one of them has.
    """
    if fork.run >= run:
        return None
    one, other = runs[fork.run], runs[run]
    if not (
        _comparable(one.start) == _comparable(other.start)
        and _optimizer_key(one.optimizer) == _optimizer_key(other.optimizer)
        and _schedule_key(one.schedule) == _schedule_key(other.schedule)
        and one.zero_grad == other.zero_grad
    ):
        return None
    mine, theirs = _edits_before(edits, run, fork.step), _edits_before(edits, fork.run, fork.step)
    for pair in zip_longest(mine, theirs):
        if pair[0] != pair[1]:
            return min(edit[0] for edit in pair if edit is not None)
    return fork.step


def updated_forks(runs: Sequence[Run], edits: Sequence[Edit]) -> list[Run]:
    """The runs, each fork reduced to the last common step; no fork where only the start is left in common."""
    found = []
    for n, run in enumerate(runs):
        step = None if run.fork is None else last_common_step(runs, edits, n, run.fork)
        if run.fork is not None and step != run.fork.step:
            fork = Fork(run=run.fork.run, step=step) if step else None
            run = run.model_copy(update={"fork": fork})
        found.append(run)
    return found


def fork_origin(runs: Sequence[Run], run: int, step: int) -> Fork:
    """The fork of a new branch of a run: the run itself, or its parent while the run still was a copy of it."""
    while (fork := runs[run].fork) is not None and step <= fork.step:
        run = fork.run
    return Fork(run=run, step=step)


def _edits_before(edits: Sequence[Edit], run: int, step: int) -> list[tuple[int, object]]:
    mine = sorted((edit for edit in edits if edit.run == run and edit.step < step), key=lambda edit: edit.step)
    return [
        (
            edit.step,
            (
                _comparable(edit.set),
                None if edit.optimizer is None else _optimizer_key(edit.optimizer),
                _comparable(edit.params),
            ),
        )
        for edit in mine
    ]


def _optimizer_key(optimizer: OptimizerSpec) -> object:
    return optimizer.id, _comparable(optimizer.hyper)


def _schedule_key(schedule: ScheduleSpec | None) -> object:
    return None if schedule is None else (schedule.id, _comparable(schedule.params))


def _comparable(value: object) -> object:
    """A form in which 1 and 1.0 are equal, but not 0.0 and -0.0, nor 1 and true."""
    if isinstance(value, dict):
        return sorted((name, _comparable(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return [_comparable(inner) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value).hex()
    return repr(value)
