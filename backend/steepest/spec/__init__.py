"""The experiment as pure data, declarations of parameters, and errors. Imports only pydantic."""

from steepest.spec.edit import Edit
from steepest.spec.entries import DeclaredEntry, find_entry, with_plugins
from steepest.spec.errors import Invalid, invalid
from steepest.spec.experiment import Engine, Experiment, parse_experiment
from steepest.spec.limits import MAX_EDITS, MAX_RUNS
from steepest.spec.param import (
    Boolean,
    Choice,
    Integer,
    Integers,
    Number,
    Pair,
    Param,
    Rows,
    String,
    Triple,
    complete,
    float_value,
    integer,
    number,
)
from steepest.spec.problem import Batch, EntrySpec, LearningProblem, Penalty, Problem, Split, SurfaceProblem
from steepest.spec.run import Fork, Init, OptimizerSpec, Run, ScheduleSpec
from steepest.spec.sweep import Axis, Measure, Sweep, parse_sweep
from steepest.spec.text import Text, counted
from steepest.spec.tile import Tile, coarse_to_fine, slabs, whole
from steepest.spec.value import Value

__all__ = [
    "MAX_EDITS",
    "MAX_RUNS",
    "Axis",
    "Batch",
    "Boolean",
    "Choice",
    "DeclaredEntry",
    "Edit",
    "Engine",
    "EntrySpec",
    "Experiment",
    "Fork",
    "Init",
    "Integer",
    "Integers",
    "Invalid",
    "LearningProblem",
    "Measure",
    "Number",
    "OptimizerSpec",
    "Pair",
    "Param",
    "Penalty",
    "Problem",
    "Rows",
    "Run",
    "ScheduleSpec",
    "Split",
    "String",
    "SurfaceProblem",
    "Sweep",
    "Text",
    "Tile",
    "Triple",
    "Value",
    "coarse_to_fine",
    "complete",
    "counted",
    "find_entry",
    "float_value",
    "integer",
    "invalid",
    "number",
    "parse_experiment",
    "parse_sweep",
    "slabs",
    "whole",
    "with_plugins",
]
