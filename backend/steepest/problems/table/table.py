"""A table of columns, its limits, and the errors of a file."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steepest.spec import Invalid, Text, invalid

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_RECORD = 65_536  # characters of one row
MAX_CLASSES = 100
MAX_ONE_HOT = 20  # texts of a column that can be inputs, one for each
MAX_NUMBER = 1e30  # in absolute value; its square is still finite
MAX_NAME = 100  # characters of a column's or class's name

# classes: one of a few texts. text: too many different texts for a model to use.
ColumnKind = Literal["number", "classes", "text"]

# number, classes: used. id: tells rows apart. constant, empty, texts: left out; texts are too many different ones.
ColumnUse = Literal["number", "classes", "id", "constant", "empty", "texts"]


@dataclass(frozen=True)
class Column:
    """A column without its cells.

    labels: of "classes": the texts of its codes, sorted.
    values: of "number": its distinct numbers, ascending; () where there are more than `MAX_CLASSES`.
    """

    name: str
    kind: ColumnKind
    labels: tuple[str, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Account:
    """What becomes of a column of the file. note: in words."""

    name: str
    use: ColumnUse
    note: Text


@dataclass(frozen=True)
class Table:
    """Columns of the same length without empty cells.

    numbers: float64[rows, columns of numbers]. codes: int32[rows, columns of classes]. Both in the order of columns.
    repairs: what was changed so that the file could be read, in words.
    accounts: of every column of the file; () for a table that was stored.
    """

    rows: int
    columns: tuple[Column, ...]
    numbers: NDArray[np.float64]
    codes: NDArray[np.int32]
    repairs: tuple[Text, ...] = ()
    accounts: tuple[Account, ...] = ()


def tells_rows_apart(column: Column, rows: int) -> bool:
    """Whether it has nearly as many kinds as the table has rows: no classes, but names of rows.

    So many are more than `MAX_ONE_HOT`, and more than half of the rows.
    """
    kinds = max(len(column.labels), len(column.values))
    return kinds > MAX_ONE_HOT and 2 * kinds > rows


def printable(name: str, most: int = MAX_NAME) -> str:
    """A text of the file, shortened and printable, for messages and labels."""
    short = name if len(name) <= most else name[: most - 1] + "…"
    return short if short.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in short)


def cell_error(row: int, column: int | None, english: str, chinese: str, name: str = "") -> Invalid:
    """The error of a row or one of its cells; both are counted from 1, the header included."""
    of = f" ({printable(name, 40)})" if name else ""
    cell = f", column {column}{of}" if column else ""
    place = f"第 {column} 列{of}" if column else ""
    return invalid("file", f"row {row}{cell}: {english}", f"第 {row} 行{place}：{chinese}")


def file_error(english: str, chinese: str) -> Invalid:
    """The error of the whole file."""
    return invalid("file", english, chinese)
