"""Which runs are compiled. It follows from the document alone, so a link gives the same numbers everywhere."""

from steepest.engine.preparation.plan import OptimizerConfig
from steepest.engine.preparation.prepare import Prepared
from steepest.problems import LearningProblem, Problem, SurfaceProblem
from steepest.problems.losses import BUILT_IN as LOSSES
from steepest.problems.surfaces import BUILT_IN as SURFACES
from steepest.spec import Engine

# Each element's update depends on that element alone, and on the number of updates.
OPTIMIZERS = frozenset(
    ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "radam", "asgd", "rprop")
)
MODELS = frozenset(("linear", "logistic", "softmax", "mlp"))

# Products of a weight and an input in one forward pass. Above, torch's own kernels are as fast (measured).
MAX_PRODUCTS = 400_000


def experiment_compiles(prepared: Prepared, device: str) -> bool:
    """Whether the experiment asks for kernels, and its problem has them."""
    return prepared.experiment.engine == "compiled" and device == "cpu" and problem_compiles(prepared.problem)


def engine_of(prepared: Prepared, run: int, device: str) -> Engine:
    """What makes a run's updates after its last edit."""
    config = prepared.plans[run].configs[-1]
    return "compiled" if experiment_compiles(prepared, device) and update_compiles(config) else "eager"


def engine_at(prepared: Prepared, run: int, step: int, device: str) -> Engine:
    """What made a run's record at a step: the update that led there, and the loss there."""
    config = prepared.plans[run].config_before(step)
    return "compiled" if experiment_compiles(prepared, device) and update_compiles(config) else "eager"


def engines_of(prepared: Prepared, run: int, device: str) -> tuple[Engine, ...]:
    """What makes a run's records, by first step: both where an edit changes to an optimizer without a kernel."""
    steps = [0, *(edit.step + 1 for edit in prepared.plans[run].edits)]
    return tuple(dict.fromkeys(engine_at(prepared, run, step, device) for step in steps))


def problem_compiles(problem: Problem) -> bool:
    """Whether the loss has a kernel: built-in surfaces, expressions, and dense models that are not large."""
    if isinstance(problem, SurfaceProblem):
        return problem.surface.id in {surface.id for surface in SURFACES}
    if not isinstance(problem, LearningProblem):
        return False
    rows = problem.document.batch.size or problem.split_sizes.train
    return (
        problem.model.id in MODELS
        and problem.loss.id in {loss.id for loss in LOSSES}
        and not problem.model.random(problem.model_values)
        and rows * problem.dim <= MAX_PRODUCTS
    )


def update_compiles(config: OptimizerConfig) -> bool:
    """Whether the optimizer's update has a kernel."""
    return config.optimizer.id in OPTIMIZERS
