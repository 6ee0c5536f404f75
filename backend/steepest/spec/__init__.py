"""Pure data: the experiment, its parameters' declarations and its errors. Imports nothing but pydantic."""

from steepest.spec.edit import Edit
from steepest.spec.errors import Invalid
from steepest.spec.experiment import Experiment, SurfaceProblem, parse_experiment
from steepest.spec.limits import MAX_EDITS, MAX_RUNS
from steepest.spec.param import Boolean, Choice, Integer, Number, Pair, Param, String, Triple, Value, complete
from steepest.spec.run import Fork, OptimizerSpec, Run
from steepest.spec.text import Text

__all__ = [
    "MAX_EDITS",
    "MAX_RUNS",
    "Boolean",
    "Choice",
    "Edit",
    "Experiment",
    "Fork",
    "Integer",
    "Invalid",
    "Number",
    "OptimizerSpec",
    "Pair",
    "Param",
    "Run",
    "String",
    "SurfaceProblem",
    "Text",
    "Triple",
    "Value",
    "complete",
    "parse_experiment",
]
