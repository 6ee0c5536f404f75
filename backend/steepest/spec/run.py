"""A run: an optimizer from a starting point, or a branch of another run."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag

from steepest.spec.limits import MAX_RUNS, MAX_STEP
from steepest.spec.strict import Finite, Strict
from steepest.spec.value import Value


class OptimizerSpec(Strict):
    """An optimizer by its catalog id; every other field is one of its hyperparameters, named as in its torch class."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Value] = Field(init=False)

    id: str

    @property
    def hyper(self) -> dict[str, Value]:
        """The hyperparameters that were given."""
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, name: str, hyper: Mapping[str, Value]) -> Self:
        """The optimizer whose catalog id is `name`, with these hyperparameters."""
        return cls.model_validate({"id": name, **hyper})


class Fork(Strict):
    """Where a run branched off. It says nothing that the run itself does not: up to `step` its past is that of `run`,
    which comes before it in the experiment.

    run: number of the run it branched off. step: the last record that both have in common.
    """

    run: int = Field(ge=0, lt=MAX_RUNS)
    step: int = Field(ge=0, le=MAX_STEP)


class ScheduleSpec(Strict):
    """A learning-rate schedule by its catalog id; every other field is one of its params, named as in torch's class.

    The rate of the optimizer is what the schedule starts from, or multiplies; an edit of it scales all that follows.
    """

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, Value] = Field(init=False)

    id: str

    @property
    def params(self) -> dict[str, Value]:
        """The params that were given."""
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, name: str, params: Mapping[str, Value]) -> Self:
        """The schedule whose catalog id is `name`, with these params."""
        return cls.model_validate({"id": name, **params})


class Init(Strict):
    """A start drawn from the experiment's seed instead of written out: for models.

    default: as torch's layers begin. xavier, kaiming: uniform (Glorot & Bengio 2010; He et al. 2015), biases 0.
    normal: weights of deviation `std`, biases 0. zeros: all 0. draw: another draw from the same seed.
    """

    init: Literal["default", "xavier", "kaiming", "normal", "zeros"]
    std: float = Field(default=0.01, gt=0.0, le=100.0, exclude_if=lambda std: std == 0.01)
    draw: int = Field(default=0, ge=0, le=1_000_000, exclude_if=lambda draw: draw == 0)


def _kind_of_start(value: object) -> str:
    return "<init>" if isinstance(value, Mapping | Init) else "<values>"


Start = Annotated[
    Annotated[list[Finite], Field(min_length=1), Tag("<values>")] | Annotated[Init, Tag("<init>")],
    Discriminator(_kind_of_start),
]


class Run(Strict):
    """One optimizer and its start: (n,) with n the problem's number of parameters, in the order of
    `module.parameters()`, or how to draw it.

    fork: which run this one was a copy of up to which step, where it is a branch; a picture need not draw that twice.
    zero_grad: False is what forgetting it does: each gradient is added to those before. schedule: of its learning rate.
    """

    optimizer: OptimizerSpec
    start: Start
    fork: Fork | None = Field(default=None, exclude_if=lambda fork: fork is None)
    zero_grad: bool = Field(default=True, exclude_if=lambda zero_grad: zero_grad)
    schedule: ScheduleSpec | None = Field(default=None, exclude_if=lambda schedule: schedule is None)
