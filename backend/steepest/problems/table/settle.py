"""Decides which columns of texts are numbers, and whether a comma in them is a decimal point or between thousands."""

import numpy as np

from steepest.problems.table.column_builder import ColumnBuilder
from steepest.problems.table.decode import CsvRows
from steepest.problems.table.notation import NumberReading
from steepest.problems.table.row_batches import row_batches
from steepest.problems.table.table import printable
from steepest.spec import Text

_NAMED = 8  # columns that a note names


def settle_numbers(columns: list[ColumnBuilder], rows: CsvRows, has_header: bool) -> None:
    """Makes columns of texts into numbers where every cell is one. Raises `Invalid` for one that is too large.

    Cells such as 1,234 are numbers in two ways. Decimal commas elsewhere in the file decide; without them, three
    digits after each comma are thousands.
    """
    possible = [column for column in columns if column.is_text and column.reading.possible]
    comma_file = any(column.reading.point is None for column in possible)
    point_file = any(column.reading.comma is None for column in possible)
    for column in columns:
        if column.is_text and column.reading.possible:
            column.become_numbers(column.reading.point is None or (comma_file and not point_file))
            column.check_finite()
        elif column.is_text:
            column.end_texts()
    if comma_file and not point_file:
        _reread_points(columns, possible, rows, has_header)


def _reread_points(columns: list[ColumnBuilder], settled: list[ColumnBuilder], rows: CsvRows, has_header: bool) -> None:
    """In a file of decimal commas, 1.234 is a thousand where every such cell of the column has three digits."""
    open_ = [
        column
        for column in columns
        if not column.is_text
        and column not in settled
        and not np.array_equal(found := np.array(column.numbers), np.trunc(found), equal_nan=True)
    ]
    if not open_:
        return
    readings = {column.number: NumberReading() for column in open_}
    for batch in row_batches(rows, len(columns), has_header):
        for column in open_:
            readings[column.number].take(batch.rows, batch.cells[column.number - 1])
    for column in open_:
        column.reading = readings[column.number]
        if column.reading.comma is not None:
            column.become_numbers(comma=True)


def notes_of(columns: list[ColumnBuilder]) -> list[Text]:
    """How the numbers are written, and what marks an empty cell, each with its columns."""
    found: dict[Text, list[ColumnBuilder]] = {}
    for column in columns:
        notes = list(column.notes)
        if column.gaps:
            marks = ", ".join(sorted(printable(gap, 20) for gap in column.gaps))
            notes.append(Text(f"empty cells are marked {marks}", f"空单元格记作 {marks}"))
        for note in notes:
            found.setdefault(note, []).append(column)
    return [_with_columns(note, where) for note, where in found.items()]


def _with_columns(note: Text, columns: list[ColumnBuilder]) -> Text:
    names = ", ".join(f"{column.number} ({printable(column.name, 40)})" for column in columns[:_NAMED])
    more = len(columns) - _NAMED
    word = "column" if len(columns) == 1 else "columns"
    return Text(
        f"{note.en}: {word} {names}" + (f" and {more} more" if more > 0 else ""),
        f"{note.zh}：第 {names} 列" + (f"，另有 {more} 列" if more > 0 else ""),
    )
