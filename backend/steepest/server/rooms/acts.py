"""What each command does in a room, and which role may send it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from steepest.classroom import clock, rules
from steepest.classroom.log_events import LessonSet, LockSet, LogEvent, NamesSet, PauseSet, RoomEnded
from steepest.classroom.state import RoomState
from steepest.engine import check_dtype, prepare
from steepest.protocol.room_commands import (
    Begin,
    CloseQuestion,
    End,
    ExploreCommand,
    GiveAnswer,
    Lock,
    Names,
    Pause,
    Play,
    Remove,
    Rename,
    Reopen,
    Reveal,
    Role,
    SendRun,
    SetLesson,
    Show,
    Update,
)
from steepest.server.errors import too_many_parameters, too_many_runs
from steepest.server.service import Service
from steepest.spec import Experiment, Invalid


@dataclass(frozen=True)
class Act:
    """role: who may. event: what happens, from the room's state, the seat's number and the command."""

    role: Role
    event: Callable[[RoomState, int, Any], LogEvent]


def _begin(state: RoomState, _: int, command: Begin) -> LogEvent:
    return rules.begin(state, command.activity, command.lesson_step)


def _play(state: RoomState, _: int, command: Play) -> LogEvent:
    return rules.play(state, command.activity, command.step, command.speed, clock.now() * 1000)


def _unless_ended(state: RoomState, event: LogEvent) -> LogEvent:
    if state.ended:
        raise rules.ended()
    return event


ACTS: dict[type, Act] = {
    GiveAnswer: Act("seat", lambda state, seat, c: rules.answer(state, seat, c.activity, c.answer)),
    ExploreCommand: Act("seat", lambda state, seat, c: rules.explore(state, seat, c.activity, c.experiment)),
    Rename: Act("seat", lambda state, seat, c: rules.rename(state, seat, c.name)),
    Begin: Act("teacher", _begin),
    Play: Act("teacher", _play),
    Update: Act("teacher", lambda state, _, c: rules.update(state, c.activity, c.experiment, c.step)),
    CloseQuestion: Act("teacher", lambda state, _, c: rules.set_phase(state, c.activity, "closed")),
    Reopen: Act("teacher", lambda state, _, c: rules.set_phase(state, c.activity, "open")),
    Reveal: Act("teacher", lambda state, _, c: rules.set_phase(state, c.activity, "revealed")),
    Show: Act("teacher", lambda state, _, c: rules.show(state, c.seat)),
    SendRun: Act("teacher", lambda state, _, c: rules.send(state, c.seat, c.kind)),
    Pause: Act("teacher", lambda state, _, c: _unless_ended(state, PauseSet(paused=c.paused))),
    Lock: Act("teacher", lambda state, _, c: _unless_ended(state, LockSet(locked=c.locked))),
    Names: Act("teacher", lambda state, _, c: _unless_ended(state, NamesSet(names=c.names))),
    Remove: Act("teacher", lambda state, _, c: rules.remove(state, c.seat)),
    SetLesson: Act("teacher", lambda state, _, c: _unless_ended(state, LessonSet(lesson=c.lesson))),
    End: Act("teacher", lambda state, _, c: _unless_ended(state, RoomEnded())),
}


async def ready(command: Any, service: Service) -> Any:
    """The command with its experiment checked, and every default filled in. Raises `Invalid` or `Refused`."""
    if isinstance(command, Begin):
        experiment = await _prepared(command.activity.experiment, service, "activity.experiment")
        return command.model_copy(update={"activity": command.activity.model_copy(update={"experiment": experiment})})
    if isinstance(command, Update | ExploreCommand):
        return command.model_copy(update={"experiment": await _prepared(command.experiment, service, "experiment")})
    return command


async def _prepared(experiment: Experiment, service: Service, field: str) -> Experiment:
    settings = service.settings
    if len(experiment.runs) > settings.max_runs:
        raise too_many_runs(settings.max_runs)
    try:
        check_dtype(service.device, experiment.dtype)
        make = partial(prepare, experiment)
        on_surface = experiment.problem.kind == "surface" and not experiment.edits
        prepared = make() if on_surface else await service.beside_the_loop(make)
    except Invalid as error:
        raise error.under(field) from None
    if prepared.problem.dim > settings.max_parameters:
        raise too_many_parameters(prepared.problem.dim, settings.max_parameters)
    return prepared.experiment
