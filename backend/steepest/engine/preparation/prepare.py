"""An experiment made ready to run: checked against the catalog, completed with defaults, its edits in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import takewhile
from typing import TypeVar

import torch

from steepest.engine.preparation.compatibility import check_suitable
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.run.lr_scheduler import Timing
from steepest.optimizers import Optimizer, StateSlot, find_optimizer, find_schedule
from steepest.problems import Problem, SurfaceProblem, prepare_problem
from steepest.spec import Edit, Experiment, Init, Invalid, OptimizerSpec, Run, ScheduleSpec, Text, Value

T = TypeVar("T")

DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class OptimizerConfig:
    """An optimizer with all its hyperparameters: what turns a gradient into an update."""

    optimizer: Optimizer
    values: Mapping[str, Value]


@dataclass(frozen=True)
class AppliedEdit:
    """What an edit does to one run before the update from `step`: a new rule, a new place, or both.

    renewed: the optimizer was replaced, so its state starts anew.
    """

    step: int
    rule: OptimizerConfig
    renewed: bool = False
    params: tuple[float, ...] | None = None


@dataclass(frozen=True)
class RunPlan:
    """One run's whole future: its start, its first rule and its turns, ordered by step.

    zero_grad: whether the gradient is cleared before each new one. timing: the schedule of its learning rate.
    """

    start: tuple[float, ...] | Init
    rule: OptimizerConfig
    turns: tuple[AppliedEdit, ...]
    zero_grad: bool = True
    timing: Timing | None = None

    @cached_property
    def slots(self) -> tuple[StateSlot, ...]:
        """What is recorded of the state: every slot of every optimizer that the run will have, by name."""
        rules = (self.rule, *(turn.rule for turn in self.turns))
        return tuple({slot.name: slot for rule in rules for slot in rule.optimizer.state}.values())

    @cached_property
    def turns_momentum(self) -> bool:
        """Whether the schedule turns the momentum as well."""
        return self.timing is not None and self.timing.schedule.cycles_momentum(self.timing.values)

    @cached_property
    def begins(self) -> Mapping[str, float]:
        """`lr` of the first update, and `momentum` where the schedule turns it; without the edits at step 0."""
        return self.first(self.rule)

    def first(self, rule: OptimizerConfig) -> dict[str, float]:
        """The same of the first update under a rule with which the schedule begins."""
        if self.timing is None:
            return {"lr": float(rule.values["lr"])}  # type: ignore[arg-type]  # every optimizer has one, a number
        return self.timing.schedule.initial_values(rule.optimizer, rule.values, self.timing.values)

    @cached_property
    def _turns_at(self) -> dict[int, tuple[AppliedEdit, ...]]:
        steps = {turn.step for turn in self.turns}
        return {step: tuple(turn for turn in self.turns if turn.step == step) for step in steps}

    def before(self, step: int) -> OptimizerConfig:
        """The rule in force after `step` updates, before the edits at that step."""
        rules = [turn.rule for turn in self.turns if turn.step < step]
        return rules[-1] if rules else self.rule

    def at(self, step: int) -> tuple[AppliedEdit, ...]:
        """The edits that take effect on the update from `step`, in the order they were made."""
        return self._turns_at.get(step, ())


@dataclass(frozen=True)
class Prepared:
    """experiment: with every default filled in. problem: ready to evaluate. plans: one a run."""

    experiment: Experiment
    problem: Problem
    plans: tuple[RunPlan, ...]

    @property
    def dtype(self) -> torch.dtype:
        """Of parameters, gradients and loss."""
        return DTYPES[self.experiment.dtype]

    def start(self, plan: RunPlan) -> torch.Tensor:
        """(n,), where a run begins."""
        if isinstance(plan.start, Init):
            return self.problem.start(plan.start, self.dtype)
        return torch.tensor(plan.start, dtype=self.dtype)

    @cached_property
    def picture(self) -> ViewScale | None:
        """The problem's view, as the diagnosis measures by it; None where the loss over its parameters has none."""
        scene = self.problem.scene
        return None if scene is None else ViewScale(self.problem, scene)


def prepare(experiment: Experiment, known: Prepared | None = None) -> Prepared:
    """Checks all that only the catalog knows. Raises `Invalid` with a path such as `runs[0].optimizer.lr`.

    known: what the experiment was before a change; of it the problem, and the edits up to the change, are right already
    where they are the very same objects.
    """
    if known is not None and _same_problem(experiment, known.experiment):
        problem = known.problem
    else:
        problem = _under("problem", lambda: prepare_problem(experiment.problem, experiment.seed))
        known = None
    limit = torch.finfo(DTYPES[experiment.dtype]).max
    plans = []
    edits = list(experiment.edits)
    for n, run in enumerate(experiment.runs):
        _check_start(run, problem, limit, f"runs[{n}].start")
        rule = _under(f"runs[{n}].optimizer", partial(_rule, run.optimizer, problem))
        _check_zero_grad(run, rule, f"runs[{n}].zero_grad")
        timing = _timing(run.schedule, rule, f"runs[{n}].schedule")
        turns: list[AppliedEdit] = []
        current = rule
        places = sorted((i for i, e in enumerate(edits) if e.run == n), key=lambda i: edits[i].step)
        turns += _known_turns(known, n, run, [edits[place] for place in places])
        if turns:
            current = turns[-1].rule
        for place in places[len(turns) :]:
            edit = edits[place]
            turn = _turn(edit, current, problem, limit, f"edits[{place}]")
            _check_zero_grad(run, turn.rule, f"edits[{place}].optimizer")
            _check_suits(timing, turn.rule, f"edits[{place}].{_changed(edit)}", whole=True)
            edits[place] = _completed(edit, turn)
            turns.append(turn)
            current = turn.rule
        start = run.start if isinstance(run.start, Init) else tuple(run.start)
        plans.append(RunPlan(start, rule, tuple(turns), run.zero_grad, timing))
    runs = [_completed_run(run, plan) for plan, run in zip(plans, experiment.runs, strict=True)]
    completed = experiment.model_copy(
        update={
            "problem": problem.document,
            "runs": runs,
            "edits": sorted(edits, key=lambda edit: edit.step),
        }
    )
    return Prepared(completed, problem, tuple(plans))


def _same_problem(experiment: Experiment, known: Experiment) -> bool:
    return experiment.problem is known.problem and (experiment.seed, experiment.dtype) == (known.seed, known.dtype)


def _known_turns(known: Prepared | None, n: int, run: Run, edits: Sequence[Edit]) -> list[AppliedEdit]:
    """The turns of the first edits of run `n`, as far as they follow from what was known already.

    edits: all of the run, in order. What an edit does follows from the run, the edits before it and itself.
    """
    before = [] if known is None else known.experiment.runs
    if known is None or n >= len(before) or run is not before[n]:
        return []
    old = [edit for edit in known.experiment.edits if edit.run == n]
    pairs = zip(old, edits, known.plans[n].turns, strict=False)
    return [turn for _, _, turn in takewhile(lambda pair: pair[0] is pair[1], pairs)]


def _rule(spec: OptimizerSpec, problem: Problem) -> OptimizerConfig:
    optimizer = find_optimizer(spec.id)
    rule = OptimizerConfig(optimizer, optimizer.complete(spec.hyper))
    check_suitable(optimizer, rule.values, problem)
    return rule


def _timing(spec: ScheduleSpec | None, rule: OptimizerConfig, field: str) -> Timing | None:
    if spec is None:
        return None
    schedule = _under(field, lambda: find_schedule(spec.id))
    timing = Timing(schedule, _under(field, lambda: schedule.complete(spec.params)))
    _check_suits(timing, rule, field)
    return timing


def _check_suits(timing: Timing | None, rule: OptimizerConfig, field: str, *, whole: bool = False) -> None:
    """whole: the field is the one that is wrong, not what holds it: of an edit, which has no schedule of its own."""
    if timing is None:
        return
    try:
        timing.schedule.check_optimizer(rule.optimizer, rule.values, timing.values)
    except Invalid as error:
        raise Invalid(field, error.text) if whole else error.under(field) from None


def _changed(edit: Edit) -> str:
    """The field of an edit that says what it changes."""
    return f"set.{next(iter(edit.set), 'lr')}" if edit.set is not None else "optimizer.id"


def _completed_run(run: Run, plan: RunPlan) -> Run:
    optimizer = OptimizerSpec.of(plan.rule.optimizer.id, plan.rule.values)
    if plan.timing is None:
        return run.model_copy(update={"optimizer": optimizer})
    schedule = ScheduleSpec.of(plan.timing.schedule.id, plan.timing.values)
    return run.model_copy(update={"optimizer": optimizer, "schedule": schedule})


def _check_zero_grad(run: Run, rule: OptimizerConfig, field: str) -> None:
    if not run.zero_grad and rule.optimizer.needs != "gradient":
        raise Invalid(
            field,
            Text(
                f"{rule.optimizer.id} clears the gradient itself; only an optimizer that does not can show this",
                f"{rule.optimizer.id} 会自行清除梯度；此设置只适用于不自行清除梯度的优化器",
            ),
        )


def _check_start(run: Run, problem: Problem, limit: float, field: str) -> None:
    if not isinstance(run.start, Init):
        _check_point(run.start, problem.dim, limit, field)
    elif isinstance(problem, SurfaceProblem):
        raise Invalid(
            field, Text("must be a list of numbers: a surface has no layers to draw", "曲面的起点应为数的列表")
        )


def _turn(edit: Edit, current: OptimizerConfig, problem: Problem, limit: float, field: str) -> AppliedEdit:
    if edit.params is not None:
        _check_point(edit.params, problem.dim, limit, f"{field}.params")
        return AppliedEdit(edit.step, current, params=tuple(edit.params))
    if edit.optimizer is not None:
        spec = edit.optimizer
        return AppliedEdit(edit.step, _under(f"{field}.optimizer", lambda: _rule(spec, problem)), renewed=True)
    change = edit.set or {}
    values = _under(f"{field}.set", lambda: current.optimizer.checked_change(current.values, change))
    _under(f"{field}.set", lambda: check_suitable(current.optimizer, values, problem))
    return AppliedEdit(edit.step, OptimizerConfig(current.optimizer, values))


def _completed(edit: Edit, turn: AppliedEdit) -> Edit:
    if edit.optimizer is not None:
        return edit.model_copy(update={"optimizer": OptimizerSpec.of(turn.rule.optimizer.id, turn.rule.values)})
    if edit.set is not None:
        values = {name: turn.rule.values[name] for name in edit.set}
        same = repr(values) == repr(edit.set)  # not ==, since 1 becomes 1.0
        return edit if same else edit.model_copy(update={"set": values})
    return edit


def _check_point(point: Sequence[float], dim: int, limit: float, field: str) -> None:
    if len(point) != dim:
        raise Invalid(
            field,
            Text(
                f"needs {dim} number{'s' if dim > 1 else ''}, one a parameter; there are {len(point)}",
                f"需要 {dim} 个数（每个参数一个），现有 {len(point)} 个",
            ),
        )
    for n, value in enumerate(point):
        if abs(value) > limit:
            raise Invalid(
                f"{field}[{n}]", Text(f"{value:g} is too large for this dtype", f"{value:g} 超出该类型的范围")
            )


def _under(prefix: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except Invalid as error:
        raise error.under(prefix) from None
