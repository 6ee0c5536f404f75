"""Helpers for tests of learning problems: a problem in few words."""

from typing import Any

from pydantic import TypeAdapter

from steepest import spec
from steepest.problems import prepare_problem
from steepest.problems.catalog import datasets
from steepest.problems.learning.problem import LearningProblem


def chosen(name: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "params": params or {}}


def document(dataset: str, /, **changes: Any) -> dict[str, Any]:
    """A data set with the model and the loss that suit it, as JSON has it; `changes` are put over it."""
    declared = datasets()[dataset]
    model, loss = declared.known_model, declared.known_loss
    return {
        "kind": "learning",
        "dataset": chosen(dataset),
        "model": chosen(model.id, dict(model.params)),
        "loss": chosen(loss.id, dict(loss.params)),
        **changes,
    }


def problem(dataset: str, /, seed: int = 0, **changes: Any) -> LearningProblem:
    """The same ready to run."""
    written: spec.LearningProblem = TypeAdapter(spec.LearningProblem).validate_python(document(dataset, **changes))
    ready = prepare_problem(written, seed)
    assert isinstance(ready, LearningProblem)
    return ready
