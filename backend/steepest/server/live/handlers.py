"""The handler of every command, in one table: `async (context, command) -> event to send, or None`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.websockets import WebSocketDisconnect

from steepest.engine import Prepared, check_dtype, engine_of, prepare
from steepest.problems import LearningProblem, Scene
from steepest.protocol.commands import (
    Advance,
    CancelSweep,
    CheckCommand,
    CheckEngine,
    Close,
    DataCommand,
    EditCommand,
    FitCommand,
    ForkCommand,
    GraphCommand,
    Inspect,
    NeuronsCommand,
    Open,
    PlaneCommand,
    PointsCommand,
    PreviewCommand,
    RatesCommand,
    Rehearse,
    SurfaceCommand,
    SweepCommand,
    TryScaling,
)
from steepest.protocol.events import Closed, Edited, Forked, Opened
from steepest.server.errors import too_many_parameters, too_many_runs, too_many_steps
from steepest.server.live.client import Reply
from steepest.server.live.context import Context
from steepest.server.live.memory import check_memory
from steepest.server.live.queries import engine, model, problem, records, sweeps
from steepest.server.live.session import Session, changed_field
from steepest.server.worker import problem_tasks
from steepest.spec import Engine, Experiment

_MANY_EDITS = 50  # checking and writing more of them takes over a millisecond


@dataclass(frozen=True)
class Handler:
    """run: handles the command; what it raises becomes an `error` event.

    urgent: its worker calls go before the playing of other sessions.
    background: the next command does not wait for it, and a later one of its kind cancels it.
    """

    run: Callable[[Context, Any], Awaitable[Reply | None]]
    urgent: bool = False
    background: bool = False


async def open_experiment(context: Context, command: Open) -> Opened | None:
    """Replaces what is open. Where this raises, the previous experiment stays open.

    None where the client must wait for a place: `opened` comes when it has one. Later commands do not wait for that.
    """
    client, service, settings = context.client, context.service, context.service.settings
    client.language = command.language
    if len(command.experiment.runs) > settings.max_runs:
        raise too_many_runs(settings.max_runs)
    if command.after > settings.max_steps:
        raise too_many_steps(settings.max_steps, "after")
    prepared, document = await client.compute(
        partial(_prepared, command.experiment), large=_is_large(command.experiment)
    )
    if prepared.problem.dim > settings.max_parameters:
        raise too_many_parameters(prepared.problem.dim, settings.max_parameters)
    check_dtype(service.device, command.experiment.dtype)
    check_memory(client, prepared, document, "runs")
    scene = await _scene(context, prepared, document)
    await client.cancel_background()
    if not service.room.enter(client):
        client.background.start("open", command.id, _open_in_turn(context, command))
        return None
    client.close_session()
    session = Session(
        prepared,
        document,
        client.revision + 1,
        command.after,
        service.device,
        service.checkpoints,
        settings,
    )
    client.open_session(session)
    return Opened(
        op="opened",
        id=command.id,
        revision=session.revision,
        experiment=prepared.experiment,
        engines=_engines(prepared, service.device),
        scene=scene,
        layers=list(prepared.problem.layers),
        device=service.device,
        torch=service.torch,
        max_steps=settings.max_steps,
    )


async def _open_in_turn(context: Context, command: Open) -> None:
    """Waits for a place, and then opens the experiment, of which nothing was kept. A later `open` takes the place."""
    client = context.client
    try:
        await client.wait_for_place(command.id)
        await client.answer(command.id, partial(open_experiment, context, command))
    except WebSocketDisconnect:  # the receiving side notices it too, and leaves
        return
    if client.session is None:
        context.service.room.leave(client)


def _prepared(experiment: Experiment) -> tuple[Prepared, str]:
    """The experiment ready to run, and its JSON."""
    prepared = prepare(experiment)
    return prepared, prepared.experiment.model_dump_json()


def _is_large(experiment: Experiment) -> bool:
    return len(experiment.edits) > _MANY_EDITS


def _engines(prepared: Prepared, device: str) -> list[Engine]:
    return [engine_of(prepared, run, device) for run in range(len(prepared.plans))]


async def _scene(context: Context, prepared: Prepared, document: str) -> Scene | None:
    """What a plot of the loss needs. A worker computes it for a model, which takes its data and Newton's method."""
    if not isinstance(prepared.problem, LearningProblem):
        return prepared.problem.scene
    if prepared.problem.dim > 2:
        return None
    return await context.work(problem_tasks.scene, document)


async def advance(context: Context, command: Advance) -> None:
    """Grants steps, at most as many as the server allows."""
    limit = context.service.settings.max_steps
    context.client.grant(context.session, min(command.until, limit), command.every)
    if command.until > limit:
        raise too_many_steps(limit, "until")


async def edit(context: Context, command: EditCommand) -> Edited:
    """Changes the experiment at a step; records after it become invalid."""
    return Edited(op="edited", **await _changed(context, command, fork=False))


async def fork(context: Context, command: ForkCommand) -> Forked:
    """Adds a branch of a run; records after the step become invalid."""
    return Forked(op="forked", **await _changed(context, command, fork=True))


async def _changed(context: Context, command: EditCommand | ForkCommand, *, fork: bool) -> dict[str, Any]:
    """Changes the experiment. Returns the fields of the reply, which must be sent before anything else is awaited."""
    client, session = context.client, context.session
    await client.show_progress()
    change = partial(session.change, command.edit, fork=fork)
    changed = await client.compute(change, large=_is_large(session.prepared.experiment))
    check_memory(client, changed.prepared, changed.document, changed_field(command.edit))
    client.change_session(session, changed)
    return {
        "id": command.id,
        "revision": session.revision,
        "step": command.edit.step,
        "experiment": session.prepared.experiment,
        "engines": _engines(session.prepared, context.service.device),
    }


async def close(context: Context, command: Close) -> Closed:
    """Closes the experiment; without one this does nothing."""
    await context.client.cancel_background()
    context.client.leave()
    return Closed(op="closed", id=command.id)


HANDLERS: dict[type, Handler] = {
    Open: Handler(open_experiment, urgent=True),
    Advance: Handler(advance),
    EditCommand: Handler(edit),
    ForkCommand: Handler(fork),
    Inspect: Handler(records.inspect, urgent=True),
    FitCommand: Handler(records.fit, urgent=True),
    SurfaceCommand: Handler(problem.surface, urgent=True),
    PointsCommand: Handler(problem.points),
    DataCommand: Handler(problem.data, urgent=True),
    RatesCommand: Handler(problem.rates),
    GraphCommand: Handler(model.graph, urgent=True),
    NeuronsCommand: Handler(model.neurons, urgent=True),
    PlaneCommand: Handler(model.plane, background=True),
    CheckCommand: Handler(model.check, background=True),
    PreviewCommand: Handler(records.preview, urgent=True, background=True),
    CheckEngine: Handler(engine.check, background=True),
    Rehearse: Handler(engine.rehearse, background=True),
    TryScaling: Handler(engine.try_scaling, background=True),
    SweepCommand: Handler(sweeps.sweep, background=True),
    CancelSweep: Handler(sweeps.cancel),
    Close: Handler(close),
}
