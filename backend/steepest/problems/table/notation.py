"""Numbers as people write them: decimal commas, thousands, currency, per cent; and what marks an empty cell."""

import math
import re
from array import array
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from steepest.problems.table.table import MAX_NUMBER
from steepest.spec import Text

# Empty in every column, and empty where the other cells are numbers.
_GAPS = ("?", "NA", "N/A", "n/a", "#N/A", "#NA", "NULL", "null", "NaN", "<NA>", "#VALUE!", "#DIV/0!", "#REF!")
_NUMBER_GAPS = (*_GAPS, "-", "--", "—", ".", "..", "…", "na", "None", "none", "nil", "missing", "无", "缺失")
_ANY_GAP = frozenset(_GAPS)
_NUMBER_GAP = frozenset(_NUMBER_GAPS)

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2012\u2013\ufe63\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "),
        **dict.fromkeys("\u2019\u2018\u02bc\uff07", "'"),
        "，": ",",
        "．": ".",
        "％": "%",
        "（": "(",
        "）": ")",
        "￥": "¥",
        "＄": "$",
        "￡": "£",
    }
)
_SIGNS = r"[$€£¥₹₩₽₺₫₴₦฿元円]"
_CODES = (
    r"(?:US\$|R\$|A\$|C\$|USD|EUR|GBP|CNY|RMB|JPY|CHF|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|Fr\.|Rs\.?|kr\.?|zł|Kč|Ft)"
)
_CURRENCY = re.compile(rf"(?m)^(?:([+-]?) ?(?:({_CODES}|{_SIGNS}) ?)(?=[+\-.\d])|(.*\d[.,]?) ?({_CODES}|{_SIGNS})$)")
_SAME_CURRENCY = {**dict.fromkeys(("元", "RMB", "CNY"), "¥"), "EUR": "€", "USD": "$", "US$": "$", "GBP": "£"}
_HAS_CURRENCY = re.compile(rf"{_SIGNS}|{_CODES}")
_BRACKETS = re.compile(r"(?m)^\(([^-+\n()]+)\)( ?%?)$")


def _cell(decimal: str, group: str) -> str:
    """The pattern of a number; a thousand has three digits after each mark, and does not begin with 0."""
    marks = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+" for mark in (group, " ", "'"))
    return rf"[+-]?(?:(?:(?:{marks}|\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?|(?i:inf|infinity|nan))"


_POINT, _COMMA = _cell(r"\.", ","), _cell(",", r"\.")
_NOT_POINT, _NOT_COMMA = (re.compile(rf"(?m)^(?!(?:{cell})?$).+") for cell in (_POINT, _COMMA))
_ONE = re.compile(rf"(?:{_POINT}|{_COMMA})(?: ?%)?")
_POINT_MARKS, _COMMA_MARKS = str.maketrans("", "", ", '"), str.maketrans(",", ".", ". '")


def is_gap(cell: str) -> bool:
    """Whether a cell is empty, or marked so, in a column of numbers."""
    return not cell.strip() or cell.strip() in _NUMBER_GAP


def is_marked_gap(cell: str) -> bool:
    """Whether a cell is marked as empty in a column of texts, where a dash or a point may be a class."""
    return cell in _ANY_GAP


def is_number(cell: str) -> bool:
    """Whether a cell is a number in one of the notations, and finite."""
    bare = cell.translate(_ALIKE).strip()
    if not bare or len(bare) > 60:
        return False
    found = _ONE.fullmatch(_BRACKETS.sub(r"-\1\2", _CURRENCY.sub(r"\1\3", bare)))
    return found is not None and "n" not in found.group().lower()


class NumberReading:
    """The cells of a column as numbers, with a decimal point and with a decimal comma, as long as each is possible.

    point, comma: the numbers so far, NaN for an empty cell; None once a cell is no such number.
    failed: the row and text of the cell that is a number in neither way.
    """

    def __init__(self) -> None:
        self.point: array[float] | None = array("d")
        self.comma: array[float] | None = array("d")
        self.failed: tuple[int, str] = 0, ""
        self.gaps: set[str] = set()
        self._marks: set[str] = set()  # of , . blank ' and − that occur in numbers
        self._currencies: set[str] = set()
        self._percent: tuple[int, int, tuple[int, str]] = 0, 0, (0, "")  # cells with %, all, and a cell with %
        self._brackets = False
        self.out_of_range: tuple[int, str] | None = None

    @property
    def possible(self) -> bool:
        """Whether all cells so far are numbers in one of the two ways."""
        return self.point is not None or self.comma is not None

    def take(self, rows: Sequence[int], cells: Sequence[str]) -> None:
        """Adds cells; without effect once it is not possible."""
        if not self.possible:
            return
        stripped = [*map(str.strip, cells)]
        marked = _NUMBER_GAP.intersection(stripped)
        if marked:
            self.gaps |= marked
            stripped = ["" if cell in marked else cell for cell in stripped]
        text = "\n".join(stripped)
        if text.count("\n") != len(cells) - 1:
            self._fail(rows, cells, next(n for n, cell in enumerate(stripped) if "\n" in cell))
            return
        text = self._without_signs(text, rows, cells)
        self.point, at_point = self._extended(self.point, ".", text, rows, stripped)
        self.comma, at_comma = self._extended(self.comma, ",", text, rows, stripped)
        if self.point is None and self.comma is None:
            self._fail(rows, cells, max(at_point, at_comma))
            return
        if len(self._currencies) > 1 or 0 < self._percent[0] < self._percent[1]:
            self._fail(rows, cells, 0)
            self.failed = self._percent[2] if self._percent[0] else self.failed
        self._marks.update(mark for mark in ",. '" if mark in text)

    def _extended(
        self, numbers: "array[float] | None", decimal: str, text: str, rows: Sequence[int], cells: Sequence[str]
    ) -> "tuple[array[float] | None, int]":
        """The numbers with those of a batch, or None and which cell is no such number. text: the cells, one a line."""
        if numbers is None:
            return None, 0
        found = None
        if not any(mark in text for mark in ("., '_" if decimal == "," else ", '_").replace(decimal, "")):
            with suppress(ValueError):  # without marks between thousands Python's own reading is strict enough
                found = [float(cell) if cell else math.nan for cell in text.replace(decimal, ".").split("\n")]
        if found is None:
            wrong = (_NOT_POINT if decimal == "." else _NOT_COMMA).search(text)
            if wrong is not None:
                return None, text.count("\n", 0, wrong.start())
            bare = text.translate(_POINT_MARKS if decimal == "." else _COMMA_MARKS)
            found = [float(cell) if cell else math.nan for cell in bare.split("\n")]
        outside = ~(np.abs(found) <= MAX_NUMBER)
        if outside.sum() > cells.count("") and self.out_of_range is None:
            n = next(n for n, cell in enumerate(cells) if cell and outside[n])
            self.out_of_range = rows[n], cells[n]
        numbers.extend(found)
        return numbers, 0

    def _fail(self, rows: Sequence[int], cells: Sequence[str], n: int) -> None:
        self.point = self.comma = None
        self.failed = rows[n], cells[n].strip()

    def _without_signs(self, text: str, rows: Sequence[int], cells: Sequence[str]) -> str:
        """Plain minus and blanks; without currency, per cent and brackets, which are noted."""
        if not text.isascii():
            plain = text.translate(_ALIKE)
            if plain.count("-") != text.count("-"):
                self._marks.add("\u2212")
            text = plain
        if _HAS_CURRENCY.search(text):
            for match in _CURRENCY.finditer(text):
                sign = match.group(2) or match.group(4)
                self._currencies.add(_SAME_CURRENCY.get(sign, sign))
            text = _CURRENCY.sub(r"\1\3", text)
        if "(" in text:
            bare = _BRACKETS.sub(r"-\1\2", text)
            self._brackets |= bare != text
            text = bare
        with_sign, filled, example = self._percent
        if "%" in text and not with_sign:
            n = text.count("\n", 0, text.index("%"))
            example = rows[n], cells[n].strip()
        here = sum(map(bool, text.split("\n"))) if "%" in text or with_sign else 0
        now = text.count("%")
        if with_sign or now:
            self._percent = with_sign + now, (filled if with_sign else self._filled()) + here, example
            text = re.sub(r"(?m) ?%$", "", text)
        return text

    def _filled(self) -> int:
        """How many cells before this batch are not empty."""
        numbers = self.point if self.point is not None else self.comma
        return sum(not math.isnan(number) for number in numbers or ())

    def notes(self, comma: bool) -> list[Text]:
        """What is unusual in how the numbers are written, for the report. comma: as which they are read."""
        notes: list[Text] = []
        if comma and "," in self._marks:
            notes.append(Text("decimal commas", "小数点写作逗号"))
        for mark, en, zh in (
            (".", "points between thousands", "以点号分隔千位"),
            (",", "commas between thousands", "以逗号分隔千位"),
            (" ", "blanks between thousands", "以空格分隔千位"),
            ("'", "apostrophes between thousands", "以撇号分隔千位"),
        ):
            if mark in self._marks and mark != ("," if comma else "."):
                notes.append(Text(en, zh))
        if "\u2212" in self._marks:
            notes.append(Text("a minus sign of its own (−)", "使用专门的负号（−）"))
        if self._brackets:
            notes.append(Text("negative numbers in brackets", "负数写在括号中"))
        notes += [Text(f"currency: {sign}", f"货币：{sign}") for sign in sorted(self._currencies)]
        if self._percent[0]:
            notes.append(Text("per cent: 45% is read as 45", "百分数：45% 读作 45"))
        return notes
