"""One update of one run in numbers: the step that leads on from a record, as its optimizer works it out."""

from dataclasses import dataclass

import numpy as np
import torch

from steepest.engine.checkpoint import Checkpoint, State
from steepest.engine.prepare import Prepared
from steepest.engine.record import Array
from steepest.engine.runner import Runner, to_plain
from steepest.optimizers.newton import hessian
from steepest.optimizers.working import Line, Moment


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

    None where there is no such step, because the run has diverged there, and where its optimizer's steps are not
    worked out. Pure, as `advance` is, and bit for bit the step that `advance` records.
    """
    step = 0 if checkpoint is None else checkpoint.step
    old = None if checkpoint is None else checkpoint.runs[run]
    if old is not None and old.stopped is not None:
        return None
    runner = Runner(prepared, prepared.plans[run], old, step, device)
    runner.record(runner.begin())
    if not runner.tape.finite():
        return None
    runner.turn(step)
    optimizer = runner.rule.optimizer
    theta, gradient, before = _point(runner), _gradient(runner), _state(runner)
    curvature = _hessian(runner) if optimizer.needs == "hessian" else None
    values = runner.values
    runner.update()
    moment = Moment(
        params=optimizer.params,
        values=values,
        slots={slot.name: slot.symbol for slot in optimizer.state},
        theta=theta,
        gradient=gradient,
        update=_point(runner) - theta,
        before=before,
        after=_state(runner),
        epsilon=torch.finfo(prepared.dtype).eps,
        hessian=curvature,
    )
    with np.errstate(all="ignore"):  # a step into divergence: infinite minus infinite
        lines = optimizer.working(moment)
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


def _state(runner: Runner) -> State:
    """A copy. Of the first parameter tensor: a point on a surface is one."""
    return to_plain(runner.optimizer.state.get(runner.parameters[0], {}))
