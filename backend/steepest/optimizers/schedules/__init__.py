"""The learning-rate schedules in menu order. A new one: a file of its own here, and its name in this list."""

from functools import cache

from steepest.optimizers.schedules.cosine import COSINE
from steepest.optimizers.schedules.exponential import EXPONENTIAL
from steepest.optimizers.schedules.linear import LINEAR
from steepest.optimizers.schedules.one_cycle import ONE_CYCLE
from steepest.optimizers.schedules.plateau import PLATEAU
from steepest.optimizers.schedules.schedule import MAX_LR, Schedule, preview_rates, with_scheduled
from steepest.optimizers.schedules.step import STEP
from steepest.optimizers.schedules.warm_restarts import WARM_RESTARTS
from steepest.spec import Text, find_entry, with_plugins

BUILT_IN: tuple[Schedule, ...] = (STEP, EXPONENTIAL, COSINE, WARM_RESTARTS, ONE_CYCLE, LINEAR, PLATEAU)


@cache
def schedules() -> dict[str, Schedule]:
    """Every schedule by id, in menu order, those of other packages (entry points `steepest.schedules`) last."""
    return with_plugins(BUILT_IN, "steepest.schedules")


def find_schedule(name: str) -> Schedule:
    """The schedule whose id is `name`. Raises `Invalid` that lists the known ones."""
    return find_entry(schedules(), name, "id", Text("schedule", "调度"))


__all__ = ["BUILT_IN", "MAX_LR", "Schedule", "find_schedule", "preview_rates", "schedules", "with_scheduled"]
