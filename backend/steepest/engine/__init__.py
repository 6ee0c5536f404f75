"""The engine: a deterministic function from an experiment to recorded steps. No network, no files."""

from steepest.engine.advance import advance
from steepest.engine.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.device import check_dtype, find_device
from steepest.engine.diagnosis import landscape
from steepest.engine.grid import grid
from steepest.engine.planned import planned_rates
from steepest.engine.prepare import Prepared, prepare
from steepest.engine.record import CRITICALS, STATUSES, Chunk, RunRecords
from steepest.engine.worked import Worked, worked

__all__ = [
    "CRITICALS",
    "STATUSES",
    "Checkpoint",
    "Chunk",
    "Prepared",
    "RunCheckpoint",
    "RunRecords",
    "Worked",
    "advance",
    "check_dtype",
    "find_device",
    "grid",
    "landscape",
    "planned_rates",
    "prepare",
    "worked",
]
