"""The rows of a text, many at a time: what NumPy can read at once is not looked at cell by cell."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.problems.table.decode import Rows
from steepest.problems.table.table import MAX_NUMBER, MAX_RECORD, at

_BLOCK = 1000  # rows that are held as text at a time, where they are not read as lines

Cells = Sequence[str]  # of one column


@dataclass(frozen=True)
class Block:
    """Rows that follow each other, either as numbers or as texts.

    rows: their numbers, from 1. values: (rows, columns that were asked for) float64, NaN where a cell is empty.
    cells: of every column, where `values` is None.
    """

    rows: Sequence[int]
    values: NDArray[np.float64] | None
    cells: Sequence[Cells] = ()


def blocks(rows: Rows, width: int, has_head: bool, wanted: Callable[[], list[int]] | None = None) -> Iterator[Block]:
    """All rows but the head.

    wanted: the columns that were numbers so far, asked before each block; None where all are wanted as texts.
    Raises `Invalid` for a row of another width.
    """
    if not rows.plain:
        yield from _of_records(iter(rows), width, has_head)
        return
    rows.empty = 0
    for before, piece in rows.pieces():
        lines = piece.split("\n")
        short = max(map(len, lines)) < MAX_RECORD  # a longer line is refused below, in words
        if (
            wanted
            and short
            and not has_head
            and (values := _numbers(lines, rows.delimiter, width, wanted())) is not None
        ):
            yield Block(range(before + 1, before + 1 + len(lines)), values)
        elif short and not has_head and (cells := _texts(lines, rows.delimiter, width)) is not None:
            yield Block(range(before + 1, before + 1 + len(lines)), None, cells)
        else:  # an empty row, or something to refuse
            yield from _of_records(rows.read(piece + "\n", before), width, has_head)
            has_head = has_head and rows.empty == before + len(lines)  # only empty rows so far


def _of_records(source: Iterator[tuple[int, list[str]]], width: int, has_head: bool) -> Iterator[Block]:
    source = islice(source, int(has_head), None)
    while block := list(islice(source, _BLOCK)):
        for number, row in block:
            if len(row) != width:
                raise at(
                    number,
                    None,
                    f"has {len(row)} cells, and the first row has {width}",
                    f"有 {len(row)} 个单元格，而首行有 {width} 个",
                )
        yield Block(tuple(number for number, _ in block), None, [*zip(*(row for _, row in block), strict=True)])


def _numbers(lines: list[str], delimiter: str, width: int, wanted: list[int]) -> NDArray[np.float64] | None:
    """(rows, wanted) where each line has its width and all of these cells are numbers or empty; else None."""
    if not wanted or width < 2 or any(line.count(delimiter) != width - 1 for line in lines):
        return None
    try:
        return _few(_load(lines, delimiter, wanted))
    except ValueError:
        pass
    text = "\n".join(["", *lines, ""])
    if "nan" in text.lower():  # must not be taken for what stands for an empty cell here
        return None
    for _ in range(2):  # the second time for those between two that were filled
        text = text.replace(delimiter * 2, f"{delimiter}nan{delimiter}")
    text = text.replace(f"\n{delimiter}", f"\nnan{delimiter}").replace(f"{delimiter}\n", f"{delimiter}nan\n")
    try:
        found = _load(text[1:-1].split("\n"), delimiter, wanted)
    except ValueError:
        return None
    empty = np.isnan(found)
    return None if empty.all(axis=1).any() or _few(found[~empty]) is None else found


def _load(lines: list[str], delimiter: str, wanted: list[int]) -> NDArray[np.float64]:
    return np.loadtxt(lines, delimiter=delimiter, comments=None, usecols=wanted, ndmin=2)


def _few(found: NDArray[Any]) -> NDArray[np.float64] | None:
    """The same, where all are finite and not too large."""
    return found if bool((np.abs(found) <= MAX_NUMBER).all()) else None


def _texts(lines: list[str], delimiter: str, width: int) -> list[Cells] | None:
    """The cells by column where each line has its width and something in it; else None."""
    rows = list(csv.reader(lines, delimiter=delimiter))
    if {*map(len, rows)} != {width} or not all(map(str.strip, map("".join, rows))):
        return None
    return [*zip(*rows, strict=True)]
