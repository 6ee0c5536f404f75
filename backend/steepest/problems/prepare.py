"""A problem as written, made ready to run."""

from collections.abc import Mapping
from typing import TypeVar

from steepest import spec
from steepest.problems.catalog import datasets, losses, models, surfaces
from steepest.problems.learning import LearningProblem
from steepest.problems.problem import Problem
from steepest.spec import Invalid, Text

E = TypeVar("E")


def prepare_problem(problem: spec.Problem, seed: int = 0) -> Problem:
    """The problem ready to run; what is drawn follows from the seed.

    Raises `Invalid` with a path inside the problem: `id`, `params.<name>`, `model.params.<name>` and the like.
    """
    if isinstance(problem, spec.LearningProblem):
        return LearningProblem(
            problem,
            seed,
            _entry(datasets(), problem.dataset.id, "dataset.id"),
            _entry(models(), problem.model.id, "model.id"),
            _entry(losses(), problem.loss.id, "loss.id"),
        )
    surface = _entry(surfaces(), problem.id, "id")
    try:
        return surface.problem(problem.params)
    except Invalid as error:
        raise error.under("params") from None


def _entry(entries: Mapping[str, E], name: str, field: str) -> E:
    entry = entries.get(name)
    if entry is None:
        words = ", ".join(entries)
        raise Invalid(field, Text(f"there is no {name[:50]!r}; there are: {words}", f"没有该项；可用：{words}"))
    return entry
