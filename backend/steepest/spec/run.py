"""A run: an optimizer from a starting point, or a branch of another run."""

from collections.abc import Mapping
from typing import Self

from pydantic import ConfigDict, Field

from steepest.spec.limits import MAX_RUNS, MAX_STEP
from steepest.spec.param import Value
from steepest.spec.strict import Finite, Strict


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


class Run(Strict):
    """One optimizer and its starting point, shape (n,) with n the problem's number of parameters.

    fork: which run this one was a copy of up to which step, where it is a branch; a picture need not draw that twice.
    """

    optimizer: OptimizerSpec
    start: list[Finite] = Field(min_length=1)
    fork: Fork | None = Field(default=None, exclude_if=lambda fork: fork is None)
