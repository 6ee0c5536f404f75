"""One update of one run in numbers, computed line by line as its optimizer defines it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import Checkpoint, State
from steepest.engine.recording.records import MAX_RECORDED_PARAMS, Array
from steepest.engine.run.runner import Runner, to_plain
from steepest.optimizers.newton import hessian
from steepest.optimizers.worked_step import Line, StepData


@dataclass(frozen=True)
class StepExplanation:
    """The update from record `step` to the next, with the edits at `step` in force.

    optimizer: its id.
    start: (n,), where the update starts, which an edit may have moved.
    lines: the last one is the update itself.
    """

    step: int
    optimizer: str
    start: Array
    lines: tuple[Line, ...]


def explain_step(
    prepared: Prepared, checkpoint: Checkpoint | None, run: int, device: str = "cpu"
) -> StepExplanation | None:
    """The update of one run from a checkpoint, or from record 0 for None.

    None where the run has diverged, where its optimizer's steps cannot be shown in numbers, and for more than
    `MAX_RECORDED_PARAMS` parameters. Pure, as `advance` is, and bit for bit the update that `advance` records.
    """
    step = 0 if checkpoint is None else checkpoint.step
    old = None if checkpoint is None else checkpoint.runs[run]
    if (old is not None and old.stopped is not None) or prepared.problem.dim > MAX_RECORDED_PARAMS:
        return None
    runner = Runner(prepared, prepared.plans[run], old, step, device)
    runner.begin(record=True)
    if not runner.finite:
        return None
    runner.apply_edits(step)
    optimizer = runner.config.optimizer
    if optimizer.by_tensor and (len(runner.parameters) > 1 or runner.parameters[0].dim() > 1):
        return None
    theta, gradient, before = _params(runner), _gradient(runner), _state(runner)
    curvature = None
    if optimizer.needs == "hessian":
        curvature = hessian(torch.cat(_gradients(runner)), runner.parameters).cpu().double().numpy()
    values = runner.values
    runner.update()
    after = _state(runner)
    if before is None or after is None:
        return None
    data = StepData(
        params=optimizer.params,
        values=values,
        slots={slot.name: slot.symbol for slot in optimizer.state},
        theta=theta,
        gradient=gradient,
        update=_params(runner) - theta,
        before=before,
        after=after,
        epsilon=torch.finfo(prepared.dtype).eps,
        hessian=curvature,
    )
    with np.errstate(all="ignore"):  # a step into divergence: infinite minus infinite
        lines = optimizer.worked_step(data)
    return StepExplanation(step, optimizer.id, theta, lines) if lines else None


def _params(runner: Runner) -> Array:
    return _vector([parameter.reshape(-1) for parameter in runner.parameters])


def _gradient(runner: Runner) -> Array:
    return _vector(_gradients(runner))


def _gradients(runner: Runner) -> list[torch.Tensor]:
    return [parameter.grad.reshape(-1) for parameter in runner.parameters if parameter.grad is not None]


def _vector(tensors: list[torch.Tensor]) -> Array:
    return torch.cat(tensors).detach().cpu().double().numpy()


def _state(runner: Runner) -> State | None:
    """A copy, as if all parameters were one vector; None where the state does not have that form.

    Elementwise slots are concatenated; a scalar slot is the same for all tensors. An optimizer that treats all
    parameters as one vector itself, such as L-BFGS, keeps its whole state with the first tensor.
    """
    states = [to_plain(runner.optimizer.state.get(parameter, {})) for parameter in runner.parameters]
    first = states[0]
    if not any(states[1:]):
        return first
    joined: dict[str, Any] = {}
    for name, value in first.items():
        if not isinstance(value, np.ndarray) or value.ndim == 0:
            joined[name] = value
            continue
        parts: list[Any] = [state.get(name) for state in states]
        if any(np.shape(part) != parameter.shape for part, parameter in zip(parts, runner.parameters, strict=True)):
            return None
        joined[name] = np.concatenate([np.reshape(part, -1) for part in parts])
    return joined
