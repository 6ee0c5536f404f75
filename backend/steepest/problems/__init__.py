"""What can be minimised: surfaces now; datasets, models and losses later."""

from steepest.problems.catalog import prepare_problem, surfaces
from steepest.problems.problem import CriticalKind, CriticalPoint, Problem, Scene
from steepest.problems.surface import Start, Surface, SurfaceProblem

__all__ = [
    "CriticalKind",
    "CriticalPoint",
    "Problem",
    "Scene",
    "Start",
    "Surface",
    "SurfaceProblem",
    "prepare_problem",
    "surfaces",
]
