"""Experiments as workers receive them: a JSON document that the server has checked, prepared once per process."""

from dataclasses import dataclass

from steepest.engine import Prepared, prepare
from steepest.problems import CACHE, LearningProblem
from steepest.spec import Edit, Experiment

# Bytes of a prepared experiment for each character of its document: 20 to 50 where it was measured.
_EXPANSION = 30


@dataclass(frozen=True)
class Origin:
    """What an experiment was before its last change, from which it is prepared faster than from its own document.

    document: of the experiment before. edit: that was made. fork: in a new branch.
    """

    document: str
    edit: Edit
    fork: bool


def prepared(document: str, origin: Origin | None = None) -> Prepared:
    """The prepared experiment. Raises `Invalid` where the document was not checked before."""
    return CACHE.keep("document", document, "", lambda: _made(document, origin), prepared_bytes(document))


def _made(document: str, origin: Origin | None) -> Prepared:
    before: Prepared | None = None if origin is None else CACHE.find("document", origin.document, "")
    if origin is None or before is None:
        return prepare(Experiment.model_validate_json(document))
    experiment = before.experiment
    return prepare((experiment.forked if origin.fork else experiment.edited)(origin.edit), before)


def prepared_bytes(document: str) -> int:
    """Memory of a prepared experiment, estimated; without the data set, which others share."""
    return _EXPANSION * len(document)


def learning_problem(document: str) -> LearningProblem:
    """The problem of an experiment that the server knows to be a learning problem."""
    problem = prepared(document).problem
    assert isinstance(problem, LearningProblem)
    return problem
