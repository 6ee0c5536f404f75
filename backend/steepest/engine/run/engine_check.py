"""Compiled runs against torch: every step of a window is made by both from the same numbers, and compared.

A step has two parts, and both are checked from what the compiled run has: torch evaluates the loss and its gradient at
the run's parameters, and torch's own optimizer makes the update from the run's gradient and state. So the rounding of
one step does not spread into the next comparison, where it would hide an error or look like one.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import torch

from steepest.engine.compiled.block import Position, run_block
from steepest.engine.compiled.rule import engines_of, update_compiles
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint, State
from steepest.engine.recording.records import Array
from steepest.engine.run.compiled_runner import CompiledRunner, objective_of
from steepest.engine.run.rounding import TOLERANCE, distance, largest_size, moved_by_rounding, rounding_signs
from steepest.engine.run.rounding_noise import joined, rounding_noise
from steepest.engine.run.runner import Runner, to_plain
from steepest.spec import Engine

MAX_CHECKED = 200  # steps of one check


@dataclass(frozen=True)
class EngineDifference:
    """The largest difference in one value over all steps of a check, measured by its tolerance.

    value: `loss`, `gradient`, `parameters`, or torch's name of a tensor or number of the optimizer's state.
    step: of the record that has it.
    relative: the difference divided by the value's largest element; infinite where only one of the two is finite.
    ulps: the difference in units in the last place of that largest element.
    share: the difference divided by its tolerance; at most 1 where the engines agree.
    """

    value: str
    step: int
    relative: float
    ulps: float
    share: float


@dataclass(frozen=True)
class EngineCheck:
    """How far one run is from torch over a window of steps.

    run: its number. engines: that make it; ("eager",) where there is nothing to check.
    first, last: records that were compared, both included; last is before first where there was none.
    differences: one for each value, the largest share first.
    drift: how far the run is from one that torch makes alone from the first record: the largest difference of a
        parameter at the last record, divided by the largest parameter. Rounding spreads, so it may be of any size
        where nearby runs part. NaN where one of the two ends before.
    """

    run: int
    engines: tuple[Engine, ...]
    first: int
    last: int
    differences: tuple[EngineDifference, ...]
    drift: float

    @property
    def worst(self) -> EngineDifference | None:
        """The difference nearest to its tolerance, or farthest beyond; None where nothing was compared."""
        return self.differences[0] if self.differences else None

    @property
    def within(self) -> bool:
        """Whether every difference is within its tolerance."""
        return all(each.share <= 1 for each in self.differences)


@dataclass(frozen=True)
class CheckInProgress:
    """A check of one run that goes on from here, in the same process or another.

    run: its number. first: the first record. until: the last record wanted. at: the next record to compare.
    compiled, alone: the run at `at`, and as torch makes it alone from `first`; None at record 0.
    last, differences: as in `EngineCheck`, so far.
    """

    run: int
    first: int
    until: int
    at: int
    compiled: RunCheckpoint | None
    alone: RunCheckpoint | None
    last: int
    differences: tuple[EngineDifference, ...] = ()


def check_engine(
    prepared: Prepared,
    checkpoint: Checkpoint | None,
    until: int,
    device: str = "cpu",
) -> tuple[EngineCheck, ...]:
    """Checks the records from a checkpoint on, or from record 0, up to `until`, at most `MAX_CHECKED` steps further.

    checkpoint: of the same experiment, by either engine. device: on which the runs are made.
    One result a run. Pure, as `advance` is.
    """
    found = []
    for run in range(len(prepared.plans)):
        check: CheckInProgress | EngineCheck = begin_check(checkpoint, until, run)
        while isinstance(check, CheckInProgress):
            check = continue_check(prepared, check, math.inf, device)
        found.append(check)
    return tuple(found)


def begin_check(checkpoint: Checkpoint | None, until: int, run: int) -> CheckInProgress:
    """The check of one run, before its first record. Arguments as in `check_engine`."""
    first, old = (0, None) if checkpoint is None else (checkpoint.step, checkpoint.runs[run])
    return CheckInProgress(run, first, min(until, first + MAX_CHECKED), first, old, old, first - 1)


def continue_check(
    prepared: Prepared, check: CheckInProgress, budget: float, device: str = "cpu"
) -> CheckInProgress | EngineCheck:
    """Compares records for about `budget` seconds, one at least: the result, or the check to continue. Pure."""
    by = engines_of(prepared, check.run, device)
    if by == ("eager",) or (check.last < check.first and _stopped(check.compiled)):
        return EngineCheck(check.run, by, check.first, check.last, (), 0.0)
    window = _Window(prepared, check)
    if not window.check(time.perf_counter() + budget):
        return window.in_progress()
    differences = tuple(sorted(window.largest.values(), key=lambda each: -each.share))
    return EngineCheck(check.run, by, check.first, window.last, differences, window.drift())


class _Step(Runner):
    """One step in torch, which can be made again from numbers that are moved a little."""

    @property
    def sums(self) -> Array | None:
        """(n,), the gradients of earlier steps, where they accumulate."""
        if self.plan.zero_grad:
            return None
        sums = [
            torch.zeros_like(parameter) if gradient is None else gradient
            for parameter, gradient in zip(self.parameters, self._gradient_sums, strict=True)
        ]
        return joined(sums)

    @property
    def vector(self) -> Array:
        """The present parameters, (n,)."""
        return joined(self.parameters)

    def evaluated(self, signs: Array | None = None) -> tuple[Array, Array]:
        """Loss, (1,), and gradient, (n,).

        signs: (n,), of a rounding by which each parameter is moved.
        """
        before = self.vector
        if signs is not None:
            self._move(torch.from_numpy(moved_by_rounding(before, signs)))
        if not self.plan.zero_grad:
            for parameter, gradient in zip(self.parameters, self._gradient_sums, strict=True):
                parameter.grad = gradient
        loss = self.evaluate()
        self._move(torch.from_numpy(before))
        return loss.detach().reshape(1).numpy(), joined([parameter.grad for parameter in self.parameters])

    def state(self) -> dict[str, Array]:
        """Parameters, (n,), and the optimizer's state, by name."""
        return _by_name(self.vector, [to_plain(self.optimizer.state.get(each, {})) for each in self.parameters])

    def updated(self, gradient: Array, signs: Sequence[int] | None = None) -> dict[str, Array]:
        """What `state` is after an update with this gradient, (n,); the present one stays.

        signs: of a rounding by which parameters, gradient and the tensors of the state are moved, in turn.
        """
        before = self.vector
        states = {parameter: dict(self.optimizer.state.get(parameter, {})) for parameter in self.parameters}
        first, second = (0, 0) if signs is None else signs
        self._move(torch.from_numpy(_rounded(before, first)))
        for parameter, values in zip(self.parameters, self._split(_rounded(gradient, second)), strict=True):
            parameter.grad = torch.from_numpy(values.copy()).view_as(parameter)
            changed = {}
            for n, (name, value) in enumerate(states[parameter].items()):
                sign = (first, second)[n % 2] if value.dim() else 0
                changed[name] = torch.from_numpy(_rounded(value.numpy(), sign))
            if changed:
                self.optimizer.state[parameter] = changed
        self._optimizer_step()
        found = self.state()
        self._move(torch.from_numpy(before))
        for parameter, state in states.items():
            self.optimizer.state[parameter] = state
        return found


class _Window:
    """The steps of one run. largest: by value. last: the last record that was compared."""

    def __init__(self, prepared: Prepared, check: CheckInProgress) -> None:
        self._prepared, self._plan, self._begun = prepared, prepared.plans[check.run], check
        self._old = check.compiled
        self._objective = objective_of(prepared)
        self._run = CompiledRunner(prepared, self._plan, check.compiled, check.at, "cpu", measured=False)
        self._alone = Runner(prepared, self._plan, check.alone, max(check.first, check.last), "cpu", measured=False)
        self._alone_stopped = _stopped(check.alone)
        self.largest = {each.value: each for each in check.differences}
        self.last = check.last

    def check(self, deadline: float) -> bool:
        """Compares records until the time of `perf_counter` is over; whether all were, up to the last wanted or the
        run's end.
        """
        self._run.begin(record=self._old is None)
        self._alone.begin(record=False)
        while True:
            step = _Step(self._prepared, self._plan, self._old, self._run.at, "cpu", measured=False)
            step.begin(record=False)
            if update_compiles(step.config):
                self._compare_evaluation(step)
            self.last = step.at
            if not self._alone_stopped:
                self._alone.advance(self.last)
                self._alone_stopped = not self._alone.finite
            if step.at >= self._begun.until or self._ended:
                return True
            step.apply_edits(step.at)
            self._run.advance(step.at + 1)
            self._old = _ended(self._run)
            if update_compiles(step.config):
                self._compare_update(step, self._old)
            if time.perf_counter() >= deadline:
                return False

    @property
    def _ended(self) -> bool:
        """Whether the present record is not finite."""
        return _stopped(self._old) or not self._run.finite

    def in_progress(self) -> CheckInProgress:
        """To continue after `check` has returned False."""
        return replace(
            self._begun,
            at=self._run.at,
            compiled=self._old,
            alone=_ended(self._alone, stopped=self._alone_stopped),
            last=self.last,
            differences=tuple(self.largest.values()),
        )

    def drift(self) -> float:
        """See `EngineCheck`."""
        if self._alone_stopped or self._ended:
            return math.nan
        exact, value = (run.checkpoint(None).params for run in (self._alone, self._run))
        difference = float(np.max(distance(value, exact)))
        return difference / largest_size(value, exact) if difference else 0.0

    def _compiled(self, step: _Step) -> tuple[Array, Array]:
        """Loss, (1,), and gradient, (n,), by the kernel at the step's parameters."""
        parameters = step.vector
        position = Position(parameters, np.empty((0, len(parameters)), parameters.dtype), np.empty(0), step.sums)
        block = run_block(self._objective, None, position, np.zeros((1, 1)), step.at, 0)
        return block.losses, position.gradient

    def _compare_evaluation(self, step: _Step) -> None:
        values, exact = self._compiled(step), step.evaluated()

        @cache
        def spreads() -> list[float]:
            """Of the whole vector: where one element happens to stay, rounding may still change it."""
            moved = [step.evaluated(signs) for signs in rounding_signs(len(step.vector))]
            noise = rounding_noise(self._prepared, self._plan, torch.from_numpy(step.vector), step.at)
            return [max(noise[n], *(float(np.max(distance(each[n], exact[n]))) for each in moved)) for n in range(2)]

        for n, name in enumerate(("loss", "gradient")):
            size = np.full(exact[n].shape, largest_size(exact[n]))
            self._compare(name, step.at, values[n], exact[n], size, lambda n=n: spreads()[n])  # type: ignore[misc]

    def _compare_update(self, step: _Step, after: RunCheckpoint) -> None:
        _, gradient = self._compiled(step)
        before, exact = step.state(), step.updated(gradient)
        values = _by_name(after.params, after.state)

        @cache
        def moved() -> list[dict[str, Array]]:
            return [step.updated(gradient, signs) for signs in ((1, 1), (1, -1))]

        def spread(name: str) -> Array:
            found: Array = np.max([distance(each[name], exact[name]) for each in moved()], axis=0)
            return found

        for name in dict.fromkeys([*exact, *values]):
            if name not in exact or name not in values:
                self._keep(EngineDifference(name, step.at + 1, math.inf, math.inf, math.inf))
                continue
            size = np.maximum(np.abs(exact[name]), np.abs(before.get(name, exact[name])))
            self._compare(name, step.at + 1, values[name], exact[name], size, partial(spread, name))

    def _compare(
        self, name: str, step: int, value: Array, exact: Array, size: Array, spread: Callable[[], Any]
    ) -> None:
        """size: of the number that each element is rounded to, in torch's dtype, or of what it was before.

        spread: by how much a rounding of the inputs moves the elements; asked only where one rounding of the result
            does not explain the difference.
        """
        about = np.finfo(exact.dtype)
        difference = distance(value, exact)
        with np.errstate(all="ignore"):
            rounding = float(about.eps) * size.astype(np.float64) + float(about.smallest_subnormal)
            if np.any(difference > rounding):
                rounding = rounding + spread()
            # Where a rounding decides whether the result is finite, either is right.
            shares = np.where(np.isfinite(rounding), difference / (TOLERANCE * rounding), 0.0)
        largest, scale = float(np.max(difference)), largest_size(value, exact)
        relative = largest / scale if largest else 0.0
        ulps = largest / float(np.spacing(exact.dtype.type(scale))) if largest else 0.0
        self._keep(EngineDifference(name, step, relative, ulps, float(np.max(shares))))

    def _keep(self, found: EngineDifference) -> None:
        known = self.largest.get(found.value)
        if known is None or found.share > known.share:
            self.largest[found.value] = found


def _stopped(checkpoint: RunCheckpoint | None) -> bool:
    return checkpoint is not None and checkpoint.stopped is not None


def _ended(run: Runner, *, stopped: bool = False) -> RunCheckpoint:
    """The run's checkpoint, marked where its last record is not finite."""
    return run.checkpoint(run.at if stopped or not run.finite else None)


def _by_name(params: Array, states: Sequence[State]) -> dict[str, Array]:
    """Parameters, and the state of all parameter tensors joined: vectors (n,), and numbers () of the first one."""
    found = {"parameters": params}
    for name, value in states[0].items():
        found[name] = np.concatenate([np.ravel(state[name]) for state in states]) if np.ndim(value) else value
    return found


def _rounded(values: Array, sign: int) -> Array:
    """Moved up or down by about one rounding; a copy for 0."""
    with np.errstate(all="ignore"):
        return np.asarray(values + sign * np.finfo(values.dtype).eps * values, values.dtype)
