"""Worker calls that try something out: compiled runs against PyTorch, and remedies before they are offered."""

from steepest.engine import (
    CheckInProgress,
    EngineCheck,
    Rehearsal,
    RehearsalInProgress,
    ScalingTries,
    begin_scaling,
    continue_check,
    continue_rehearsal,
)
from steepest.server.worker.prepared import prepared


def check(document: str, begun: CheckInProgress, device: str, budget: float) -> CheckInProgress | EngineCheck:
    """Compares further records of one run for about `budget` seconds."""
    return continue_check(prepared(document), begun, budget, device)


def rehearse(document: str, tried: RehearsalInProgress, device: str, budget: float) -> RehearsalInProgress | Rehearsal:
    """Goes on with the tries of a remedy for about `budget` seconds."""
    return continue_rehearsal(prepared(document), tried, budget, device)


def scaling(document: str, run: int, device: str) -> tuple[ScalingTries, str, str] | None:
    """The tries of a scaled table for a run, and the documents of both; None where there is nothing to try."""
    tries = begin_scaling(prepared(document), run, device)
    return None if tries is None else (tries, tries.before.model_dump_json(), tries.experiment.model_dump_json())
