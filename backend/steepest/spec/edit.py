"""An edit: a change made while running, and how edits of one step are merged."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from steepest.spec.limits import MAX_RUNS, MAX_STEP
from steepest.spec.run import OptimizerSpec
from steepest.spec.strict import Finite, Strict
from steepest.spec.value import Value


class Edit(Strict):
    """A change made while running; it takes effect on the update that leads from `step` to `step + 1`.

    Exactly one of:
    set: new values of hyperparameters; state is kept.
    optimizer: another optimizer; its state starts empty.
    params: (n,), the parameters before the update; state is kept.
    """

    step: int = Field(ge=0, le=MAX_STEP)
    run: int = Field(ge=0, lt=MAX_RUNS)
    set: dict[str, Value] | None = None
    optimizer: OptimizerSpec | None = None
    params: list[Finite] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        given = [name for name in ("set", "optimizer", "params") if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError("one_change", "needs exactly one of: set, optimizer, params")
        if "id" in (self.set or {}):  # an OptimizerSpec has the id next to its hyperparameters
            raise PydanticCustomError("id_is_not_set", "not a hyperparameter", {"at": "set.id"})
        return self


def merge_edits(edits: Iterable[Edit]) -> list[Edit]:
    """Edits of one run at one step as at most two: one of the optimizer (or its values), one of the parameters."""
    config: Edit | None = None
    move: Edit | None = None
    for edit in edits:
        if edit.params is not None:
            move = edit
        elif edit.set is None or config is None:
            config = edit
        elif config.optimizer is not None:
            optimizer = OptimizerSpec.of(config.optimizer.id, {**config.optimizer.hyper, **edit.set})
            config = config.model_copy(update={"optimizer": optimizer})
        else:
            config = config.model_copy(update={"set": {**(config.set or {}), **edit.set}})
    return [edit for edit in (config, move) if edit is not None]
