"""Every surface, data set, model, loss and optimizer of the catalog as documents of compiled experiments."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.problems.learning_cases import chosen, document

from steepest.engine import prepare
from steepest.engine.compiled.rule import MODELS, OPTIMIZERS
from steepest.problems.catalog import datasets, losses, surfaces
from steepest.spec import Invalid, parse_experiment

EXPRESSION = "exp(-x**2)*sin(3*y) + atan(x*y) + sqrt(1 + x**2) + abs(x - y)/3"
NAMES = sorted(OPTIMIZERS)
DATA = sorted(name for name, dataset in datasets().items() if not dataset.stored)

# What torch's code branches on, beside each optimizer as it is by default.
VARIANTS: dict[str, dict[str, Any]] = {
    "momentum": {"id": "sgd", "lr": 0.01, "momentum": 0.9},
    "nesterov": {"id": "sgd", "lr": 0.01, "momentum": 0.9, "nesterov": True},
    "dampening": {"id": "sgd", "lr": 0.01, "momentum": 0.9, "dampening": 0.5},
    "decay": {"id": "sgd", "lr": 0.01, "weight_decay": 0.1},
    "upwards": {"id": "sgd", "lr": 1e-05, "maximize": True},
    "adam decay": {"id": "adam", "weight_decay": 0.1},
    "amsgrad": {"id": "adam", "amsgrad": True},
    "adamw amsgrad": {"id": "adamw", "amsgrad": True},
    "centred": {"id": "rmsprop", "centered": True},
    "centred momentum": {"id": "rmsprop", "centered": True, "momentum": 0.9},
    "adagrad decay": {"id": "adagrad", "lr_decay": 0.01, "weight_decay": 0.1},
    "averaging": {"id": "asgd", "lr": 0.01, "t0": 10.0},
}


def experiment(problem: dict[str, Any], optimizer: dict[str, Any] | str, start: Any, **changes: Any) -> dict[str, Any]:
    config = {"id": optimizer} if isinstance(optimizer, str) else optimizer
    run = {"optimizer": config, "start": start}
    return {"version": 1, "engine": "compiled", "problem": problem, "runs": [run], **changes}


def on_surface(name: str, optimizer: dict[str, Any] | str, **changes: Any) -> dict[str, Any]:
    """From a point beside the surface's own start, so that no number is a round one."""
    surface = surfaces()[name]
    problem: dict[str, Any] = {"kind": "surface", "id": name}
    if name == "expression":
        problem["params"] = {"expression": EXPRESSION}
    start = [value + 0.0137 * (1 + n) for n, value in enumerate(surface.starts[0].at)]
    return experiment(problem, optimizer, start, **changes)


def on_data(name: str, optimizer: dict[str, Any] | str, model: str, loss: str, **changes: Any) -> dict[str, Any]:
    problem = document(name, model=chosen(model), loss=chosen(loss), **changes)
    return experiment(problem, optimizer, {"init": "default"})


def suits(written: dict[str, Any]) -> bool:
    """Whether the parts go together, and the run is compiled."""
    try:
        prepare(parse_experiment(written))
    except Invalid:
        return False
    return True


def learning_cases() -> Iterator[tuple[str, str, str]]:
    """Data set, model and loss that go together."""
    for name, model, loss in product(DATA, sorted(MODELS), sorted(losses())):
        if suits(on_data(name, "sgd", model, loss)):
            yield name, model, loss
