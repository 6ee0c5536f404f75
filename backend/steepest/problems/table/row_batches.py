"""Reads the rows of a text in batches; NumPy parses a whole batch of numbers at once."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.problems.table.decode import CsvRows
from steepest.problems.table.table import MAX_NUMBER, MAX_RECORD, cell_error

_BATCH_ROWS = 1000  # rows of a batch, where a row can span several lines

Cells = Sequence[str]  # of one column


@dataclass(frozen=True)
class RowBatch:
    """Consecutive rows, either as numbers or as texts.

    rows: their numbers, from 1.
    values: float64[rows, numeric columns], NaN where a cell is empty; or None.
    cells: the texts of every column, where `values` is None.
    """

    rows: Sequence[int]
    values: NDArray[np.float64] | None
    cells: Sequence[Cells] = ()


def row_batches(
    rows: CsvRows, width: int, has_header: bool, numeric: Callable[[], list[int]] | None = None
) -> Iterator[RowBatch]:
    """All rows except the header.

    numeric: gives the columns that are numeric so far, called before each batch; None for texts only.
    Raises `Invalid` for a row of another width.
    """
    if not rows.plain:
        yield from _of_records(iter(rows), width, has_header)
        return
    rows.empty = 0
    for before, chunk in rows.chunks():
        lines = chunk.split("\n")
        short = max(map(len, lines)) < MAX_RECORD  # a longer line is refused below
        if (
            numeric
            and short
            and not has_header
            and (values := _numbers(lines, rows.delimiter, width, numeric())) is not None
        ):
            yield RowBatch(range(before + 1, before + 1 + len(lines)), values)
        elif short and not has_header and (cells := _texts(lines, rows.delimiter, width)) is not None:
            yield RowBatch(range(before + 1, before + 1 + len(lines)), None, cells)
        else:  # an empty row, or an error
            yield from _of_records(rows.read(chunk + "\n", before), width, has_header)
            has_header = has_header and rows.empty == before + len(lines)  # only empty rows so far


def _of_records(source: Iterator[tuple[int, list[str]]], width: int, has_header: bool) -> Iterator[RowBatch]:
    source = islice(source, int(has_header), None)
    while batch := list(islice(source, _BATCH_ROWS)):
        for number, row in batch:
            if len(row) != width:
                raise cell_error(
                    number,
                    None,
                    f"has {len(row)} cells, and the first row has {width}",
                    f"有 {len(row)} 个单元格，而首行有 {width} 个",
                )
        yield RowBatch(tuple(number for number, _ in batch), None, [*zip(*(row for _, row in batch), strict=True)])


def _numbers(lines: list[str], delimiter: str, width: int, columns: list[int]) -> NDArray[np.float64] | None:
    """float64[rows, columns] if every line has the width and these cells are numbers or empty; else None."""
    if not columns or width < 2 or any(line.count(delimiter) != width - 1 for line in lines):
        return None
    try:
        return _within_limit(_load(lines, delimiter, columns))
    except ValueError:
        pass
    text = "\n".join(["", *lines, ""])
    if "nan" in text.lower():  # must not be confused with the NaN of an empty cell
        return None
    for _ in range(2):  # the second pass finds empty cells that follow each other
        text = text.replace(delimiter * 2, f"{delimiter}nan{delimiter}")
    text = text.replace(f"\n{delimiter}", f"\nnan{delimiter}").replace(f"{delimiter}\n", f"{delimiter}nan\n")
    try:
        found = _load(text[1:-1].split("\n"), delimiter, columns)
    except ValueError:
        return None
    empty = np.isnan(found)
    return None if empty.all(axis=1).any() or _within_limit(found[~empty]) is None else found


def _load(lines: list[str], delimiter: str, columns: list[int]) -> NDArray[np.float64]:
    return np.loadtxt(lines, delimiter=delimiter, comments=None, usecols=columns, ndmin=2)


def _within_limit(found: NDArray[Any]) -> NDArray[np.float64] | None:
    """The numbers if all are finite and within the limit; else None."""
    return found if bool((np.abs(found) <= MAX_NUMBER).all()) else None


def _texts(lines: list[str], delimiter: str, width: int) -> list[Cells] | None:
    """The cells by column if every line has the width and is not empty; else None."""
    rows = list(csv.reader(lines, delimiter=delimiter))
    if {*map(len, rows)} != {width} or not all(map(str.strip, map("".join, rows))):
        return None
    return [*zip(*rows, strict=True)]
