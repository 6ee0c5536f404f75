"""How far compiled runs are from PyTorch, as a message."""

from collections.abc import Sequence
from dataclasses import asdict

from steepest.engine import EngineCheck
from steepest.protocol.commands import CheckEngine
from steepest.protocol.events import EngineChecked, EngineCheckOfRun, EngineDifference


def engine_checked_event(command: CheckEngine, checks: Sequence[EngineCheck]) -> EngineChecked:
    """The answer to a command. checks: one a run."""
    return EngineChecked(
        op="engine_checked", id=command.id, step=command.step, runs=[check_of_run(check) for check in checks]
    )


def check_of_run(check: EngineCheck) -> EngineCheckOfRun:
    """The check of one run, also in the output of `steepest check`."""
    return EngineCheckOfRun(
        run=check.run,
        engines=list(check.engines),
        first=check.first,
        last=check.last,
        worst=None if check.worst is None else EngineDifference(**asdict(check.worst)),
        within=check.within,
        drift=check.drift,
    )
