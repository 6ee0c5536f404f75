"""The experiment: one JSON document, version 1. Pure data, strict, and the rule by which an edit changes it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from steepest.spec.document import strict_json
from steepest.spec.errors import Invalid
from steepest.spec.param import Value
from steepest.spec.refusal import invalid, no_such_run
from steepest.spec.strict import Finite, Strict
from steepest.spec.text import Text

MAX_RUNS = 8
MAX_EDITS = 1000  # an experiment must fit in one message of 64 KiB
MAX_STEP = 10_000_000  # what an edit may name; a server's own cap on steps is lower
MAX_SEED = 2**63 - 1  # torch.manual_seed takes no more


class SurfaceProblem(Strict):
    """An objective function of one or two variables, by its catalog id, with its own parameters."""

    kind: Literal["surface"]
    id: str
    params: dict[str, Value] = Field(default_factory=dict)


# The next kind, "learning" (dataset + model + loss), joins as a union discriminated by `kind`.
Problem = SurfaceProblem


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


class Run(Strict):
    """One optimizer and its starting point, shape (n,) with n the problem's number of parameters."""

    optimizer: OptimizerSpec
    start: list[Finite] = Field(min_length=1)


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


def _whole(value: object) -> object:
    """Python finds True and 1.0 equal to 1, and so would Literal[1]."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


class Experiment(Strict):
    """Problem + seed + dtype + runs that step side by side + edits. What is not given has its default."""

    version: Annotated[Literal[1], BeforeValidator(_whole)]
    problem: Problem
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    dtype: Literal["float32", "float64"] = "float32"
    runs: list[Run] = Field(min_length=1, max_length=MAX_RUNS)
    edits: list[Edit] = Field(default_factory=list, max_length=MAX_EDITS)

    @model_validator(mode="after")
    def _edits_name_runs(self) -> Self:
        for n, edit in enumerate(self.edits):
            if edit.run >= len(self.runs):
                where = {"at": f"edits[{n}].run", "run": edit.run, "runs": len(self.runs)}
                raise PydanticCustomError("no_such_run", "there is no run {run}", where)
        return self

    def edited(self, edit: Edit) -> "Experiment":
        """The experiment with one more edit; what was to happen to that run after the edit's step is forgotten.

        Changes of the same run at the same step are merged, so that a slider dragged on a paused page leaves one edit.
        Edits of other runs stay. The edits come out ordered by step, then run. Raises `Invalid` for a run that is not
        there and past the limit on edits.
        """
        if edit.run >= len(self.runs):
            raise Invalid(f"edits[{len(self.edits)}].run", no_such_run(edit.run, len(self.runs)))
        others = [old for old in self.edits if old.run != edit.run]
        before = [old for old in self.edits if old.run == edit.run and old.step < edit.step]
        same = [old for old in self.edits if old.run == edit.run and old.step == edit.step]
        # Stable: edits of one run at one step keep the order in which they take effect.
        edits = sorted([*others, *before, *_merged([*same, edit])], key=lambda e: (e.step, e.run))
        if len(edits) > MAX_EDITS:
            raise Invalid(
                "edits", Text(f"an experiment holds at most {MAX_EDITS} edits", f"一个实验最多 {MAX_EDITS} 次修改")
            )
        return self.model_copy(update={"edits": edits})


def _merged(edits: Iterable[Edit]) -> list[Edit]:
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


def parse_experiment(document: str | bytes | Mapping[str, Any]) -> Experiment:
    """An experiment from JSON text or from what JSON text holds.

    Raises `Invalid` with the path of the first wrong field and what would be right. What only the catalog knows (ids,
    ranges of hyperparameters, the length of a start) is checked when the experiment is made ready to run.
    """
    data = strict_json(document) if isinstance(document, str | bytes) else document
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise invalid(error) from None
