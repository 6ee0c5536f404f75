"""The worker call that compares compiled runs with PyTorch."""

from steepest.engine import CheckInProgress, EngineCheck, continue_check
from steepest.server.worker.prepared import prepared


def check(document: str, begun: CheckInProgress, device: str, budget: float) -> CheckInProgress | EngineCheck:
    """Compares further records of one run for about `budget` seconds."""
    return continue_check(prepared(document), begun, budget, device)
