"""Experiments as workers receive them: a JSON document that the server has checked, prepared once per process."""

from steepest.engine import Prepared, prepare
from steepest.problems import CACHE, LearningProblem
from steepest.spec import Experiment

# Bytes of a prepared experiment for each character of its document: 20 to 50 where it was measured.
_EXPANSION = 30


def prepared(document: str) -> Prepared:
    """The prepared experiment. Raises `Invalid` where the document was not checked before."""
    size = prepared_bytes(document)
    return CACHE.keep("document", document, "", lambda: prepare(Experiment.model_validate_json(document)), size)


def prepared_bytes(document: str) -> int:
    """Memory of a prepared experiment, estimated; without the data set, which others share."""
    return _EXPANSION * len(document)


def learning_problem(document: str) -> LearningProblem:
    """The problem of an experiment that the server knows to be a learning problem."""
    problem = prepared(document).problem
    assert isinstance(problem, LearningProblem)
    return problem
