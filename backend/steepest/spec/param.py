"""Declarations of the values that a user may set: kind, default, range, slider and words.

The catalog consists of these. The same declaration checks a value, gives the default and draws the page's control.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.spec.errors import Invalid, invalid
from steepest.spec.text import Text
from steepest.spec.value import Value, is_finite, is_integer, is_number


class _Declared(BaseModel):
    """What every kind of Param has.

    symbol: in the formula, LaTeX. optional: None is accepted; the help says what it means.
    """

    # Readers of a declaration find every field in it, so the schema calls them all required.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    id: str
    title: Text
    help: Text
    symbol: str = ""
    optional: bool = False

    def check(self, value: object) -> Any:
        """The value in its own type, or None where that is accepted. Raises `Invalid` naming the Param."""
        return None if value is None and self.optional else self._check(value)

    def _check(self, value: object) -> Any:
        raise NotImplementedError

    def _error(self, english: str, chinese: str, *place: int) -> Invalid:
        """place: the indices of the wrong element in a list."""
        return invalid(self.id + "".join(f"[{n}]" for n in place), english, chinese)


def _interval(minimum: float, maximum: float, above: bool = False, below: bool = False) -> str:
    """In mathematical notation: [0, 1) and the like."""
    return f"{'(' if above else '['}{_plain(minimum)}, {_plain(maximum)}{')' if below else ']'}"


def _plain(value: float) -> str:
    """As people write it: 1000000, 1e9, 1e-5; not 1e+06."""
    if abs(value) < 1e7 and value == int(value):
        return str(int(value))
    return re.sub(r"e([+-])0*", lambda found: f"e{found[1].replace('+', '')}", f"{value:g}")


class Number(_Declared):
    """A real number.

    minimum, maximum: of the accepted range. above, below: that end itself is excluded.
    low, high: of the slider. scale: its spacing; on a log slider `low` > 0, and an accepted 0 can still be typed.
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

    def _check(self, value: object) -> float:
        accepted = _interval(self.minimum, self.maximum, self.above, self.below)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(f"must be a number in {accepted}", f"应为 {accepted} 内的数")
        if not is_finite(value):
            raise self._error(f"must be finite, in {accepted}", f"应为有限数，范围 {accepted}")
        high_enough = value > self.minimum if self.above else value >= self.minimum
        low_enough = value < self.maximum if self.below else value <= self.maximum
        if not (high_enough and low_enough):
            raise self._error(f"{value!r} is outside {accepted}", f"{value!r} 超出范围 {accepted}")
        return float(value)


class Integer(_Declared):
    """A whole number in `minimum`..`maximum`, both included; `low`..`high` is the slider's range."""

    kind: Literal["integer"] = "integer"
    default: int | None
    minimum: int
    maximum: int
    low: int
    high: int

    def _check(self, value: object) -> int:
        accepted = _interval(self.minimum, self.maximum)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._error(f"must be a whole number in {accepted}", f"应为 {accepted} 内的整数")
        if not self.minimum <= value <= self.maximum:
            raise self._error(f"{value} is outside {accepted}", f"{value} 超出范围 {accepted}")
        return value


class Boolean(_Declared):
    """On or off."""

    kind: Literal["boolean"] = "boolean"
    default: bool

    def _check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self._error("must be true or false", "应为 true 或 false")
        return value


class Choice(_Declared):
    """One of a few words."""

    kind: Literal["choice"] = "choice"
    default: str | None
    options: tuple[str, ...]

    def _check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            words = ", ".join(self.options) + (" or null" if self.optional else "")
            raise self._error(f"must be one of: {words}", f"应为以下之一：{words}")
        return value


class _Tuple(_Declared):
    """A list of a fixed number of real numbers; each has its own range and slider."""

    def _numbers(self) -> tuple[Number, ...]:
        raise NotImplementedError

    @property
    def default(self) -> list[float | None]:
        """The defaults of all."""
        return [number.default for number in self._numbers()]

    def _check(self, value: object) -> list[float | None]:
        numbers = self._numbers()
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != len(numbers):
            english, chinese = {2: ("two", "两"), 3: ("three", "三")}[len(numbers)]
            raise self._error(f"must be a list of {english} numbers", f"应为{chinese}个数的列表")
        checked: list[float | None] = []
        for n, number in enumerate(numbers):
            try:
                checked.append(number.check(value[n]))
            except Invalid as error:
                raise Invalid(f"{self.id}[{n}]", error.text) from None
        return checked


class Pair(_Tuple):
    """Two real numbers, such as Adam's betas. ordered: the first must be less than the second."""

    kind: Literal["pair"] = "pair"
    first: Number
    second: Number
    ordered: bool = False

    def _numbers(self) -> tuple[Number, ...]:
        return self.first, self.second

    def _check(self, value: object) -> list[float | None]:
        low, high = checked = super()._check(value)
        if self.ordered and low is not None and high is not None and not low < high:
            raise self._error("the first must be less than the second", "第一个数应小于第二个数")
        return checked


class Triple(_Tuple):
    """Three real numbers, such as the coefficients of Muon's iteration."""

    kind: Literal["triple"] = "triple"
    first: Number
    second: Number
    third: Number

    def _numbers(self) -> tuple[Number, ...]:
        return self.first, self.second, self.third


class Integers(_Declared):
    """At most `max_length` whole numbers, such as the widths of hidden layers; range and slider are those of each."""

    kind: Literal["integers"] = "integers"
    default: list[int]
    minimum: int
    maximum: int
    low: int
    high: int
    max_length: int

    def _check(self, value: object) -> list[int]:
        if not isinstance(value, list):
            raise self._error("must be a list of whole numbers", "应为整数的列表")
        if len(value) > self.max_length:
            most, count = self.max_length, len(value)
            raise self._error(f"holds at most {most}; there are {count}", f"最多 {most} 项，现有 {count} 项")
        accepted = _interval(self.minimum, self.maximum)
        for n, each in enumerate(value):
            if not (is_integer(each) and self.minimum <= each <= self.maximum):
                raise self._error(f"must be a whole number in {accepted}", f"应为 {accepted} 内的整数", n)
        return list(value)


class Rows(_Declared):
    """A table of numbers, such as points put on a plot: at most `max_rows` rows of one number for each column.

    minimum, maximum: of each number.
    """

    kind: Literal["rows"] = "rows"
    default: list[list[float]]
    columns: tuple[Text, ...]
    max_rows: int
    minimum: float
    maximum: float

    def _check(self, value: object) -> list[list[float]]:
        if not isinstance(value, list) or len(value) > self.max_rows:
            raise self._error(f"must be a list of at most {self.max_rows} rows", f"应为至多 {self.max_rows} 行的列表")
        accepted = _interval(self.minimum, self.maximum)
        for n, row in enumerate(value):
            if not isinstance(row, list) or len(row) != len(self.columns):
                en, zh = ", ".join(each.en for each in self.columns), "、".join(each.zh for each in self.columns)
                raise self._error(f"needs one number each for: {en}", f"每行各需一个数：{zh}", n)
            for m, each in enumerate(row):
                if not (is_number(each) and self.minimum <= each <= self.maximum):
                    raise self._error(f"must be a number in {accepted}", f"应为 {accepted} 内的数", n, m)
        return [[float(each) for each in row] for row in value]


class String(_Declared):
    """Text that the user types, such as an expression. The entry that reads it checks what it says."""

    kind: Literal["string"] = "string"
    default: str
    max_length: int

    def _check(self, value: object) -> str:
        if not isinstance(value, str):
            raise self._error("must be text", "应为文本")
        if len(value) > self.max_length:
            text = Text(
                f"has {len(value)} characters; at most {self.max_length} are read",
                f"共 {len(value)} 个字符；最多 {self.max_length} 个",
            )
            raise Invalid(self.id, text, column=self.max_length + 1)
        return value


AnyParam = Number | Integer | Integers | Boolean | Choice | Pair | Triple | Rows | String
Param = Annotated[AnyParam, Field(discriminator="kind")]


def number(
    name: str,
    title: Text,
    words: Text,
    *,
    default: float | None,
    accepts: tuple[float, float],
    slider: tuple[float, float] | None = None,
    symbol: str = "",
    above: bool = False,
    below: bool = False,
    log: bool = False,
    optional: bool = False,
) -> Number:
    """A `Number`. words: its help. slider: low and high, the accepted range if None. log: a logarithmic slider."""
    low, high = slider or accepts
    return Number(
        id=name,
        title=title,
        help=words,
        symbol=symbol,
        optional=optional,
        default=default,
        minimum=accepts[0],
        maximum=accepts[1],
        above=above,
        below=below,
        low=low,
        high=high,
        scale="log" if log else "linear",
    )


def integer(
    name: str,
    title: Text,
    words: Text,
    *,
    default: int | None,
    accepts: tuple[int, int],
    slider: tuple[int, int] | None = None,
    symbol: str = "",
    optional: bool = False,
) -> Integer:
    """An `Integer`. words: its help. slider: low and high, the accepted range if None."""
    (minimum, maximum), (low, high) = accepts, slider or accepts
    return Integer(
        id=name,
        title=title,
        help=words,
        symbol=symbol,
        optional=optional,
        default=default,
        minimum=minimum,
        maximum=maximum,
        low=low,
        high=high,
    )


def float_value(values: Mapping[str, Value], name: str) -> float:
    """A checked value that is declared as a number."""
    value = values[name]
    assert isinstance(value, int | float)
    return float(value)


def complete(declared: Sequence[AnyParam], given: Mapping[str, object]) -> dict[str, Value]:
    """Every declared Param with its checked value: the given one, or the default.

    Raises `Invalid` naming the Param for an unknown one, a wrong type, a number that is not finite or out of range.
    """
    return with_changes(declared, {param.id: param.default for param in declared}, given)


def with_changes(
    declared: Sequence[AnyParam], current: Mapping[str, Value], given: Mapping[str, object]
) -> dict[str, Value]:
    """The current values, already checked, with the given ones over them. Raises as `complete` does."""
    known = {param.id: param for param in declared}
    check_names(known, given)
    return {**current, **{name: known[name].check(value) for name, value in given.items()}}


def check_names(known: Mapping[str, object], given: Mapping[str, object]) -> None:
    """Raises `Invalid` for the first name in `given` that is not in `known`."""
    for name in given:
        if name not in known:
            words = ", ".join(known) or "none"
            raise invalid(name, f"unknown; known here: {words}", f"未知；此处可用：{words}")
