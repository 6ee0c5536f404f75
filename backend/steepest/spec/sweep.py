"""The sweep: one strict JSON document, version 1; an experiment of one run over ranges of its numbers."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from steepest.spec.experiment import Experiment
from steepest.spec.limits import MAX_COUNT, MAX_SWEEP_RUNS, MAX_SWEEP_STEPS, MAX_UPDATES
from steepest.spec.path import Path, parse_path
from steepest.spec.strict import Finite, Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.validation_errors import to_invalid
from steepest.spec.version import known_version

VERSION = 1

Measure = Literal["outcome", "final_loss", "steps_to_loss", "distance", "dev_loss", "dev_accuracy"]


class Axis(Strict):
    """The values that one number of the experiment takes.

    set: its path, such as `runs[0].optimizer.lr`, `runs[0].start[0]`, `problem.params.kappa` or `seed`.
    low, high: the first and the last value; above 0 on a log scale. count: of values.
    """

    set: str = Field(max_length=200)
    scale: Literal["linear", "log"] = "linear"
    low: Finite
    high: Finite
    count: int = Field(ge=2, le=MAX_COUNT)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if parse_path(self.set) is None:
            raise PydanticCustomError("not_a_path", "not a path", {"at": "set"})
        if self.low >= self.high:
            raise PydanticCustomError("low_above_high", "low is not below high", {"at": "low"})
        if self.scale == "log" and self.low <= 0:
            raise PydanticCustomError("log_not_positive", "not above 0", {"at": "low"})
        return self

    @property
    def path(self) -> Path:
        """The parts of `set`."""
        path = parse_path(self.set)
        assert path is not None
        return path

    @property
    def changes_problem(self) -> bool:
        """Whether each value has a problem of its own."""
        return self.path[0] in ("problem", "seed")

    def value(self, place: int) -> float:
        """The value at a place, 0 to count - 1: evenly spaced, in the logarithm on a log scale; the ends are exact."""
        if place in (0, self.count - 1):
            return self.high if place else self.low
        share = place / (self.count - 1)
        if self.scale == "log":
            return math.exp(math.log(self.low) * (1 - share) + math.log(self.high) * share)
        return self.low * (1 - share) + self.high * share


class Sweep(Strict):
    """One run of the experiment for each combination of the axes' values.

    axes: one or two. repeat: one more, such as the seed, over whose runs the measure's median and quartiles are taken.
    steps: of each run. loss: what "steps_to_loss" counts to.
    measure: "outcome": diverged, converged to which minimum or still going, and at which step. "final_loss": at the
        last step. "steps_to_loss": the first step with no higher loss. "distance": of the last parameters to the
        nearest known minimum. "dev_loss", "dev_accuracy": of a model on the development part, after the last step.
    """

    version: Annotated[Literal[1], BeforeValidator(known_version(VERSION))]
    experiment: Experiment
    axes: list[Axis] = Field(min_length=1, max_length=2)
    repeat: Axis | None = None
    steps: int = Field(ge=1, le=MAX_SWEEP_STEPS)
    measure: Measure = "outcome"
    loss: Finite | None = None

    @property
    def all_axes(self) -> tuple[Axis, ...]:
        """The axes, then the repeat, if there is one."""
        return (*self.axes, *([] if self.repeat is None else [self.repeat]))

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of pixels along each axis, without the repeat."""
        return tuple(axis.count for axis in self.axes)

    @property
    def changes_problem(self) -> bool:
        """Whether an axis gives each pixel a problem of its own."""
        return any(axis.changes_problem for axis in self.axes)

    @property
    def problems(self) -> int:
        """So many different problems its runs have at most."""
        return math.prod(axis.count for axis in self.all_axes if axis.changes_problem)

    @property
    def runs(self) -> int:
        """In all."""
        return math.prod(axis.count for axis in self.all_axes)

    @model_validator(mode="after")
    def _check_axes(self) -> Self:
        if len(self.experiment.runs) > 1:
            where = {"at": "experiment.runs", "runs": len(self.experiment.runs)}
            raise PydanticCustomError("sweep_of_one_run", "more than one run", where)
        seen = list[Path]()
        for n, axis in enumerate(self.all_axes):
            if axis.path in seen:
                field = "repeat" if n == len(self.axes) else f"axes[{n}]"
                raise PydanticCustomError("same_axis", "two axes", {"at": f"{field}.set", "path": axis.set})
            seen.append(axis.path)
        return self

    @model_validator(mode="after")
    def _check_measure(self) -> Self:
        counts = self.measure == "steps_to_loss"
        if counts and self.loss is None:
            raise PydanticCustomError("loss_missing", "no loss", {"at": "loss"})
        if not counts and self.loss is not None:
            raise PydanticCustomError("loss_unused", "a loss that is not used", {"at": "loss"})
        if self.repeat is not None and self.measure == "outcome":
            raise PydanticCustomError("outcome_repeated", "no median", {"at": "measure"})
        return self

    @model_validator(mode="after")
    def _check_size(self) -> Self:
        if self.runs > MAX_SWEEP_RUNS:
            where = {"at": "axes", "runs": self.runs, "most": MAX_SWEEP_RUNS}
            raise PydanticCustomError("too_many_runs", "too many runs", where)
        updates = self.runs * self.steps
        if updates > MAX_UPDATES:
            where = {"at": "steps", "runs": self.runs, "steps": self.steps, "updates": updates, "most": MAX_UPDATES}
            raise PydanticCustomError("too_many_updates", "too many updates", where)
        return self


def parse_sweep(document: str | bytes | Mapping[str, Any]) -> Sweep:
    """A sweep from JSON text or its decoded form. Raises `Invalid` with the path of the first wrong field.

    What depends on the catalog is checked when the sweep is prepared, as with an experiment.
    """
    data = strict_json(document) if isinstance(document, str | bytes) else document
    try:
        return Sweep.model_validate(data)
    except ValidationError as error:
        raise to_invalid(error) from None
