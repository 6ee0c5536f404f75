"""Makes a written problem ready to run."""

from functools import lru_cache
from pathlib import Path

from steepest import spec
from steepest.problems.catalog import datasets, losses, models, surfaces
from steepest.problems.data_dir import data_dir
from steepest.problems.learning.dataset import Dataset
from steepest.problems.learning.loss import Loss
from steepest.problems.learning.model import Model
from steepest.problems.learning.problem import LearningProblem
from steepest.problems.problem import Problem
from steepest.spec import Invalid, Text, find_entry


def prepare_problem(problem: spec.Problem, seed: int = 0) -> Problem:
    """The problem ready to run, its random numbers drawn from the seed.

    Raises `Invalid` with a path inside the problem: `id`, `params.<name>`, `model.params.<name>` and the like.
    """
    if isinstance(problem, spec.LearningProblem):
        return _learning(
            problem.model_dump_json(),
            seed,
            data_dir(),
            find_entry(datasets(), problem.dataset.id, "dataset.id", Text("data set", "数据集")),
            find_entry(models(), problem.model.id, "model.id", Text("model", "模型")),
            find_entry(losses(), problem.loss.id, "loss.id", Text("loss", "损失函数")),
        )
    surface = find_entry(surfaces(), problem.id, "id", Text("surface", "函数"))
    try:
        return surface.problem(problem.params)
    except Invalid as error:
        raise error.under("params") from None


@lru_cache(maxsize=16)
def _learning(document: str, seed: int, folder: Path, dataset: Dataset, model: Model, loss: Loss) -> LearningProblem:
    """Shared by experiments that differ only in runs and edits, so that the data is made once."""
    return LearningProblem(spec.LearningProblem.model_validate_json(document), seed, dataset, model, loss)
