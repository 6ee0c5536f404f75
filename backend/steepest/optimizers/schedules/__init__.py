"""The learning-rate schedules in menu order. A new one: a file of its own here, and its name in this list."""

from functools import cache
from importlib.metadata import entry_points

from steepest.optimizers.schedules.cosine import COSINE
from steepest.optimizers.schedules.exponential import EXPONENTIAL
from steepest.optimizers.schedules.linear import LINEAR
from steepest.optimizers.schedules.one_cycle import ONE_CYCLE
from steepest.optimizers.schedules.plateau import PLATEAU
from steepest.optimizers.schedules.schedule import MOST, Schedule, planned, put_in
from steepest.optimizers.schedules.step import STEP
from steepest.optimizers.schedules.warm_restarts import WARM_RESTARTS
from steepest.spec import Invalid, Text

BUILT_IN: tuple[Schedule, ...] = (STEP, EXPONENTIAL, COSINE, WARM_RESTARTS, ONE_CYCLE, LINEAR, PLATEAU)


@cache
def schedules() -> dict[str, Schedule]:
    """Every schedule by id, in menu order, those of other packages (entry points `steepest.schedules`) last."""
    found = {schedule.id: schedule for schedule in BUILT_IN}
    for entry in entry_points(group="steepest.schedules"):
        schedule: Schedule = entry.load()
        found.setdefault(schedule.id, schedule)
    return found


def find_schedule(name: str) -> Schedule:
    """The schedule whose id is `name`. Raises `Invalid` that lists those there are."""
    schedule = schedules().get(name)
    if schedule is None:
        words = ", ".join(schedules())
        raise Invalid("id", Text(f"no schedule {name[:50]!r}; there are: {words}", f"没有该调度；可用：{words}"))
    return schedule


__all__ = ["BUILT_IN", "MOST", "Schedule", "find_schedule", "planned", "put_in", "schedules"]
