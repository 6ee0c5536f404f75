"""Declarations of one value that a user may set: kind, default, range, scale and words.

The catalog is made of these. Checking a value, completing missing ones with defaults, and drawing a control for one
on the page all read the same declaration.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from steepest.spec.errors import Invalid
from steepest.spec.text import Text


def _plain(value: object) -> object:
    """One refusal for a value that is none of the union's members; pydantic would give one for each member."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list) and value and isinstance(value[0], list):
        for row in value:
            if not isinstance(row, list) or any(isinstance(each, list) for each in row):
                raise PydanticCustomError("not_a_value", "not a value that a parameter can have")
            _plain(row)
        return value
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, int | float) and not isinstance(each, bool):
            if not _finite(each):
                raise PydanticCustomError("finite_number", "must be finite")
            if isinstance(each, int) and not -(2**63) <= each < 2**64:  # as where it stands in a document
                raise PydanticCustomError("large_integer", "must be an integer of 64 bits")
        elif each is not None:
            raise PydanticCustomError("not_a_value", "not a value that a parameter can have")
    return value


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the doubles
        return False


Value = Annotated[
    bool | int | float | str | list[int] | list[float | None] | list[list[float]] | None, BeforeValidator(_plain)
]


class _Declared(BaseModel):
    """What every kind of Param has: its id, its symbol in the formula (LaTeX) and its words."""

    # Whoever reads a declaration finds every field in it, so the schema calls them all required.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    id: str
    title: Text
    help: Text
    symbol: str = ""
    optional: bool = False  # None may be given, and means what the help says

    def _refuse(self, english: str, chinese: str) -> Invalid:
        return Invalid(self.id, Text(english, chinese))

    def _missing(self, value: object) -> bool:
        return value is None and self.optional


def _range_words(minimum: float, maximum: float, above: bool, below: bool) -> str:
    """An interval as mathematicians write it: [0, 1) and the like."""
    return f"{'(' if above else '['}{minimum:g}, {maximum:g}{')' if below else ']'}"


def _in_range(value: float, minimum: float, maximum: float, above: bool, below: bool) -> bool:
    too_low = value <= minimum if above else value < minimum
    too_high = value >= maximum if below else value > maximum
    return not (too_low or too_high)


class Number(_Declared):
    """A real number. `minimum`..`maximum` is what is accepted, `low`..`high` what a slider offers.

    above, below: the end of the accepted range is itself excluded.
    scale: how the slider is spaced; on a log slider `low` > 0, and 0 can still be typed where it is accepted.
    """

    kind: Literal["number"] = "number"
    default: float | None
    minimum: float
    maximum: float
    above: bool = False
    below: bool = False
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"

    def check(self, value: object) -> float | None:
        """The number, or None where that is allowed; raises `Invalid`."""
        if self._missing(value):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(f"must be a number in {self.span}", f"应为 {self.span} 内的数")
        if not _finite(value):
            raise self._refuse(f"must be finite, in {self.span}", f"应为有限数，范围 {self.span}")
        if not _in_range(value, self.minimum, self.maximum, self.above, self.below):
            raise self._refuse(f"{value!r} is outside {self.span}", f"{value!r} 超出范围 {self.span}")
        return float(value)

    @property
    def span(self) -> str:
        """The accepted range in words."""
        return _range_words(self.minimum, self.maximum, self.above, self.below)


class Integer(_Declared):
    """A whole number in `minimum`..`maximum`, both ends included; `low`..`high` is what a slider offers."""

    kind: Literal["integer"] = "integer"
    default: int | None
    minimum: int
    maximum: int
    low: int
    high: int

    def check(self, value: object) -> int | None:
        """The number, or None where that is allowed; raises `Invalid`."""
        if self._missing(value):
            return None
        span = _range_words(self.minimum, self.maximum, above=False, below=False)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refuse(f"must be a whole number in {span}", f"应为 {span} 内的整数")
        if not self.minimum <= value <= self.maximum:
            raise self._refuse(f"{value} is outside {span}", f"{value} 超出范围 {span}")
        return value


class Boolean(_Declared):
    """On or off."""

    kind: Literal["boolean"] = "boolean"
    default: bool

    def check(self, value: object) -> bool:
        """The value; raises `Invalid`."""
        if not isinstance(value, bool):
            raise self._refuse("must be true or false", "应为 true 或 false")
        return value


class Choice(_Declared):
    """One of a few words."""

    kind: Literal["choice"] = "choice"
    default: str | None
    options: tuple[str, ...]

    def check(self, value: object) -> str | None:
        """The word, or None where that is allowed; raises `Invalid`."""
        if self._missing(value):
            return None
        if not isinstance(value, str) or value not in self.options:
            words = ", ".join(self.options) + (" or null" if self.optional else "")
            raise self._refuse(f"must be one of: {words}", f"应为以下之一：{words}")
        return value


class _Several(_Declared):
    """A list of a fixed number of real numbers; each has a range and a slider of its own."""

    def _parts(self) -> tuple[Number, ...]:
        raise NotImplementedError

    @property
    def default(self) -> list[float | None]:
        """The defaults of all."""
        return [part.default for part in self._parts()]

    def _check_all(self, value: object, english: str, chinese: str) -> list[float | None]:
        parts = self._parts()
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != len(parts):
            raise self._refuse(f"must be a list of {english} numbers", f"应为{chinese}个数的列表")
        return [self._element(n, param, value[n]) for n, param in enumerate(parts)]

    def _element(self, n: int, param: Number, value: object) -> float | None:
        try:
            return param.check(value)
        except Invalid as error:
            raise Invalid(f"{self.id}[{n}]", error.text) from None


class Pair(_Several):
    """Two real numbers, such as Adam's betas. `first` and `second` give each its range and slider.

    ordered: the first must be less than the second.
    """

    kind: Literal["pair"] = "pair"
    first: Number
    second: Number
    ordered: bool = False

    def _parts(self) -> tuple[Number, ...]:
        return self.first, self.second

    def check(self, value: object) -> list[float | None]:
        """Both numbers; raises `Invalid` naming the one that is wrong."""
        checked = self._check_all(value, "two", "两")
        low, high = checked
        if self.ordered and low is not None and high is not None and not low < high:
            raise self._refuse("the first must be less than the second", "第一个数应小于第二个数")
        return checked


class Triple(_Several):
    """Three real numbers, such as the coefficients of Muon's iteration; each has its range and slider."""

    kind: Literal["triple"] = "triple"
    first: Number
    second: Number
    third: Number

    def _parts(self) -> tuple[Number, ...]:
        return self.first, self.second, self.third

    def check(self, value: object) -> list[float | None]:
        """All three; raises `Invalid` naming the one that is wrong."""
        return self._check_all(value, "three", "三")


class Integers(_Declared):
    """A list of whole numbers, such as the widths of hidden layers: at most `max_length` of them, each in a range.

    `low`..`high` is what a slider for one offers.
    """

    kind: Literal["integers"] = "integers"
    default: list[int]
    minimum: int
    maximum: int
    low: int
    high: int
    max_length: int

    def check(self, value: object) -> list[int]:
        """The numbers; raises `Invalid` naming the one that is wrong."""
        if not isinstance(value, list):
            raise self._refuse("must be a list of whole numbers", "应为整数的列表")
        if len(value) > self.max_length:
            raise self._refuse(
                f"holds at most {self.max_length}; there are {len(value)}",
                f"最多 {self.max_length} 项，现有 {len(value)} 项",
            )
        span = _range_words(self.minimum, self.maximum, above=False, below=False)
        for n, each in enumerate(value):
            if isinstance(each, bool) or not isinstance(each, int) or not self.minimum <= each <= self.maximum:
                raise Invalid(f"{self.id}[{n}]", Text(f"must be a whole number in {span}", f"应为 {span} 内的整数"))
        return list(value)


class Rows(_Declared):
    """A table of numbers, such as points put on a plot: at most `max_rows` rows of one number a column.

    minimum, maximum: what each number must lie in.
    """

    kind: Literal["rows"] = "rows"
    default: list[list[float]]
    columns: tuple[Text, ...]
    max_rows: int
    minimum: float
    maximum: float

    def check(self, value: object) -> list[list[float]]:
        """The rows; raises `Invalid` naming the one that is wrong."""
        if not isinstance(value, list) or len(value) > self.max_rows:
            raise self._refuse(f"must be a list of at most {self.max_rows} rows", f"应为至多 {self.max_rows} 行的列表")
        return [self._row(n, row) for n, row in enumerate(value)]

    def _row(self, n: int, row: object) -> list[float]:
        if not isinstance(row, list) or len(row) != len(self.columns):
            en, zh = ", ".join(column.en for column in self.columns), "、".join(column.zh for column in self.columns)
            raise Invalid(f"{self.id}[{n}]", Text(f"needs one number each for: {en}", f"每行各需一个数：{zh}"))
        span = _range_words(self.minimum, self.maximum, above=False, below=False)
        for m, each in enumerate(row):
            if isinstance(each, bool) or not isinstance(each, int | float) or not self.minimum <= each <= self.maximum:
                raise Invalid(f"{self.id}[{n}][{m}]", Text(f"must be a number in {span}", f"应为 {span} 内的数"))
        return [float(each) for each in row]


class String(_Declared):
    """Text that the user types, such as an expression. What it may say is checked by the entry that reads it."""

    kind: Literal["string"] = "string"
    default: str
    max_length: int

    def check(self, value: object) -> str:
        """The text; raises `Invalid`."""
        if not isinstance(value, str):
            raise self._refuse("must be text", "应为文本")
        if len(value) > self.max_length:
            text = Text(
                f"has {len(value)} characters; at most {self.max_length} are read",
                f"共 {len(value)} 个字符；最多 {self.max_length} 个",
            )
            raise Invalid(self.id, text, column=self.max_length + 1)
        return value


Param = Annotated[
    Number | Integer | Integers | Boolean | Choice | Pair | Triple | Rows | String, Field(discriminator="kind")
]
AnyParam = Number | Integer | Integers | Boolean | Choice | Pair | Triple | Rows | String


def complete(declared: Sequence[AnyParam], given: Mapping[str, object]) -> dict[str, Value]:
    """Every declared Param with its checked value: the given one, or the default.

    Raises `Invalid` naming the Param for an unknown one, a wrong type, a number that is not finite or out of range.
    """
    defaults: dict[str, object] = {param.id: param.default for param in declared}
    return changed(declared, defaults, given)  # type: ignore[arg-type]  # a default is one of Value's members


def changed(
    declared: Sequence[AnyParam], current: Mapping[str, Value], given: Mapping[str, object]
) -> dict[str, Value]:
    """The current values, already checked, with the given ones over them. Raises as `complete` does."""
    known = {param.id: param for param in declared}
    check_names(known, given)
    checked = {name: known[name].check(value) for name, value in given.items()}
    return {**current, **checked}


def check_names(known: Mapping[str, object], given: Mapping[str, object]) -> None:
    """Raises `Invalid` for the first name in `given` that is not in `known`."""
    for name in given:
        if name not in known:
            words = ", ".join(known) or "none"
            raise Invalid(name, Text(f"unknown; known here: {words}", f"未知；此处可用：{words}"))
