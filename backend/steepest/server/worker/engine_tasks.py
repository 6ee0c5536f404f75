"""The worker call that compares compiled runs with PyTorch."""

from steepest.engine import Checkpoint, EngineCheck, check_engine
from steepest.server.worker.prepared import prepared


def check(document: str, checkpoint: Checkpoint | None, until: int, device: str, run: int) -> EngineCheck:
    """How far one run is from PyTorch, from a checkpoint on."""
    (found,) = check_engine(prepared(document), checkpoint, until, device, [run])
    return found
