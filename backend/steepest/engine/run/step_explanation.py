"""One update of one run in numbers: the step that leads on from a record, as its optimizer works it out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import Checkpoint, State
from steepest.engine.recording.records import Array
from steepest.engine.run.recorder import SMALL
from steepest.engine.run.runner import Runner, to_plain
from steepest.optimizers.newton import hessian
from steepest.optimizers.worked_step import Line, StepData


@dataclass(frozen=True)
class Worked:
    """The update from record `step` to the next, with the edits at `step` in force.

    optimizer: its id. start: (n,), where the update begins, which an edit may have moved. lines: the last is the
    update itself.
    """

    step: int
    optimizer: str
    start: Array
    lines: tuple[Line, ...]


def worked(prepared: Prepared, checkpoint: Checkpoint | None, run: int, device: str = "cpu") -> Worked | None:
    """The step that leads on from a checkpoint (None: from record 0) in one run; the step is made, and forgotten.

    None where there is no such step, because the run has diverged there, where its optimizer's steps are not worked
    out, and for more than 64 parameters. Pure, as `advance` is, and bit for bit the step that `advance` records.
    """
    step = 0 if checkpoint is None else checkpoint.step
    old = None if checkpoint is None else checkpoint.runs[run]
    if (old is not None and old.stopped is not None) or prepared.problem.dim > SMALL:
        return None
    runner = Runner(prepared, prepared.plans[run], old, step, device)
    runner.record(runner.begin())
    if not runner.tape.finite():
        return None
    runner.turn(step)
    optimizer = runner.rule.optimizer
    if optimizer.by_tensor and (len(runner.parameters) > 1 or runner.parameters[0].dim() > 1):
        return None
    theta, gradient, before = _point(runner), _gradient(runner), _state(runner)
    curvature = _hessian(runner) if optimizer.needs == "hessian" else None
    values = runner.values
    runner.update()
    after = _state(runner)
    if before is None or after is None:
        return None
    moment = StepData(
        params=optimizer.params,
        values=values,
        slots={slot.name: slot.symbol for slot in optimizer.state},
        theta=theta,
        gradient=gradient,
        update=_point(runner) - theta,
        before=before,
        after=after,
        epsilon=torch.finfo(prepared.dtype).eps,
        hessian=curvature,
    )
    with np.errstate(all="ignore"):  # a step into divergence: infinite minus infinite
        lines = optimizer.worked_step(moment)
    return Worked(step, optimizer.id, theta, lines) if lines else None


def _point(runner: Runner) -> Array:
    return _vector([parameter.detach() for parameter in runner.parameters])


def _gradient(runner: Runner) -> Array:
    return _vector([parameter.grad.detach() for parameter in runner.parameters if parameter.grad is not None])


def _hessian(runner: Runner) -> Array:
    gradient = torch.cat([parameter.grad.reshape(-1) for parameter in runner.parameters if parameter.grad is not None])
    return hessian(gradient, runner.parameters).cpu().double().numpy()


def _vector(tensors: list[torch.Tensor]) -> Array:
    return torch.cat([tensor.reshape(-1) for tensor in tensors]).cpu().double().numpy()


def _state(runner: Runner) -> State | None:
    """A copy, as if all parameters were one vector; None where the state cannot be told so.

    Elementwise slots are joined, and of single numbers one serves for all. An optimizer that sees all parameters as one
    vector itself, as L-BFGS does, keeps all of its state in the first.
    """
    states = [to_plain(runner.optimizer.state.get(parameter, {})) for parameter in runner.parameters]
    first = states[0]
    if not any(states[1:]):
        return first
    found: dict[str, Any] = {}
    for name, value in first.items():
        if not isinstance(value, np.ndarray) or value.ndim == 0:
            found[name] = value
            continue
        parts: list[Any] = [state.get(name) for state in states]
        if any(np.shape(part) != parameter.shape for part, parameter in zip(parts, runner.parameters, strict=True)):
            return None
        found[name] = np.concatenate([np.reshape(part, -1) for part in parts])
    return found
