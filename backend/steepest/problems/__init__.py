"""What can be minimised: surfaces, and models that learn from data."""

from steepest.problems.cache import CACHE
from steepest.problems.catalog import datasets, losses, models, surfaces
from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.problems.learning.loss import Loss
from steepest.problems.learning.model import Layer, Model
from steepest.problems.learning.problem import LearningProblem
from steepest.problems.prepare import prepare_problem
from steepest.problems.problem import CriticalKind, CriticalPoint, Problem, Scene
from steepest.problems.surface import Start, Surface, SurfaceProblem

__all__ = [
    "CACHE",
    "CriticalKind",
    "CriticalPoint",
    "Data",
    "DataShape",
    "Dataset",
    "Layer",
    "LearningProblem",
    "Loss",
    "Model",
    "Problem",
    "Scene",
    "Start",
    "Surface",
    "SurfaceProblem",
    "datasets",
    "losses",
    "models",
    "prepare_problem",
    "surfaces",
]
