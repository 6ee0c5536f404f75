"""An edit: a change made while running, and how edits of one step become one."""

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

    Exactly one of: `set` (hyperparameters; state is kept), `optimizer` (replaced; state starts anew),
    `params` (the parameters are moved there before the update, shape (n,); state is kept).
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
        if "id" in (self.set or {}):  # beside hyperparameters in an OptimizerSpec stands the id; it is none of them
            raise PydanticCustomError("id_is_not_set", "not a hyperparameter", {"at": "set.id"})
        return self


def merge_edits(edits: Iterable[Edit]) -> list[Edit]:
    """Edits of one run at one step as at most two: one of the optimizer (`optimizer` or `set`), and one move."""
    rule: Edit | None = None
    move: Edit | None = None
    for edit in edits:
        if edit.params is not None:
            move = edit
        elif edit.set is None or rule is None:
            rule = edit
        elif rule.optimizer is not None:
            optimizer = OptimizerSpec.of(rule.optimizer.id, {**rule.optimizer.hyper, **edit.set})
            rule = rule.model_copy(update={"optimizer": optimizer})
        else:
            rule = rule.model_copy(update={"set": {**(rule.set or {}), **edit.set}})
    return [edit for edit in (rule, move) if edit is not None]
