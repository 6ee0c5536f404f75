"""What is happening to a run of a model with more than two parameters.

A fold over the steps that were measured, as `follow` is over all records: what is remembered goes from one to the next,
and in the checkpoint from call to call, so it does not matter how a trajectory was cut. Between two of them only the
extremes of loss and gradient are looked at, and whether the gradient explodes or the run diverges.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from steepest.engine.diagnosis import edge_of_stability, gradient_flow, training_progress
from steepest.engine.diagnosis.accumulated_gradients import summed
from steepest.engine.diagnosis.remedy import SPARE, setting
from steepest.engine.diagnosis.state import TrainingMemory
from steepest.engine.preparation.prepare import Prepared, RunPlan
from steepest.engine.recording.records import METRICS_PERIOD, STATUSES, RunRecords
from steepest.engine.recording.verdict import Descending, Diverged, Unstable, Verdict
from steepest.problems.learning.problem import LearningProblem

_RUNNING, _, _DIVERGED = range(len(STATUSES))


def diagnose_training(
    prepared: Prepared, runs: Sequence[RunRecords], memories: Sequence[TrainingMemory | None]
) -> list[tuple[RunRecords, TrainingMemory]]:
    """The same records with status and verdicts filled in, and what to remember of each run."""
    assert isinstance(prepared.problem, LearningProblem)
    return [_diagnosed(prepared, run, memory) for run, memory in zip(runs, memories, strict=True)]


def _diagnosed(prepared: Prepared, run: RunRecords, memory: TrainingMemory | None) -> tuple[RunRecords, TrainingMemory]:
    finite = np.isfinite(run.loss) & np.isfinite(run.grad_norm) & np.isfinite(run.params).all(axis=1)
    measured = replace(run, status=np.where(finite, _RUNNING, _DIVERGED).astype(np.uint8))
    plan = prepared.plans[run.run]
    if not plan.zero_grad:
        verdicts, remembered = summed(measured, memory)
    elif len(run):
        assert isinstance(prepared.problem, LearningProblem)
        verdicts, remembered = _Fold(prepared.problem, plan, measured, memory).verdicts()
    else:
        assert memory is not None  # only record 0 is without a past, and it is always there
        verdicts, remembered = (), memory
    return replace(measured, verdicts=verdicts), remembered


class _Fold:
    """Goes through the records of one call."""

    def __init__(self, problem: LearningProblem, plan: RunPlan, run: RunRecords, memory: TrainingMemory | None) -> None:
        assert run.metrics is not None
        self.problem, self.plan, self.run, self.metrics = problem, plan, run, run.metrics
        self.loss, self.slopes = run.loss.astype(np.float64).tolist(), run.grad_norm.astype(np.float64).tolist()
        self.found: list[Verdict] = []
        self.laws: dict[tuple[int, float], edge_of_stability.Law | None] = {}  # by rule, which the plan keeps, and rate
        if memory is None:
            first, slope = (value if math.isfinite(value) else 0.0 for value in (self.loss[0], self.slopes[0]))
            memory = TrainingMemory(Descending(step=0), first, (0, first), slope, slope)
            self.found.append(memory.verdict)
        self.memory = memory

    def verdicts(self) -> tuple[tuple[Verdict, ...], TrainingMemory]:
        """What there is to be told, and the memory after it."""
        end = len(self.loss) - (1 if self.run.status[-1] == _DIVERGED else 0)  # rows that are finite
        begin = 0
        for place, step in enumerate(self.metrics.steps.tolist()):
            row = step - self.run.first
            if row >= end:
                break
            self._records(begin, row + 1)
            begin = row + 1
            self._measured(place, step, row)
        self._records(begin, end)
        if end < len(self.loss):
            self._tell(self._diverged(end))
        return tuple(self.found), self.memory

    def _keep(self, **what: object) -> None:
        self.memory = replace(self.memory, **what)  # type: ignore[arg-type]  # by their own names

    def _tell(self, verdict: Verdict | None) -> None:
        """Where there is something new."""
        if verdict is not None:
            self.found.append(verdict)
            self._keep(verdict=verdict)

    def _records(self, begin: int, end: int) -> None:
        """The extremes of rows, one after another; told at once is only a gradient that explodes."""
        memory = self.memory
        (at, lowest), calm, steepest, gentle = memory.lowest, memory.calm, memory.steepest, memory.gentle
        exploding = None
        for row in range(begin, end):
            loss, slope = self.loss[row], self.slopes[row]
            steepest = max(steepest, slope)
            if loss <= lowest:
                at, lowest, calm = self.run.first + row, loss, steepest
            if slope > training_progress.GENTLE * steepest:
                gentle = None
            elif gentle is None:
                gentle = self.run.first + row
            if exploding is None and gradient_flow.explodes(slope, calm, loss, memory.start):
                exploding = row, at, calm
        last = self.loss[end - 1] if end > begin else memory.last
        self._keep(lowest=(at, lowest), calm=calm, steepest=steepest, gentle=gentle, last=last)
        said = self.memory.verdict.code
        if exploding is not None and said not in ("exploding", "unstable") and self.memory.crossing is None:
            row, since, before = exploding
            step = self.run.first + row
            limit, rule = edge_of_stability.limit_of(self.memory, self._law(step, row)), self.plan.config_before(step)
            self._tell(
                gradient_flow.exploding(step, since, self.slopes[row], before, self.plan, self.run.run)
                if limit is None
                else Unstable(step=step, limit=limit, remedy=edge_of_stability.slower(limit, rule, self.run.run))
            )

    def _measured(self, place: int, step: int, row: int) -> None:
        """Everything else, at a step that was measured."""
        memory = self.memory
        sight = training_progress.sight_of(self.metrics, place)
        if sight is None:
            return
        edited = any(step - METRICS_PERIOD <= turn.step < step for turn in self.plan.edits)
        self._keep(
            window=((sight,) if edited else (*memory.window, sight)[-training_progress.WINDOW :]),
            recent=(*memory.recent, sight)[-training_progress.RECENT :],
            best=training_progress.better(memory.best, sight),
            sharp=() if edited else memory.sharp,
            crossing=None if edited else memory.crossing,
            gentle=None if edited else memory.gentle,
        )
        law = self._law(step, row)
        self.memory = edge_of_stability.follow(self.memory, step, float(self.metrics.sharpness[place]), law)
        self.memory = gradient_flow.follow(self.memory, self.problem.layers, self.metrics.layers[place], step)
        self._tell(self._verdict(place, step, row, law))

    def _law(self, step: int, row: int) -> edge_of_stability.Law | None:
        """Of the update that led to a record; None at record 0, and where a schedule turns the momentum."""
        if self.plan.cycles_momentum:
            return None
        rule, lr = self.plan.config_before(step), float(self.run.lr[row])
        if (id(rule), lr) not in self.laws:  # mostly the same one all the time
            self.laws[id(rule), lr] = edge_of_stability.law_of(rule, lr)
        return self.laws[id(rule), lr]

    def _verdict(self, place: int, step: int, row: int, law: edge_of_stability.Law | None) -> Verdict | None:
        """The first that holds; None where that is what was told already."""
        memory, rule, run = self.memory, self.plan.config_before(step), self.run.run
        loss, slope, layers = self.loss[row], self.slopes[row], self.metrics.layers[place]
        if memory.verdict.code == "exploding" and gradient_flow.explodes(slope, memory.calm, loss, memory.start):
            return None
        found: Verdict = (
            edge_of_stability.unstable(memory, step, loss, rule, run)
            or gradient_flow.vanishing(memory, self.problem.layers, layers, step)
            or training_progress.overfitting(memory.best, memory.recent, memory.verdict, step)
            or edge_of_stability.hovering(memory, step, law)
            or training_progress.settled(memory, step, slope)
            or training_progress.stalled(
                memory, step, slope, self.problem.full_batch, rule, run, edge_of_stability.bearable(memory, law, rule)
            )
            or Descending(step=step)
        )
        return found if training_progress.is_news(memory.verdict, found) else None

    def _diverged(self, row: int) -> Diverged:
        """Why a record is no longer finite: what can be shown."""
        memory, step, run = self.memory, self.run.first + row, self.run.run
        if step == 0:
            return Diverged(step=0, cause="wall", limit=None, last=None)
        rule = self.plan.config_before(step)
        last = memory.last
        momentum = rule.values.get("momentum")
        at = memory.lowest[0]
        if rule.values.get("maximize") is True:
            remedy = setting(rule, run, 0, {"maximize": False})
            return Diverged(step=step, cause="climbing", limit=None, last=last, remedy=remedy)
        if isinstance(momentum, int | float) and momentum >= 1:
            remedy = setting(rule, run, at, {"momentum": SPARE})
            return Diverged(step=step, cause="momentum", limit=None, last=last, remedy=remedy)
        limit = edge_of_stability.limit_of(memory, self._law(step, row))
        if limit is not None:
            remedy = edge_of_stability.slower(limit, rule, run)
            return Diverged(step=step, cause="unstable", limit=limit, last=last, remedy=remedy)
        return Diverged(
            step=step,
            cause="growing",
            limit=None,
            last=last,
            since=at,
            remedy=gradient_flow.slower(self.plan, at, run),
        )
