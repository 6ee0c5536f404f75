"""A run: an optimizer from a starting point, or a branch of another run."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag

from steepest.spec.limits import MAX_RUNS, MAX_STEP
from steepest.spec.strict import Finite, Strict
from steepest.spec.value import Value


class OptimizerSpec(Strict):
    """An optimizer by its catalog id; every other field is a hyperparameter, with its name in torch."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Value] = Field(init=False)

    id: str

    @property
    def hyper(self) -> dict[str, Value]:
        """The given hyperparameters."""
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, name: str, hyper: Mapping[str, Value]) -> Self:
        """The optimizer whose catalog id is `name`, with these hyperparameters."""
        return cls.model_validate({"id": name, **hyper})


class Fork(Strict):
    """Where a run branched off another: both have the same records up to `step`.

    run: number of the other run, which comes earlier in the experiment. step: the last common record.
    """

    run: int = Field(ge=0, lt=MAX_RUNS)
    step: int = Field(ge=0, le=MAX_STEP)


class ScheduleSpec(Strict):
    """A learning-rate schedule by its catalog id; every other field is a param, with its name in torch.

    It starts from the optimizer's rate, or multiplies it; an edit of that rate scales the rest of the schedule.
    """

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Value] = Field(init=False)

    id: str

    @property
    def params(self) -> dict[str, Value]:
        """The given params."""
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, name: str, params: Mapping[str, Value]) -> Self:
        """The schedule whose catalog id is `name`, with these params."""
        return cls.model_validate({"id": name, **params})


class Init(Strict):
    """A model's start, drawn from the experiment's seed.

    init: "default" as torch's layers initialise; "xavier", "kaiming": uniform (Glorot & Bengio 2010; He et al. 2015);
        "normal": standard deviation `std`; "zeros". Biases are 0 except for "default".
    draw: the number of the draw from the same seed.
    """

    init: Literal["default", "xavier", "kaiming", "normal", "zeros"]
    std: float = Field(default=0.01, gt=0.0, le=100.0, exclude_if=lambda std: std == 0.01)
    draw: int = Field(default=0, ge=0, le=1_000_000, exclude_if=lambda draw: draw == 0)


def _start_kind(value: object) -> str:
    return "<init>" if isinstance(value, Mapping | Init) else "<values>"


Start = Annotated[
    Annotated[list[Finite], Field(min_length=1), Tag("<values>")] | Annotated[Init, Tag("<init>")],
    Discriminator(_start_kind),
]


class Run(Strict):
    """One optimizer and its start.

    start: (n,) with n the problem's number of parameters, in the order of `module.parameters()`, or how to draw it.
    fork: for a branch, the run it copies and up to which step, so that a plot draws the common part once.
    zero_grad: False adds each gradient to the previous ones, as when the call is forgotten.
    schedule: of the learning rate.
    """

    optimizer: OptimizerSpec
    start: Start
    fork: Fork | None = Field(default=None, exclude_if=lambda fork: fork is None)
    zero_grad: bool = Field(default=True, exclude_if=lambda zero_grad: zero_grad)
    schedule: ScheduleSpec | None = Field(default=None, exclude_if=lambda schedule: schedule is None)
