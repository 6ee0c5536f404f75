"""Checks an experiment against the catalog, fills in defaults and orders its edits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import torch

from steepest.engine.preparation.compatibility import check_compatible
from steepest.engine.preparation.plan import AppliedEdit, OptimizerConfig, RunPlan, ScheduleConfig
from steepest.engine.preparation.step_cost import check_closures, step_operations
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.checkpoint import OBJECTS
from steepest.optimizers import find_optimizer, find_schedule
from steepest.problems import Problem, SurfaceProblem, prepare_problem
from steepest.spec import Edit, Experiment, Init, Invalid, OptimizerSpec, Run, ScheduleSpec, Text

DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class Prepared:
    """An experiment that is ready to run.

    experiment: with every default filled in.
    plans: one a run.
    """

    experiment: Experiment
    problem: Problem
    plans: tuple[RunPlan, ...]

    @property
    def dtype(self) -> torch.dtype:
        """Of parameters, gradients and loss."""
        return DTYPES[self.experiment.dtype]

    @property
    def step_operations(self) -> float:
        """Approximate multiplications and additions of one step of all runs."""
        return step_operations(self.problem, self.plans)

    @property
    def checkpoint_bytes(self) -> int:
        """Memory of a checkpoint at most, by arithmetic: parameters, optimizer state and gradients of all runs."""
        tensors = sum(
            2 + max(config.optimizer.count_state_tensors(config.values) for config in plan.configs)
            for plan in self.plans
        )
        return tensors * self.problem.dim * self.dtype.itemsize + len(self.plans) * OBJECTS

    def start(self, plan: RunPlan) -> torch.Tensor:
        """A run's parameters at its start, (n,)."""
        if isinstance(plan.start, Init):
            return self.problem.start(plan.start, self.dtype)
        return torch.tensor(plan.start, dtype=self.dtype)

    @cached_property
    def view_scale(self) -> ViewScale | None:
        """Lengths and slopes of the problem's view, for the diagnosis; None where a problem has no view."""
        scene = self.problem.scene
        return None if scene is None else ViewScale(self.problem, scene)


def prepare(experiment: Experiment, previous: Prepared | None = None) -> Prepared:
    """Checks everything that depends on the catalog. Raises `Invalid` with a path such as `runs[0].optimizer.lr`.

    previous: the experiment before a change. Its problem and the edits up to the change are reused where they are the
    very same objects.
    """
    if previous is not None and _same_problem(experiment, previous.experiment):
        problem = previous.problem
    else:
        with _within("problem"):
            problem = prepare_problem(experiment.problem, experiment.seed)
        previous = None
    limit = torch.finfo(DTYPES[experiment.dtype]).max
    plans, fields = [], []
    edits = list(experiment.edits)
    for n, run in enumerate(experiment.runs):
        _check_start(run, problem, limit, f"runs[{n}].start")
        with _within(f"runs[{n}].optimizer"):
            config = _config(run.optimizer, problem)
        _check_zero_grad(run, config, f"runs[{n}].zero_grad")
        schedule_config = _schedule_config(run.schedule, config, f"runs[{n}].schedule")
        indices = sorted((i for i, e in enumerate(edits) if e.run == n), key=lambda i: edits[i].step)
        applied = _reused_edits(previous, n, run, [edits[i] for i in indices])
        current = applied[-1].config if applied else config
        for i in indices[len(applied) :]:
            edit = edits[i]
            new = _apply(edit, current, problem, limit, f"edits[{i}]")
            _check_zero_grad(run, new.config, f"edits[{i}].optimizer")
            _check_schedule(schedule_config, new.config, f"edits[{i}].{_changed_field(edit)}", exact=True)
            edits[i] = _completed_edit(edit, new.config)
            applied.append(new)
            current = new.config
        start = run.start if isinstance(run.start, Init) else tuple(run.start)
        plans.append(RunPlan(start, config, tuple(applied), run.zero_grad, schedule_config))
        fields.append([f"runs[{n}].optimizer.max_eval", *(f"edits[{i}].{_changed_field(edits[i])}" for i in indices)])
    check_closures(problem, plans, fields)
    completed = experiment.model_copy(
        update={
            "problem": problem.document,
            "runs": [_completed_run(run, plan) for run, plan in zip(experiment.runs, plans, strict=True)],
            "edits": sorted(edits, key=lambda edit: edit.step),
        }
    )
    return Prepared(completed, problem, tuple(plans))


@contextmanager
def _within(field: str) -> Iterator[None]:
    """Puts `field` before the field of any `Invalid`."""
    try:
        yield
    except Invalid as error:
        raise error.under(field) from None


def _same_problem(experiment: Experiment, other: Experiment) -> bool:
    return experiment.problem is other.problem and (experiment.seed, experiment.dtype) == (other.seed, other.dtype)


def _reused_edits(previous: Prepared | None, n: int, run: Run, edits: Sequence[Edit]) -> list[AppliedEdit]:
    """The applied edits of run `n` that `previous` already has: what an edit does follows from the run and the edits
    up to it.

    edits: all of the run, in order.
    """
    if previous is None or n >= len(previous.plans) or run is not previous.experiment.runs[n]:
        return []
    old = [edit for edit in previous.experiment.edits if edit.run == n]
    pairs = zip(old, edits, previous.plans[n].edits, strict=False)
    return [applied for _, _, applied in takewhile(lambda pair: pair[0] is pair[1], pairs)]


def _config(spec: OptimizerSpec, problem: Problem) -> OptimizerConfig:
    optimizer = find_optimizer(spec.id)
    config = OptimizerConfig(optimizer, optimizer.complete(spec.hyper))
    check_compatible(optimizer, config.values, problem)
    return config


def _schedule_config(spec: ScheduleSpec | None, config: OptimizerConfig, field: str) -> ScheduleConfig | None:
    if spec is None:
        return None
    with _within(field):
        schedule = find_schedule(spec.id)
        scheduled = ScheduleConfig(schedule, schedule.complete(spec.params))
    _check_schedule(scheduled, config, field)
    return scheduled


def _check_schedule(
    scheduled: ScheduleConfig | None, config: OptimizerConfig, field: str, *, exact: bool = False
) -> None:
    """exact: `field` itself is wrong, as in an edit, which has no schedule; else a field of the schedule in it."""
    if scheduled is None:
        return
    try:
        scheduled.schedule.check_optimizer(config.optimizer, config.values, scheduled.values)
    except Invalid as error:
        raise Invalid(field, error.text) if exact else error.under(field) from None


def _changed_field(edit: Edit) -> str:
    return f"set.{next(iter(edit.set), 'lr')}" if edit.set is not None else "optimizer.id"


def _completed_run(run: Run, plan: RunPlan) -> Run:
    update: dict[str, object] = {"optimizer": OptimizerSpec.of(plan.config.optimizer.id, plan.config.values)}
    if plan.schedule_config is not None:
        update["schedule"] = ScheduleSpec.of(plan.schedule_config.schedule.id, plan.schedule_config.values)
    return run.model_copy(update=update)


def _check_zero_grad(run: Run, config: OptimizerConfig, field: str) -> None:
    if not run.zero_grad and config.optimizer.needs != "gradient":
        raise Invalid(
            field,
            Text(
                f"{config.optimizer.id} clears the gradient itself, so it cannot accumulate gradients",
                f"{config.optimizer.id} 会自行清除梯度，因此无法累加梯度",
            ),
        )


def _check_start(run: Run, problem: Problem, limit: float, field: str) -> None:
    if not isinstance(run.start, Init):
        _check_point(run.start, problem.dim, limit, field)
    elif isinstance(problem, SurfaceProblem):
        raise Invalid(
            field, Text("must be a list of numbers: a surface has no layers to draw", "曲面的起点应为数的列表")
        )


def _apply(edit: Edit, current: OptimizerConfig, problem: Problem, limit: float, field: str) -> AppliedEdit:
    if edit.params is not None:
        _check_point(edit.params, problem.dim, limit, f"{field}.params")
        return AppliedEdit(edit.step, current, params=tuple(edit.params))
    if edit.optimizer is not None:
        with _within(f"{field}.optimizer"):
            return AppliedEdit(edit.step, _config(edit.optimizer, problem), replaced=True)
    with _within(f"{field}.set"):
        values = current.optimizer.checked_change(current.values, edit.set or {})
        check_compatible(current.optimizer, values, problem)
    return AppliedEdit(edit.step, OptimizerConfig(current.optimizer, values))


def _completed_edit(edit: Edit, config: OptimizerConfig) -> Edit:
    if edit.optimizer is not None:
        return edit.model_copy(update={"optimizer": OptimizerSpec.of(config.optimizer.id, config.values)})
    if edit.set is not None:
        values = {name: config.values[name] for name in edit.set}
        same = repr(values) == repr(edit.set)  # not ==, since 1 becomes 1.0
        return edit if same else edit.model_copy(update={"set": values})
    return edit


def _check_point(point: Sequence[float], dim: int, limit: float, field: str) -> None:
    if len(point) != dim:
        raise Invalid(
            field,
            Text(
                f"needs {dim} number{'s' if dim > 1 else ''}, one for each parameter; there are {len(point)}",
                f"需要 {dim} 个数（每个参数一个），现有 {len(point)} 个",
            ),
        )
    for n, value in enumerate(point):
        if abs(value) > limit:
            raise Invalid(
                f"{field}[{n}]", Text(f"{value:g} is too large for this dtype", f"{value:g} 超出该类型的范围")
            )
