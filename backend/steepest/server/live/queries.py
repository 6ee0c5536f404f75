"""Questions about the open experiment that change nothing: one record in numbers, and the loss on a grid."""

import math
from collections.abc import Sequence
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from steepest.engine import Checkpoint, Prepared
from steepest.problems import LearningProblem, Scene
from steepest.protocol.binary import pack_rates
from steepest.protocol.commands import DataCommand, FitCommand, Inspect, PointsCommand, RatesCommand, SurfaceCommand
from steepest.server.errors import too_many_points
from steepest.server.live.session import Session
from steepest.server.service import Service
from steepest.server.worker import tasks
from steepest.server.worker.scheduler import Job, Share
from steepest.spec import Invalid, Text

Ahead = tuple[NDArray[np.int64], NDArray[np.float64]]  # steps, and the rates there


async def scene(prepared: Prepared, service: Service, share: Share) -> Scene | None:
    """What a picture of the loss needs. Of a model a worker makes it: that takes its data, and some steps of Newton."""
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        return problem.scene
    if problem.dim > 2:
        return None
    job = tasks.scene, (prepared.experiment.model_dump_json(),)
    return cast(Scene, await service.scheduler.work(share, lambda _: job, urgent=True))


async def inspect(command: Inspect, session: Session, service: Service, share: Share) -> str:
    """An `inspected` event as JSON. The record is made anew from the nearest checkpoint before it.

    Raises `Invalid` for a run that there is not, or a step that is not reached or lies beyond the run's end.
    """
    checkpoint = await _before(command, session, service, share)
    job = tasks.inspect, (session.document, checkpoint, command.step, command.run, command.id, service.device)
    found = await service.scheduler.work(share, lambda _: job, urgent=True)
    if found is None:
        raise _beyond(command)
    return cast(str, found)


async def data(command: DataCommand, session: Session, service: Service, share: Share) -> bytes:
    """A packed `data` event. Raises `Invalid` where a surface is open."""
    _check_learns(session)
    job = tasks.data, (session.document, command.id)
    return cast(bytes, await service.scheduler.work(share, lambda _: job, urgent=True))


async def fit(command: FitCommand, session: Session, service: Service, share: Share) -> bytes:
    """A packed `fit` event. Raises `Invalid` where a surface is open, and as `inspect` does."""
    _check_learns(session)
    checkpoint = await _before(command, session, service, share)
    job = tasks.fit, (session.document, checkpoint, command.step, command.run, command.id, service.device)
    found = await service.scheduler.work(share, lambda _: job, urgent=True)
    if found is None:
        raise _beyond(command)
    return cast(bytes, found)


def _check_learns(session: Session) -> None:
    if not isinstance(session.prepared.problem, LearningProblem):
        raise Invalid("", Text("a surface has no data", "曲面没有数据"))


async def _before(command: Inspect | FitCommand, session: Session, service: Service, share: Share) -> Checkpoint | None:
    """A checkpoint right before the step; None for step 0. Raises `Invalid` as `inspect` says."""
    step, runs = command.step, len(session.prepared.experiment.runs)
    if command.run >= runs:
        raise Invalid(
            "run",
            Text(f"there is no run {command.run}; runs are numbered 0 to {runs - 1}", f"运行编号应为 0 到 {runs - 1}"),
        )
    if step > session.known:
        raise Invalid(
            "step",
            Text(
                f"step {step} is not reached yet; the last is {session.known}", f"尚未到达；最后一步是 {session.known}"
            ),
        )
    document, device = session.document, service.device
    checkpoint = session.trail.nearest(step - 1)
    while step > 0 and (checkpoint is None or checkpoint.step < step - 1):
        nearer = partial(_nearer, document, checkpoint, step - 1, device)
        result: tasks.Advanced = await service.scheduler.work(share, nearer, urgent=True)
        checkpoint = result.checkpoints[-1]
        session.trail.add(checkpoint)
        if result.stopped:
            raise _beyond(command)
    return checkpoint


def _nearer(document: str, checkpoint: Checkpoint | None, step: int, device: str, budget: float) -> Job:
    return tasks.reach, (document, checkpoint, step, step, 0, 1, budget, device)


def _beyond(command: Inspect | FitCommand) -> Invalid:
    return Invalid(
        "step",
        Text(
            f"run {command.run} diverged before step {command.step}",
            f"运行 {command.run} 在第 {command.step} 步之前已发散",
        ),
    )


async def surface(command: SurfaceCommand, session: Session, service: Service, share: Share) -> bytes:
    """A packed `surface` event. Raises `Invalid` for bounds or a shape that do not fit the problem."""
    most = service.settings.max_grid_points
    _check_bounds(command.bounds, session)
    if len(command.shape) != session.prepared.problem.dim:
        raise _one_a_parameter("shape", session)
    if math.prod(command.shape) > most:
        raise too_many_points(most)
    job = tasks.surface, (session.document, command.bounds, command.shape, command.id)
    return cast(bytes, await service.scheduler.work(share, lambda _: job, urgent=True))


async def points(command: PointsCommand, session: Session, service: Service, share: Share) -> str:
    """A `points` event as JSON. Raises `Invalid` for bounds that do not fit the problem."""
    _check_bounds(command.bounds, session)
    job = tasks.points, (session.document, command.bounds, command.id)
    return cast(str, await service.scheduler.work(share, lambda _: job))


async def rates(command: RatesCommand, session: Session, service: Service, share: Share) -> bytes:
    """A packed `rates` event. A call a run: a long schedule takes a worker a third of a second."""
    document, most = session.document, service.settings.max_steps

    async def ahead(run: int) -> Ahead | None:
        job = tasks.rates, (document, run, command.until, most)
        return cast(Ahead | None, await service.scheduler.work(share, lambda _: job))

    scheduled = [run for run, plan in enumerate(session.prepared.plans) if plan.schedule_config is not None]
    found = [(run, await ahead(run)) for run in scheduled]
    return pack_rates(command.id, {run: told for run, told in found if told is not None})


def _check_bounds(bounds: Sequence[Sequence[float]], session: Session) -> None:
    if len(bounds) != session.prepared.problem.dim:
        raise _one_a_parameter("bounds", session)
    for n, (low, high) in enumerate(bounds):
        if not low < high:
            raise Invalid(f"bounds[{n}]", Text("low must be less than high", "下界应小于上界"))


def _one_a_parameter(field: str, session: Session) -> Invalid:
    dim = session.prepared.problem.dim
    return Invalid(field, Text(f"needs one entry a parameter, that is {dim}", f"每个参数一项，共 {dim} 项"))
