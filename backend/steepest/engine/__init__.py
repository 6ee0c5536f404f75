"""The engine: a deterministic function from an experiment to recorded steps. No network, and no files but kernels."""

from steepest.engine.compiled.rule import engine_at, engine_of, engines_of
from steepest.engine.compiled.trace import warm_up
from steepest.engine.diagnosis import landscape
from steepest.engine.model_analysis.loss_grid import loss_grid
from steepest.engine.preparation.device import check_dtype, find_device
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import CRITICALS, STATUSES, Chunk, RunRecords
from steepest.engine.run.advance import advance
from steepest.engine.run.end_tolerance import end_tolerance
from steepest.engine.run.engine_check import (
    MAX_CHECKED,
    CheckInProgress,
    EngineCheck,
    EngineDifference,
    begin_check,
    check_engine,
    continue_check,
)
from steepest.engine.run.lr_preview import preview_lr
from steepest.engine.run.moved_record import moved_record
from steepest.engine.run.preview import Preview, preview
from steepest.engine.run.rehearsal import (
    Outcome,
    Rehearsal,
    RehearsalInProgress,
    begin_rehearsal,
    continue_rehearsal,
    rehearse,
)
from steepest.engine.run.rounding import TOLERANCE
from steepest.engine.run.scaling import ScalingTrial, ScalingTries, begin_scaling, try_scaling
from steepest.engine.run.step_explanation import StepExplanation, explain_step
from steepest.engine.sweeps.cost import run_seconds, sweep_seconds, watched_tiles
from steepest.engine.sweeps.curvature import constant_curvature
from steepest.engine.sweeps.measure import known_minima
from steepest.engine.sweeps.prepare import PreparedSweep, experiment_at, prepare_sweep
from steepest.engine.sweeps.sweep import sweep

__all__ = [
    "CRITICALS",
    "MAX_CHECKED",
    "STATUSES",
    "TOLERANCE",
    "CheckInProgress",
    "Checkpoint",
    "Chunk",
    "EngineCheck",
    "EngineDifference",
    "Outcome",
    "Prepared",
    "PreparedSweep",
    "Preview",
    "Rehearsal",
    "RehearsalInProgress",
    "RunCheckpoint",
    "RunRecords",
    "ScalingTrial",
    "ScalingTries",
    "StepExplanation",
    "advance",
    "begin_check",
    "begin_rehearsal",
    "begin_scaling",
    "check_dtype",
    "check_engine",
    "constant_curvature",
    "continue_check",
    "continue_rehearsal",
    "end_tolerance",
    "engine_at",
    "engine_of",
    "engines_of",
    "experiment_at",
    "explain_step",
    "find_device",
    "known_minima",
    "landscape",
    "loss_grid",
    "moved_record",
    "prepare",
    "prepare_sweep",
    "preview",
    "preview_lr",
    "rehearse",
    "run_seconds",
    "sweep",
    "sweep_seconds",
    "try_scaling",
    "warm_up",
    "watched_tiles",
]
