"""Builds one column of a file: numbers as long as every cell is a number, else texts."""

import math
from array import array
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from steepest.problems.table.notation import NumberReading, is_marked_gap
from steepest.problems.table.table import MAX_CLASSES, MAX_NUMBER, ColumnUse, cell_error
from steepest.spec import Text

EMPTY_CODE = -1


def _plain(found: Sequence[float], cells: Sequence[str]) -> bool:
    """Whether none is NaN, and none has an underscore, which only Python reads as part of a number."""
    return not any(map(math.isnan, found)) and "_" not in "".join(cells)


class ColumnBuilder:
    """The cells of one column. number: of the column, from 1. unnamed: there is a header, and no name in it."""

    def __init__(self, name: str, number: int, *, unnamed: bool = False) -> None:
        self.name = name
        self.unnamed = unnamed
        self.left_out: tuple[ColumnUse, Text] | None = None  # where it is, and why
        self.number = number
        self.is_text = False
        self.first_text: tuple[int, str] = 0, ""  # the first cell that is not a number: row and text
        self.numbers = array("d")  # NaN where the cell is empty
        self._out_of_range: tuple[int, str] | None = None  # the first cell that is inf, nan or too large: row and text
        self.codes = array("i")
        self.texts: dict[str, int] = {}
        self.reading = NumberReading()  # of a column of texts: the numbers that they may be
        self.notes: list[Text] = []  # how the numbers are written
        self.gaps: set[str] = set()  # cells that mark an empty one

    def take_numbers(self, values: NDArray[np.float64]) -> None:
        """Adds cells that are empty (NaN) or numbers within the limit."""
        self.numbers.frombytes(values.tobytes())

    def take(self, rows: Sequence[int], cells: Sequence[str]) -> None:
        """Adds cells. One that is not a number makes this a column of texts."""
        if self.is_text:
            return
        try:
            found = [*map(float, cells)]
        except ValueError:
            found = []
        if found and -MAX_NUMBER <= min(found) <= max(found) <= MAX_NUMBER and _plain(found, cells):
            self.numbers.extend(found)
            return
        for row, cell in zip(rows, cells, strict=True):
            value = self._number(row, cell.strip())
            if value is None:
                self.is_text, self.first_text = True, (row, cell.strip())
                self.numbers = array("d")
                return
            self.numbers.append(value)

    def _number(self, row: int, cell: str) -> float | None:
        if not cell:
            return math.nan
        if "_" in cell or cell == "NaN":  # which marks an empty cell
            return None
        try:
            value = float(cell)
        except ValueError:
            return None
        if not abs(value) <= MAX_NUMBER and self._out_of_range is None:
            self._out_of_range = row, cell
        return value

    def check_finite(self) -> None:
        """Raises `Invalid` with row and column for inf, nan or too large a number in a column of numbers."""
        if self._out_of_range and not self.is_text:
            row, cell = self._out_of_range
            raise cell_error(
                row,
                self.number,
                f"{cell[:20]!r} is not a number of at most {MAX_NUMBER:g} in size",
                f"{cell[:20]!r} 不是绝对值至多 {MAX_NUMBER:g} 的数",
                self.name,
            )

    def too_many(self) -> bool:
        """Whether it has more distinct texts than `MAX_CLASSES`."""
        return len(self.texts) > MAX_CLASSES

    def take_texts(self, rows: Sequence[int], cells: Sequence[str]) -> None:
        """Adds cells of a column of texts, in the second pass. Raises `Invalid` for a formula."""
        self.reading.take(rows, cells)
        if self.too_many():
            return
        with suppress(KeyError):  # usually all texts are known
            self.codes.extend([self.texts[cell] for cell in cells])
            return
        for row, cell in zip(rows, cells, strict=True):
            text = cell.strip()
            if text.startswith("="):
                raise cell_error(
                    row,
                    self.number,
                    f"{text[:20]!r} is a formula, and formulas are not evaluated: save the values",
                    f"{text[:20]!r} 是公式，此处不计算公式：请保存为数值",
                    self.name,
                )
            if not text:
                self.codes.append(EMPTY_CODE)
                continue
            self.codes.append(self.texts.setdefault(text, len(self.texts)))
            if self.too_many():
                self.codes = array("i")
                return

    def become_numbers(self, comma: bool) -> None:
        """Makes a column of texts one of the numbers that they are. comma: read with decimal commas."""
        found = self.reading.comma if comma else self.reading.point
        assert found is not None
        self.numbers, self.is_text = found, False
        self._out_of_range = self.reading.out_of_range
        self.notes, self.gaps = self.reading.notes(comma), self.reading.gaps
        self.codes, self.texts = array("i"), {}

    def end_texts(self) -> None:
        """After the last of the texts: those that mark an empty cell are none of them."""
        self.first_text = self.reading.failed if self.reading.failed[0] else self.first_text
        self.gaps = {text for text in self.texts if is_marked_gap(text)}
        if self.gaps:
            empty = {self.texts[text] for text in self.gaps}
            self.codes = array("i", [EMPTY_CODE if code in empty else code for code in self.codes])
