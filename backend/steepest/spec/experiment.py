"""The experiment: one JSON document, version 1. Pure data, strict, and the rule by which an edit changes it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from steepest.spec.errors import Invalid
from steepest.spec.param import Value
from steepest.spec.text import Text

MAX_RUNS = 8
MAX_EDITS = 1000  # an experiment must fit in one message of 64 KiB
MAX_STEP = 10_000_000  # what an edit may name; a server's own cap on steps is lower
MAX_SEED = 2**63 - 1  # torch.manual_seed takes no more

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Strict(BaseModel):
    """No unknown field, no conversion of types, no number that is not finite."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, data: object) -> object:
        # pydantic says only that a field is extra; a person wants to know which ones there are.
        if cls.model_config.get("extra") == "forbid" and isinstance(data, Mapping):
            for name in data:
                if name not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_field",
                        "unknown field; known here: {known}",
                        {"name": str(name), "known": ", ".join(cls.model_fields)},
                    )
        return data


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
        return dict(self.__pydantic_extra__ or {})

    @classmethod
    def of(cls, id: str, hyper: Mapping[str, Value]) -> Self:
        return cls.model_validate({"id": id, **hyper})


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
        return self


class Experiment(Strict):
    """Problem + seed + dtype + runs that step side by side + edits. What is not given has its default."""

    version: Literal[1]
    problem: Problem
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    dtype: Literal["float32", "float64"] = "float32"
    runs: list[Run] = Field(min_length=1, max_length=MAX_RUNS)
    edits: list[Edit] = Field(default_factory=list, max_length=MAX_EDITS)

    @model_validator(mode="after")
    def _edits_name_runs(self) -> Self:
        for n, edit in enumerate(self.edits):
            if edit.run >= len(self.runs):
                raise PydanticCustomError(
                    "no_such_run",
                    "there is no run {run}; runs are numbered 0 to {last}",
                    {"name": f"edits[{n}].run", "run": edit.run, "last": len(self.runs) - 1},
                )
        return self

    def edited(self, edit: Edit) -> "Experiment":
        """This experiment with one more edit; what was to happen to that run after the edit's step is forgotten.

        Changes of the same run at the same step are merged, so that a slider dragged on a paused page leaves one edit.
        Edits of other runs stay. The edits come out ordered by step. Raises `Invalid` past the limit on edits.
        """
        kept = [old for old in self.edits if old.run != edit.run or old.step <= edit.step]
        same = [old for old in kept if old.run == edit.run and old.step == edit.step]
        others = [old for old in kept if old not in same]
        edits = sorted([*others, *_merged(same, edit)], key=lambda e: e.step)  # stable: same step keeps its order
        if len(edits) > MAX_EDITS:
            raise Invalid(
                "edits", Text(f"an experiment holds at most {MAX_EDITS} edits", f"一个实验最多 {MAX_EDITS} 次修改")
            )
        return self.model_copy(update={"edits": edits})


def _merged(earlier: list[Edit], edit: Edit) -> list[Edit]:
    """The edits of one run at one step after one more: at most one optimizer, one set and one params."""
    if edit.params is not None:
        return [*(old for old in earlier if old.params is None), edit]
    moves = [old for old in earlier if old.params is not None]
    if edit.optimizer is not None:
        return [edit, *moves]
    replaced = next((old.optimizer for old in earlier if old.optimizer is not None), None)
    if replaced is not None:
        optimizer = OptimizerSpec.of(replaced.id, {**replaced.hyper, **(edit.set or {})})
        return [edit.model_copy(update={"set": None, "optimizer": optimizer}), *moves]
    changed = next((old.set for old in earlier if old.set is not None), {})
    return [edit.model_copy(update={"set": {**changed, **(edit.set or {})}}), *moves]


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


def strict_json(text: str | bytes) -> object:
    """JSON as the standard has it: no NaN, no infinity, no duplicate keys, nothing nested beyond reason.

    Raises `Invalid` for anything else, whatever the bytes.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        decoded.encode("utf-8")  # a lone surrogate cannot be written back
        data = json.loads(
            decoded, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_sane_int
        )
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # an escaped lone surrogate
    except Invalid:
        raise
    except RecursionError:
        raise _not_json("nested too deeply", "嵌套过深") from None
    except ValueError as error:  # bad JSON, bad UTF-8, NUL, an integer of thousands of digits
        raise _not_json(str(error).splitlines()[0][:200], "格式错误") from None
    return data


def _not_json(english: str, chinese: str) -> Invalid:
    return Invalid("", Text(f"not valid JSON: {english}", f"不是有效的 JSON:{chinese}"))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _not_json(f"the key {name[:50]!r} stands twice", f"键 {name[:50]!r} 重复")
        found[name] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise _not_json(f"{word} is not a JSON number", f"{word} 不是 JSON 数")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _not_json(f"{digits[:30]} is too large for a number", f"{digits[:30]} 超出数的范围")
    return value


def _sane_int(digits: str) -> int:
    if len(digits) > 20:  # 2**64 has 20 digits; nothing here needs more
        raise _not_json(f"an integer of {len(digits)} digits", f"{len(digits)} 位的整数")
    return int(digits)


def invalid(error: ValidationError) -> Invalid:
    """pydantic's first error as ours: the field's path as a person writes it, and what would be right."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = _path(first)
    name = first.get("ctx", {}).get("name")
    if name is not None:
        field = f"{field}.{name}" if field else str(name)
    english = first["msg"].removeprefix("Value error, ")
    english = english[:1].lower() + english[1:]
    return Invalid(field, Text(english, f"有误:{english}"))


# Names of union members that pydantic puts into a location beside the real keys.
_UNION_WORDS = {"bool", "int", "float", "str", "list[float]", "list[nullable[float]]", "surface"}


def _path(details: ErrorDetails) -> str:
    path = ""
    for part in details["loc"]:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in _UNION_WORDS:
            path += f".{part}" if path else part
    return path
