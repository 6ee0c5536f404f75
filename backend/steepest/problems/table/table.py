"""A table of columns, and how large one may be."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steepest.spec import Invalid, Text

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_RECORD = 65_536  # characters of one row
MAX_CLASSES = 100
MAX_NUMBER = 1e30  # in size: its square is still a number
MAX_NAME = 100  # characters of a column's or class's name that are kept

# What a column can be: numbers; one of a few texts; texts that are of no use to a model.
Kind = Literal["number", "classes", "text"]


@dataclass(frozen=True)
class Column:
    """What is known of a column without its cells.

    labels: of "classes": the texts that its codes stand for, in the order of the alphabet. values: of "number": its
    different numbers ascending, () where there are more than `MAX_CLASSES`.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Table:
    """Columns with the same number of cells, none of them empty.

    numbers: (rows, columns of numbers) float64. codes: (rows, columns of classes) int32. Both in the order of columns.
    repairs: what was done to the file so that it could be read, in words.
    """

    rows: int
    columns: tuple[Column, ...]
    numbers: NDArray[np.float64]
    codes: NDArray[np.int32]
    repairs: tuple[Text, ...] = ()


def shown(name: str, most: int = MAX_NAME) -> str:
    """A text of the file's as one line of characters that can be seen: it goes into messages and labels."""
    short = name if len(name) <= most else name[: most - 1] + "…"
    return short if short.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in short)


def at(row: int, column: int | None, english: str, chinese: str, name: str = "") -> Invalid:
    """What is wrong with a row or one of its cells; both are counted from 1, the head too."""
    of = f" ({shown(name, 40)})" if name else ""
    cell = f", column {column}{of}" if column else ""
    place = f"第 {column} 列{of}" if column else ""
    return Invalid("file", Text(f"row {row}{cell}: {english}", f"第 {row} 行{place}：{chinese}"))


def whole(english: str, chinese: str) -> Invalid:
    """What is wrong with the file as a whole."""
    return Invalid("file", Text(english, chinese))
