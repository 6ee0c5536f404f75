"""What one step of an experiment costs, by arithmetic, and the limit on steps that evaluate the loss many times."""

from collections.abc import Sequence

from steepest.engine.preparation.plan import OptimizerConfig, RunPlan
from steepest.problems import LearningProblem, Problem
from steepest.spec import Invalid, Text

# Multiplications and additions of one step of all runs that evaluate the loss several times: about a second of a core.
MAX_OPERATIONS = 1e10

_OVERHEAD = 1e6  # what torch takes for a small loss and its gradient is the time of about so many

_BACKWARD = 2  # a backward pass costs about as much as two forward passes


def step_operations(problem: Problem, plans: Sequence[RunPlan]) -> float:
    """Approximate multiplications and additions of one step of all runs, with the costliest optimizer of each."""
    return sum(max(_operations(problem, config) for config in plan.configs) for plan in plans)


def check_closures(problem: Problem, plans: Sequence[RunPlan], fields: Sequence[Sequence[str]]) -> None:
    """Raises `Invalid` where the runs that evaluate the loss several times a step would take seconds for one.

    fields: what to name for each run's optimizer configs, in the order of `RunPlan.configs`.
    """
    costs = []
    for plan, names in zip(plans, fields, strict=True):
        closures = [n for n, config in enumerate(plan.configs) if config.optimizer.needs == "closure"]
        if closures:
            each = [(_operations(problem, plan.configs[n]), plan.configs[n], names[n]) for n in closures]
            costs.append(max(each, key=lambda one: one[0]))
    if sum(cost for cost, _, _ in costs) > MAX_OPERATIONS:
        cost, config, field = max(costs, key=lambda one: one[0])
        count = config.optimizer.evaluations(config.values)
        raise Invalid(field, _too_many(count, int(MAX_OPERATIONS / len(costs) * count / cost), len(costs)))


def _operations(problem: Problem, config: OptimizerConfig) -> float:
    """Of one step of one run."""
    evaluation = _OVERHEAD
    if isinstance(problem, LearningProblem):
        evaluation += (1 + _BACKWARD) * problem.forward_operations * problem.batch_samples
    return config.optimizer.evaluations(config.values) * evaluation


def _too_many(count: int, most: int, runs: int) -> Text:
    if most < 1:
        return Text(
            "this optimizer evaluates the loss several times a step, and here one evaluation takes too long for that: "
            "use smaller batches or a smaller model",
            "该优化器每步多次求损失，而此处求值一次已太慢：请用更小的批量或模型",
        )
    together = f" in each of these {runs} runs" if runs > 1 else ""
    together_zh = f"（共 {runs} 个此类运行）" if runs > 1 else ""
    return Text(
        f"{count} evaluations of this loss a step would take seconds: use at most {most}{together}, or smaller batches",
        f"每步求值 {count} 次将耗时数秒：请将 max_eval 设为至多 {most}{together_zh}，或减小批量",
    )
