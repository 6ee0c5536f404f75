"""The engine: a deterministic function from an experiment to recorded steps. No network, no files."""

from steepest.engine.diagnosis import landscape
from steepest.engine.model_analysis.loss_grid import grid
from steepest.engine.preparation.device import check_dtype, find_device
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import CRITICALS, STATUSES, Chunk, RunRecords
from steepest.engine.run.advance import advance
from steepest.engine.run.lr_preview import planned_rates
from steepest.engine.run.step_explanation import Worked, worked

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
