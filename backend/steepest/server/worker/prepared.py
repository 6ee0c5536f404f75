"""Experiments as workers receive them: a JSON document that the server has checked, prepared once per process."""

from functools import lru_cache

from steepest.engine import Prepared, prepare
from steepest.problems import LearningProblem
from steepest.spec import Experiment


@lru_cache(maxsize=128)
def prepared(document: str) -> Prepared:
    """The prepared experiment. Raises `Invalid` where the document was not checked before."""
    return prepare(Experiment.model_validate_json(document))


def learning_problem(document: str) -> LearningProblem:
    """The problem of an experiment that the server knows to be a learning problem."""
    problem = prepared(document).problem
    assert isinstance(problem, LearningProblem)
    return problem
