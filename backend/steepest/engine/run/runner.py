"""One run, live in torch: the loop that a learner would write by hand, with its tensors kept for the record."""

import math
from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from steepest.engine.diagnosis.state import AnyMemory
from steepest.engine.preparation.prepare import AppliedEdit, OptimizerConfig, Prepared, RunPlan
from steepest.engine.recording.checkpoint import RunCheckpoint, State, stacked, unstacked
from steepest.engine.run.fit_recorder import FitRecorder
from steepest.engine.run.lr_scheduler import LrScheduler
from steepest.engine.run.metrics import MetricsRecorder
from steepest.engine.run.recorder import recorder_for
from steepest.optimizers.schedules import MAX_LR, with_scheduled
from steepest.problems.learning.training_module import TrainingModule
from steepest.spec import Value


class Runner:
    """Steps one run from a checkpoint, and keeps on its tape what the records need."""

    def __init__(
        self,
        prepared: Prepared,
        plan: RunPlan,
        checkpoint: RunCheckpoint | None,
        step: int,
        device: str,
        every: int = 0,
    ) -> None:
        start = prepared.start(plan) if checkpoint is None else torch.tensor(checkpoint.params, dtype=prepared.dtype)
        self.module = prepared.problem.module(start.to(device))
        self.parameters = list(self.module.parameters())
        self.plan = plan
        self.at = step
        self.rule = plan.before(step)
        self._build(self.rule)
        if checkpoint is not None:
            if self.scheduled is not None and checkpoint.schedule is not None:
                self.scheduled.restore(checkpoint.schedule)
            for parameter, state in zip(self.parameters, checkpoint.state, strict=True):
                if state:
                    self.optimizer.state[parameter] = _to_torch(unstacked(state), device)
        self.tape = recorder_for(self.parameters, plan.slots)
        self.frames = FitRecorder(self.module, every) if every and isinstance(self.module, TrainingModule) else None
        self.gauge = MetricsRecorder(self.module) if isinstance(self.module, TrainingModule) else None
        self._held = None if checkpoint is None else checkpoint.gradient
        self._sums: list[Tensor | None] = []  # where gradients add up: what they came to before this step's own
        self._lr = self._momentum = math.nan  # of the last update made here
        self._loss: Tensor | None = None  # that the coming update is made by

    def _build(self, rule: OptimizerConfig) -> None:
        """The optimizer of a rule, and the run's schedule, which begins with it."""
        self.optimizer = rule.optimizer.build(self.parameters, rule.values)
        self.scheduled = None if self.plan.timing is None else LrScheduler(self.plan.timing, self.optimizer)
        self._step = _step_of(self.optimizer)

    def begin(self) -> Tensor:
        """As `evaluate`; at a checkpoint where gradients add up, on top of what they had come to before it."""
        if self._held is not None:
            place = 0
            for parameter in self.parameters:
                size = parameter.numel()
                held = torch.tensor(self._held[place : place + size], dtype=parameter.dtype, device=parameter.device)
                parameter.grad = held.reshape(parameter.shape)
                place += size
        return self.evaluate()

    def evaluate(self) -> Tensor:
        """Loss of step `at` at the present parameters, its gradient in `.grad`. Returns the loss, shape ()."""
        if self.plan.zero_grad:  # what the optimizer's own does, which tells torch's profiler at ten times the cost
            for parameter in self.parameters:
                parameter.grad = None
        else:
            self._sums = [None if parameter.grad is None else parameter.grad.clone() for parameter in self.parameters]
        loss: Tensor = self.module(self.at)
        if self.rule.optimizer.needs == "hessian":  # the gradient keeps its own graph, to be differentiated again
            gradients = torch.autograd.grad(loss, self.parameters, create_graph=True)
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                parameter.grad = gradient
        else:
            loss.backward()
        self._loss = loss
        return loss

    def record(self, loss: Tensor) -> None:
        """Keeps this moment on the tape."""
        self.tape.record(loss, self.optimizer.state)
        if self.frames is not None:
            self.frames.record(self.at)
        if self.gauge is not None:
            self.gauge.record(self.at)
        self.tape.lr.append(self._lr)
        if self.plan.turns_momentum:
            self.tape.momentum.append(self._momentum)

    def step(self, step: int) -> None:
        """The update from `step` to `step + 1`, with the edits that take effect on it.

        `.grad` must hold the gradient at the present parameters.
        """
        self.turn(step)
        if self.gauge is not None:
            self.gauge.before(step)
        self.update()
        self.at = step + 1

    def turn(self, step: int) -> None:
        """The edits that take effect on the update from `step`; `.grad` is right for them afterwards."""
        for turn in self.plan.at(step):
            self._turn(turn)

    def update(self) -> None:
        """The optimizer's own step, from the present parameters and gradient, and then its schedule's."""
        loss = self._loss
        self._lr = float(self.optimizer.param_groups[0]["lr"])
        if self.plan.turns_momentum and self.scheduled is not None:
            self._momentum = self.scheduled.turned["momentum"]
        if self.rule.optimizer.needs == "closure":
            self._step(self._again)
        else:
            self._step()
        if self.scheduled is not None and loss is not None:
            self.scheduled.step(loss.item())

    @property
    def values(self) -> Mapping[str, Value]:
        """The hyperparameters in force: the rule's, and in their place those that a schedule turns."""
        return self.rule.values if self.scheduled is None else with_scheduled(self.rule.values, self.scheduled.turned)

    def _again(self) -> Tensor:
        """The closure of optimizers that look several times a step.

        Where the loss is NaN so is its gradient: torch's line search fails on a NaN that has a finite slope, as beyond
        the edge of a logarithm.
        """
        loss = self.evaluate()
        if loss.isnan():
            for parameter in self.parameters:
                parameter.grad = torch.full_like(parameter, float("nan"))
        return loss

    def _turn(self, turn: AppliedEdit) -> None:
        if turn.renewed:
            self._build(turn.rule)
        elif turn.params is None:
            self._change(turn.rule)
        self.rule = turn.rule
        if turn.params is not None:
            self._move(torch.tensor(turn.params, dtype=self.parameters[0].dtype))
            self.tape.jump()
        if turn.renewed or turn.params is not None:
            if not self.plan.zero_grad:  # what was added up before this step stays; this step's own gradient is another
                for parameter, sums in zip(self.parameters, self._sums, strict=True):
                    parameter.grad = sums
            self.evaluate()  # the gradient belongs to another place, or to another optimizer's needs

    def _change(self, rule: OptimizerConfig) -> None:
        """Other hyperparameters of the same optimizer. Another rate scales all that a schedule makes of it."""
        if self.scheduled is None:
            rule.optimizer.change(self.optimizer, rule.values)
            return
        by = ratio(self.rule, rule)
        if by is None:  # there is nothing to scale: the schedule begins anew
            rule.optimizer.change(self.optimizer, rule.values)
            self.scheduled = LrScheduler(self.scheduled.timing, self.optimizer)
            return
        turned = self.scheduled.turned
        rule.optimizer.change(
            self.optimizer, with_scheduled(rule.values, {**turned, "lr": min(turned["lr"] * by, MAX_LR)})
        )
        self.scheduled.scale(by)

    def _move(self, position: Tensor) -> None:
        place = 0
        with torch.no_grad():
            for parameter in self.parameters:
                size = parameter.numel()
                parameter.copy_(position[place : place + size].reshape(parameter.shape))
                place += size

    def checkpoint(self, stopped: int | None, memory: AnyMemory | None = None) -> RunCheckpoint:
        """All that is needed to go on from here."""
        state = tuple(stacked(to_plain(self.optimizer.state.get(parameter, {}))) for parameter in self.parameters)
        params = torch.cat([parameter.detach().reshape(-1) for parameter in self.parameters])
        sums = [tensor.detach().reshape(-1) for tensor in self._sums if tensor is not None]
        return RunCheckpoint(
            params.cpu().numpy(),
            state,
            stopped,
            memory,
            gradient=torch.cat(sums).cpu().numpy() if sums else None,
            schedule=None if self.scheduled is None else self.scheduled.state(),
        )


def _step_of(optimizer: torch.optim.Optimizer) -> Callable[..., Any]:
    """The optimizer's `step`, without what torch puts around it for its profiler and for hooks: there are none.

    That takes a third of a step of plain SGD. What a scheduler puts around it stays.
    """
    step = type(optimizer).step
    if "step" in vars(optimizer) or not getattr(step, "hooked", False):
        return optimizer.step
    return MethodType(step.__wrapped__, optimizer)  # type: ignore[attr-defined]  # as functools.wraps leaves it


def ratio(old: OptimizerConfig, new: OptimizerConfig) -> float | None:
    """What an edit of the rate scales a schedule by; None where the rate was 0, or as good as that."""
    before, after = old.values["lr"], new.values["lr"]
    assert isinstance(before, float)
    assert isinstance(after, float)
    found = after / before if before else math.inf
    return found if math.isfinite(found) else None


def to_plain(state: Mapping[str, Any]) -> State:
    """A copy of one parameter's state, as arrays and numbers."""
    return {name: _plain(value) for name, value in state.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy().copy()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _to_torch(state: State, device: str) -> dict[str, Any]:
    return {name: _tensor(value, device) for name, value in state.items()}


def _tensor(value: Any, device: str) -> Any:
    if isinstance(value, np.ndarray):
        # 0-d entries such as `step` live on the CPU, as torch keeps them.
        return torch.from_numpy(value.copy()).to(device if value.ndim else "cpu")
    if isinstance(value, list):
        return [_tensor(item, device) for item in value]
    return value
