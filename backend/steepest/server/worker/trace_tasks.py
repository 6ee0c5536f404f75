"""Worker calls for rooms: traces of experiments, of which questions are answered and the cloud is drawn."""

from steepest.classroom.trace import Trace, continue_trace
from steepest.engine import Checkpoint
from steepest.server.worker.prepared import prepared


def trace(
    document: str, checkpoint: Checkpoint | None, until: int, device: str, budget: float
) -> tuple[Trace, Checkpoint, bool]:
    """The next part of a trace, made for about `budget` seconds; see `continue_trace`."""
    return continue_trace(prepared(document), checkpoint, until, budget, device)
