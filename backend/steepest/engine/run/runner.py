"""One run in torch: the training loop that a learner would write by hand, recorded step by step."""

import math
from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import Module

from steepest.engine.preparation.plan import AppliedEdit, OptimizerConfig, RunPlan
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import RunCheckpoint, State, stack_lists, unstack_lists
from steepest.engine.recording.records import Array, Fits, ModelMetrics, RunRecords, join
from steepest.engine.run.fit_recorder import FitRecorder
from steepest.engine.run.lr_scheduler import LrScheduler
from steepest.engine.run.metrics import MetricsRecorder
from steepest.engine.run.recorder import make_recorder
from steepest.optimizers.schedules import MAX_LR, with_scheduled
from steepest.problems.learning.training_module import TrainingModule
from steepest.spec import Value


class Runner:
    """Steps one run from a checkpoint and records what `RunRecords` needs.

    at: the step of the present parameters.
    config: the optimizer config in force.
    finite: whether the last record is; the run ends with one that is not.
    """

    def __init__(
        self,
        prepared: Prepared,
        plan: RunPlan,
        checkpoint: RunCheckpoint | None,
        step: int,
        device: str,
        every: int = 0,
        *,
        measured: bool = True,
    ) -> None:
        start = prepared.start(plan) if checkpoint is None else torch.tensor(checkpoint.params, dtype=prepared.dtype)
        self.module = self._module(prepared, start.to(device))
        self.parameters = list(self.module.parameters())
        self.plan = plan
        self.at = step
        self.config = plan.config_before(step)
        self._build(self.config)
        if checkpoint is not None:
            if self.scheduler is not None and checkpoint.schedule is not None:
                self.scheduler.restore(checkpoint.schedule)
            for parameter, state in zip(self.parameters, checkpoint.state, strict=True):
                if state:
                    self.optimizer.state[parameter] = _to_torch(unstack_lists(state), device)
        self.recorder = make_recorder(self.parameters, plan.slots)
        model = self.module if isinstance(self.module, TrainingModule) else None
        self._fits = None if model is None or not every else FitRecorder(model, every)
        self._metrics = None if model is None or not measured else MetricsRecorder(model)
        self._saved_gradient = None if checkpoint is None else checkpoint.gradient
        # Where gradients accumulate: the sums before this step's own gradient.
        self._gradient_sums: list[Tensor | None] = []
        self._lr = self._momentum = math.nan  # of the last update
        self._loss: Tensor | None = None  # that the next update is computed from
        self._before: Tensor | None = None  # the parameters before the last update, where a model is measured
        self.finite = True

    def _module(self, prepared: Prepared, start: Tensor) -> Module:
        return prepared.problem.module(start)

    @property
    def by_torch_from(self) -> int:
        """The first step, from the present one on, whose update torch makes; `sys.maxsize` where there is none."""
        return self.at

    def close(self) -> None:
        """The runner is not used any more."""

    def _build(self, config: OptimizerConfig) -> None:
        """Creates the optimizer, and the run's schedule, which starts with it."""
        self.optimizer = config.optimizer.build(self.parameters, config.values)
        schedule = self.plan.schedule_config
        self.scheduler = None if schedule is None else LrScheduler(schedule, self.optimizer)
        self._optimizer_step = _unhooked_step(self.optimizer)

    def begin(self, record: bool) -> None:
        """Evaluates the loss and gradient of step `at`; a checkpoint has no gradient, and this gives the same bits.

        record: also record them, as record 0.
        """
        if self._saved_gradient is not None:
            for parameter, values in zip(self.parameters, self._split(self._saved_gradient), strict=True):
                parameter.grad = torch.tensor(values, dtype=parameter.dtype, device=parameter.device).view_as(parameter)
        if record:
            self._record()
        else:
            self.evaluate()

    def advance(self, until: int) -> None:
        """Steps and records up to step `until`, or up to a record that is not finite, which is the run's last."""
        while self.finite and self.at < until:
            self.step(self.at)
            self._record()

    def _record(self) -> None:
        """Evaluates and records the present step."""
        self.record(self.evaluate())
        self.finite = self.recorder.finite()

    def evaluate(self) -> Tensor:
        """Loss of step `at` at the present parameters, shape (); its gradient is in `.grad`."""
        if self.plan.zero_grad:  # as optimizer.zero_grad, without its profiler call, which costs ten times as much
            for parameter in self.parameters:
                parameter.grad = None
        else:
            gradients = [parameter.grad for parameter in self.parameters]
            self._gradient_sums = [None if gradient is None else gradient.clone() for gradient in gradients]
        loss: Tensor = self.module(self.at)
        if self.config.optimizer.needs == "hessian":  # the gradient keeps its graph, to be differentiated again
            for parameter, gradient in zip(
                self.parameters, torch.autograd.grad(loss, self.parameters, create_graph=True), strict=True
            ):
                parameter.grad = gradient
        else:
            loss.backward()
        self._loss = loss
        return loss

    def record(self, loss: Tensor) -> None:
        """Records the present loss, gradient, parameters and state."""
        self.recorder.record(loss, self.optimizer.state)
        if self._fits is not None and self._fits.due(self.at):
            self._fits.record(self.at)
        if self._metrics is not None and self._metrics.due(self.at):
            self._metrics.record(self.at, self._before)
        self.recorder.lr.append(self._lr)
        if self.plan.cycles_momentum:
            self.recorder.momentum.append(self._momentum)

    def records(self, run: int, first: int) -> RunRecords:
        """Everything recorded, from step `first` on; `run` is the run's number."""
        return join([self.recorder.to_records()], run, first, *self._observed())

    def _observed(self) -> tuple[Fits | None, ModelMetrics | None]:
        """What was drawn and measured of a model."""
        fits = None if self._fits is None else self._fits.fits()
        return fits, None if self._metrics is None else self._metrics.metrics()

    def step(self, step: int) -> None:
        """The update from `step` to `step + 1`, with the edits that take effect on it.

        `.grad` must hold the gradient at the present parameters.
        """
        self.apply_edits(step)
        self._step()

    def _step(self) -> None:
        if self._metrics is not None and self._metrics.due(self.at + 1):
            self._before = torch.cat([parameter.detach().reshape(-1) for parameter in self.parameters])
        self.update()
        self.at += 1

    def apply_edits(self, step: int) -> None:
        """The edits that take effect on the update from `step`; afterwards `.grad` belongs to the result."""
        for edit in self.plan.edits_at(step):
            self._apply(edit)

    def update(self) -> None:
        """The optimizer's own step from the present parameters and gradient, then its schedule's."""
        loss = self._loss
        self._lr = float(self.optimizer.param_groups[0]["lr"])
        if self.plan.cycles_momentum and self.scheduler is not None:
            self._momentum = self.scheduler.current_values["momentum"]
        if self.config.optimizer.needs == "closure":
            self._optimizer_step(self._closure)
        else:
            self._optimizer_step()
        if self.scheduler is not None and loss is not None:
            self.scheduler.step(loss.item())

    @property
    def values(self) -> Mapping[str, Value]:
        """The hyperparameters in force, those that a schedule changes included."""
        if self.scheduler is None:
            return self.config.values
        return with_scheduled(self.config.values, self.scheduler.current_values)

    def _closure(self) -> Tensor:
        """For optimizers that evaluate the loss several times a step.

        Where the loss is NaN so is its gradient: torch's line search fails on a NaN loss with a finite gradient, as
        beyond the domain of a logarithm.
        """
        loss = self.evaluate()
        if loss.isnan():
            for parameter in self.parameters:
                parameter.grad = torch.full_like(parameter, float("nan"))
        return loss

    def _put(self, edit: AppliedEdit) -> None:
        """Changes optimizer and parameters."""
        if edit.replaced:
            self._build(edit.config)
        elif edit.params is None:
            self._change(edit.config)
        self.config = edit.config
        if edit.params is not None:
            self._move(torch.tensor(edit.params, dtype=self.parameters[0].dtype))
            self.recorder.start_update()

    def _apply(self, edit: AppliedEdit) -> None:
        self._put(edit)
        if edit.replaced or edit.params is not None:
            if not self.plan.zero_grad:  # the sums of earlier steps stay; only this step's gradient is recomputed
                for parameter, gradient in zip(self.parameters, self._gradient_sums, strict=True):
                    parameter.grad = gradient
            self.evaluate()  # for the new parameters, or as the new optimizer needs it

    def _change(self, config: OptimizerConfig) -> None:
        """Changes hyperparameters of the same optimizer. A new rate scales all rates of the schedule."""
        if self.scheduler is None:
            config.optimizer.change(self.optimizer, config.values)
            return
        ratio = lr_ratio(self.config, config)
        if ratio is None:  # the schedule starts again
            config.optimizer.change(self.optimizer, config.values)
            self.scheduler = LrScheduler(self.scheduler.config, self.optimizer)
            return
        current = self.scheduler.current_values
        scaled = {**current, "lr": min(current["lr"] * ratio, MAX_LR)}
        config.optimizer.change(self.optimizer, with_scheduled(config.values, scaled))
        self.scheduler.scale(ratio)

    def _move(self, params: Tensor) -> None:
        with torch.no_grad():
            for parameter, values in zip(self.parameters, self._split(params), strict=True):
                parameter.copy_(values.view_as(parameter))

    def _split(self, flat: Any) -> list[Any]:
        """A vector (n,), tensor or array, in one piece for each parameter tensor."""
        ends = np.cumsum([parameter.numel() for parameter in self.parameters]).tolist()
        return [flat[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def checkpoint(self, stopped: int | None, diagnosis: Any = None) -> RunCheckpoint:
        """Everything needed to continue from here."""
        state = tuple(stack_lists(to_plain(self.optimizer.state.get(parameter, {}))) for parameter in self.parameters)
        params = torch.cat([parameter.detach().reshape(-1) for parameter in self.parameters])
        sums = [tensor.detach().reshape(-1) for tensor in self._gradient_sums if tensor is not None]
        return RunCheckpoint(
            params.cpu().numpy(),
            state,
            stopped,
            diagnosis,
            gradient=torch.cat(sums).cpu().numpy() if sums else None,
            schedule=None if self.scheduler is None else self.scheduler.state(),
        )


def _unhooked_step(optimizer: torch.optim.Optimizer) -> Callable[..., Any]:
    """The optimizer's `step` without torch's wrapper for profiling and hooks, which takes a third of a plain SGD step.

    A scheduler's wrapper stays.
    """
    step = type(optimizer).step
    if "step" in vars(optimizer) or not getattr(step, "hooked", False):
        return optimizer.step
    return MethodType(step.__wrapped__, optimizer)  # type: ignore[attr-defined]  # as functools.wraps leaves it


def lr_ratio(old: OptimizerConfig, new: OptimizerConfig) -> float | None:
    """The factor by which an edit of the rate scales a schedule; None where the old rate is 0 or nearly so."""
    ratio = new.lr / old.lr if old.lr else math.inf
    return ratio if math.isfinite(ratio) else None


def to_plain(state: Mapping[str, Any]) -> State:
    """A copy of one parameter's state, as arrays and numbers."""
    return {
        name: _replace(value, Tensor, lambda each: each.detach().cpu().numpy().copy()) for name, value in state.items()
    }


def _to_torch(state: State, device: str) -> dict[str, Any]:
    # 0-d entries such as `step` stay on the CPU, as in torch.
    def tensor(array: Array) -> Tensor:
        return torch.from_numpy(array.copy()).to(device if array.ndim else "cpu")

    return {name: _replace(value, np.ndarray, tensor) for name, value in state.items()}


def _replace(value: Any, kind: type, convert: Callable[[Any], Any]) -> Any:
    """The value with everything of a kind converted, also in lists."""
    if isinstance(value, list):
        return [_replace(item, kind, convert) for item in value]
    return convert(value) if isinstance(value, kind) else value
