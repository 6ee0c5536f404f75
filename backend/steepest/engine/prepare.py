"""An experiment made ready to run: checked against the catalog, completed with defaults, its edits in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

import torch

from steepest.engine.picture import Picture
from steepest.optimizers import Optimizer, StateSlot, find_optimizer
from steepest.problems import Problem, prepare_problem
from steepest.spec import Edit, Experiment, Invalid, OptimizerSpec, Run, Text, Value

T = TypeVar("T")

DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class Rule:
    """An optimizer with all its hyperparameters: what turns a gradient into an update."""

    optimizer: Optimizer
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Turn:
    """What an edit does to one run before the update from `step`: a new rule, a new place, or both.

    renewed: the optimizer was replaced, so its state starts anew.
    """

    step: int
    rule: Rule
    renewed: bool = False
    params: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """One run's whole future: its first rule and its turns, ordered by step."""

    start: tuple[float, ...]
    rule: Rule
    turns: tuple[Turn, ...]

    @cached_property
    def slots(self) -> tuple[StateSlot, ...]:
        """What is recorded of the state: every slot of every optimizer that the run will have, by name."""
        rules = (self.rule, *(turn.rule for turn in self.turns))
        return tuple({slot.name: slot for rule in rules for slot in rule.optimizer.state}.values())

    @cached_property
    def _turns_at(self) -> dict[int, tuple[Turn, ...]]:
        steps = {turn.step for turn in self.turns}
        return {step: tuple(turn for turn in self.turns if turn.step == step) for step in steps}

    def before(self, step: int) -> Rule:
        """The rule in force after `step` updates, before the edits at that step."""
        rules = [turn.rule for turn in self.turns if turn.step < step]
        return rules[-1] if rules else self.rule

    def at(self, step: int) -> tuple[Turn, ...]:
        """The edits that take effect on the update from `step`, in the order they were made."""
        return self._turns_at.get(step, ())


@dataclass(frozen=True)
class Prepared:
    """experiment: with every default filled in. problem: ready to evaluate. plans: one a run."""

    experiment: Experiment
    problem: Problem
    plans: tuple[Plan, ...]

    @property
    def dtype(self) -> torch.dtype:
        """Of parameters, gradients and loss."""
        return DTYPES[self.experiment.dtype]

    @cached_property
    def picture(self) -> Picture:
        """The problem's view, as the diagnosis measures by it."""
        return Picture(self.problem)


def prepare(experiment: Experiment) -> Prepared:
    """Checks all that only the catalog knows. Raises `Invalid` with a path such as `runs[0].optimizer.lr`."""
    problem = _under("problem", lambda: prepare_problem(experiment.problem))
    limit = torch.finfo(DTYPES[experiment.dtype]).max
    plans = []
    edits = list(experiment.edits)
    for n, run in enumerate(experiment.runs):
        _check_point(run.start, problem.dim, limit, f"runs[{n}].start")
        rule = _under(f"runs[{n}].optimizer", partial(_rule, run.optimizer))
        turns = []
        current = rule
        for place in sorted((i for i, e in enumerate(edits) if e.run == n), key=lambda i: edits[i].step):
            edit = edits[place]
            turn = _turn(edit, current, problem.dim, limit, f"edits[{place}]")
            edits[place] = _completed(edit, turn)
            turns.append(turn)
            current = turn.rule
        plans.append(Plan(tuple(run.start), rule, tuple(turns)))
    runs = [
        Run(optimizer=OptimizerSpec.of(plan.rule.optimizer.id, plan.rule.values), start=list(plan.start), fork=run.fork)
        for plan, run in zip(plans, experiment.runs, strict=True)
    ]
    params = dict(problem.values)
    completed = experiment.model_copy(
        update={
            "problem": experiment.problem.model_copy(update={"params": params}),
            "runs": runs,
            "edits": sorted(edits, key=lambda edit: edit.step),
        }
    )
    return Prepared(completed, problem, tuple(plans))


def _rule(spec: OptimizerSpec) -> Rule:
    optimizer = find_optimizer(spec.id)
    if optimizer.matrices_only:
        raise Invalid(
            "id",
            Text(
                f"{spec.id} works on matrices only, and a point on a surface is none",
                f"{spec.id} 只适用于矩阵参数，曲面上的点不是矩阵",
            ),
        )
    return Rule(optimizer, optimizer.complete(spec.hyper))


def _turn(edit: Edit, current: Rule, dim: int, limit: float, field: str) -> Turn:
    if edit.params is not None:
        _check_point(edit.params, dim, limit, f"{field}.params")
        return Turn(edit.step, current, params=tuple(edit.params))
    if edit.optimizer is not None:
        spec = edit.optimizer
        return Turn(edit.step, _under(f"{field}.optimizer", lambda: _rule(spec)), renewed=True)
    change = edit.set or {}
    values = _under(f"{field}.set", lambda: current.optimizer.checked_change(current.values, change))
    return Turn(edit.step, Rule(current.optimizer, values))


def _completed(edit: Edit, turn: Turn) -> Edit:
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
