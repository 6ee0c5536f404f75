"""The cloud of a room: the runs of all seats, made again by the workers whenever a seat's experiment changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.classroom.activity import Explore
from steepest.classroom.cloud import CloudRun, cloud_run
from steepest.server.errors import error_event

if TYPE_CHECKING:
    from steepest.classroom.state import Stage
    from steepest.server.rooms.room import Room
    from steepest.spec import Experiment


class Cloud:
    """Runs of the present activity by seat, each with the version of the cloud in which it was new.

    version: grows with each change. forgotten: the version in which a run was taken away last.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._waiting: dict[int, None] = {}  # seats, in the order in which they changed
        self._at_work = False
        self.runs: dict[int, tuple[int, CloudRun]] = {}
        self.version = 0
        self.forgotten = 0

    async def of(self, stage: Stage) -> list[CloudRun]:
        """The runs of any of the room's activities, for its report; without those that cannot be made."""
        activity = stage.activity
        if not isinstance(activity, Explore):
            return []
        found = (await self._run(activity, experiment) for experiment in list(stage.explored.values()))
        return [run async for run in found if run is not None]

    def begin(self) -> None:
        """Another activity: there are no runs yet."""
        self.runs.clear()
        self._waiting.clear()
        self._took_away()

    def update(self, seat: int) -> None:
        """A seat's experiment has changed. Where it changes faster than runs are made, the last one counts."""
        self._waiting[seat] = None
        if not self._at_work:
            self._at_work = True
            self._room.start(self._work())

    def forget(self, seat: int) -> None:
        """A seat was removed."""
        self._waiting.pop(seat, None)
        if self.runs.pop(seat, None) is not None:
            self._took_away()

    def renamed(self, seat: int) -> None:
        """A seat has another name: its run is sent again."""
        if seat in self.runs:
            self.version += 1
            self.runs[seat] = self.version, self.runs[seat][1]
            self._room.soon("cloud")

    def again(self) -> None:
        """Names are shown from now on, or not: all runs are sent again."""
        self._took_away()

    def _took_away(self) -> None:
        self.version += 1
        self.forgotten = self.version
        self._room.soon("cloud")

    async def _work(self) -> None:
        try:
            while self._waiting:
                seat = next(iter(self._waiting))
                del self._waiting[seat]
                await self._make(seat)
        finally:
            self._at_work = False

    async def _make(self, seat: int) -> None:
        stage = self._room.state.stage
        if stage is None or not isinstance(stage.activity, Explore) or seat not in stage.explored:
            return
        run = await self._run(stage.activity, stage.explored[seat])
        now = self._room.state.stage
        if run is None or now is None or now.number != stage.number or seat not in now.explored:
            return
        self.version += 1
        self.runs[seat] = self.version, run
        self._room.soon("cloud")

    async def _run(self, activity: Explore, experiment: Experiment) -> CloudRun | None:
        try:
            trace = await self._room.tracer.trace(experiment, activity.until, self._room.share)
        except Exception as error:
            error_event(error, "en", log_as="room.cloud_failed")
            return None
        return cloud_run(activity, experiment, trace[activity.run])
