"""The optimizers in menu order. A new one: a file of its own here, and its name in this list."""

from functools import cache

from steepest.optimizers.adadelta import ADADELTA
from steepest.optimizers.adafactor import ADAFACTOR
from steepest.optimizers.adagrad import ADAGRAD
from steepest.optimizers.adam import ADAM
from steepest.optimizers.adamax import ADAMAX
from steepest.optimizers.adamw import ADAMW
from steepest.optimizers.asgd import ASGD
from steepest.optimizers.lbfgs import LBFGS
from steepest.optimizers.muon import MUON
from steepest.optimizers.nadam import NADAM
from steepest.optimizers.newton import NEWTON
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.radam import RADAM
from steepest.optimizers.rmsprop import RMSPROP
from steepest.optimizers.rprop import RPROP
from steepest.optimizers.schedules import Schedule, find_schedule, schedules
from steepest.optimizers.sgd import SGD
from steepest.spec import Text, find_entry, with_plugins

BUILT_IN: tuple[Optimizer, ...] = (
    SGD,
    ADAM,
    ADAMW,
    RMSPROP,
    ADAGRAD,
    ADADELTA,
    ADAMAX,
    NADAM,
    RADAM,
    ADAFACTOR,
    RPROP,
    ASGD,
    LBFGS,
    NEWTON,
    MUON,
)


@cache
def optimizers() -> dict[str, Optimizer]:
    """Every optimizer by id, in menu order, those of other packages (entry points `steepest.optimizers`) last."""
    return with_plugins(BUILT_IN, "steepest.optimizers")


def find_optimizer(name: str) -> Optimizer:
    """The optimizer whose id is `name`. Raises `Invalid` that lists the known ones."""
    return find_entry(optimizers(), name, "id", Text("optimizer", "优化器"))


__all__ = [
    "BUILT_IN",
    "Optimizer",
    "Schedule",
    "StateSlot",
    "find_optimizer",
    "find_schedule",
    "optimizers",
    "schedules",
]
