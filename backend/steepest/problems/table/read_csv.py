"""Reads a CSV file into a table: irregularities are repaired and listed, or refused with row and column."""

from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.problems.table.accounts import accounts_of, numbers_rows
from steepest.problems.table.column_builder import EMPTY_CODE, ColumnBuilder
from steepest.problems.table.decode import CsvRows
from steepest.problems.table.encoding import decode
from steepest.problems.table.notation import is_gap, is_number
from steepest.problems.table.row_batches import row_batches
from steepest.problems.table.settle import notes_of, settle_numbers
from steepest.problems.table.table import (
    MAX_CLASSES,
    MAX_NAME,
    MAX_ROWS,
    Column,
    ColumnUse,
    Table,
    file_error,
    printable,
)
from steepest.spec import Text, counted

Cells = NDArray[Any]  # of one column: float64, or codes


def read_csv(body: bytes) -> Table:
    """The table in a file of at most some megabytes; reading needs a few times its size in memory.

    Raises `Invalid` with field "file" that names the row and the column, both counted from 1.
    """
    repairs: list[Text] = []
    rows = CsvRows(decode(body, repairs), repairs)
    first = [row for _, row in islice(rows, 2)]
    if not first:
        raise file_error("the file is empty", "文件为空")
    has_header = _is_header(first)
    names = _names(first[0], has_header, repairs)
    columns = [
        ColumnBuilder(name, n + 1, unnamed=has_header and not first[0][n].strip()) for n, name in enumerate(names)
    ]
    count = _read_plain(rows, columns, has_header)
    for column in columns:
        column.check_finite()
    if any(column.is_text for column in columns):
        for batch in row_batches(rows, len(names), has_header):
            for column, cells in zip(columns, batch.cells, strict=True):
                if column.is_text:
                    column.take_texts(batch.rows, cells)
        settle_numbers(columns, rows, has_header)
    if rows.empty_rows:
        empty = rows.empty_rows
        repairs.append(Text(f"{counted(empty, 'empty row')} left out", f"略去 {empty} 个空行"))
    repairs += notes_of(columns)
    return _table(columns, count, repairs)


def _read_plain(rows: CsvRows, columns: list[ColumnBuilder], has_header: bool) -> int:
    """Reads the columns of numbers as a program writes them, and returns the number of rows."""
    count = 0

    def numeric() -> list[int]:
        return [n for n, column in enumerate(columns) if not column.is_text]

    for batch in row_batches(rows, len(columns), has_header, numeric):
        count += len(batch.rows)
        if count > MAX_ROWS:
            raise file_error(f"has more than {MAX_ROWS} rows", f"多于 {MAX_ROWS} 行")
        if batch.values is not None:
            for n, values in zip(numeric(), batch.values.T, strict=True):
                columns[n].take_numbers(values)
        else:
            for column, cells in zip(columns, batch.cells, strict=True):
                column.take(batch.rows, cells)
    if count < 2:
        raise file_error(
            f"has {counted(count, 'row')} of data; at least 2 are needed", f"只有 {count} 行数据，至少需要 2 行"
        )
    return count


def _is_header(first: list[list[str]]) -> bool:
    """Whether the first of two rows names the columns: it has no number, or has a text above a number."""
    top, *rest = first
    numbers = [is_number(cell) for cell in top]
    if not any(numbers):
        return True
    below = [is_number(cell) for cell in rest[0]] if rest else []
    return any(
        not above and under and not is_gap(cell) for cell, above, under in zip(top, numbers, below, strict=False)
    )


def _names(header: list[str], has_header: bool, repairs: list[Text]) -> list[str]:
    """A unique printable name for each column."""
    if not has_header:
        repairs.append(Text("no header: columns are named by their numbers", "没有表头：各列以序号命名"))
        return [f"x{n + 1}" for n in range(len(header))]
    names: list[str] = []
    for n, cell in enumerate(header):
        name = printable(cell.strip(), MAX_NAME - 10) or f"x{n + 1}"
        again = 2
        while name in names:
            name, again = f"{printable(cell.strip(), MAX_NAME - 10) or f'x{n + 1}'} ({again})", again + 1
        if name != cell.strip():
            repairs.append(Text(f"column {n + 1} is named {name!r}", f"第 {n + 1} 列命名为 {name!r}"))
        names.append(name)
    return names


def _table(builders: list[ColumnBuilder], count: int, repairs: list[Text]) -> Table:
    """The table without constant or mostly empty columns, and without rows that have an empty cell."""
    cells: dict[int, Cells] = {}
    complete = np.ones(count, dtype=bool)
    for column in builders:
        if column.is_text and column.too_many():
            why = Text(f"more than {MAX_CLASSES} different texts", f"多于 {MAX_CLASSES} 种文本")
            repairs.append(_left_out(column, "texts", why))
            continue
        found: Cells = np.array(column.codes if column.is_text else column.numbers)
        filled = found != EMPTY_CODE if column.is_text else ~np.isnan(found)
        if 2 * filled.sum() < count:
            repairs.append(_left_out(column, "empty", Text("more than half of it is empty", "一半以上为空")))
        elif _is_constant(found[filled]):
            repairs.append(_left_out(column, "constant", _CONSTANT))
        else:
            cells[column.number] = found
            complete &= filled
    _without_ids(builders, cells, repairs)
    if not complete.all():
        gone = count - int(complete.sum())
        repairs.append(Text(f"{counted(gone, 'row')} with an empty cell left out", f"略去 {gone} 个含空单元格的行"))
    if complete.sum() < 2:
        raise file_error("fewer than 2 rows have no empty cell", "没有空单元格的行不足 2 行")
    for column in builders:
        if column.number in cells:
            cells[column.number] = cells[column.number][complete]
            if _is_constant(cells[column.number]):
                repairs.append(_left_out(column, "constant", _CONSTANT))
                del cells[column.number]
    _check_use([column for column in builders if column.number in cells], builders, repairs)
    return _built(builders, cells, int(complete.sum()), repairs)


def _check_use(left: list[ColumnBuilder], builders: list[ColumnBuilder], repairs: list[Text]) -> None:
    """Raises `Invalid` if no column of numbers is left as an input, or no other column to predict."""
    if len(left) >= 2 and not all(column.is_text for column in left):
        return
    why = list(repairs)
    text = next((column for column in builders if column.is_text), None)
    if text is not None:
        row, cell = text.first_text
        name, found = printable(text.name, 40), printable(cell, 20)
        why.append(
            Text(
                f"row {row}, column {text.number} ({name}): {found!r} is not a number",
                f"第 {row} 行第 {text.number} 列（{name}）：{found!r} 不是数",
            )
        )
    en, zh = "; ".join(each.en for each in why), "；".join(each.zh for each in why)
    raise file_error(
        f"needs a column of numbers, and another column to predict; {en or 'there is only one column'}",
        f"需要一列数值，以及由它预测的另一列；{zh or '此处只有一列'}",
    )


_CONSTANT = Text("it has the same value in every row", "各行都相同")


def _is_constant(cells: Cells) -> bool:
    return bool((cells == cells[0]).all())


def _left_out(column: ColumnBuilder, use: ColumnUse, why: Text) -> Text:
    column.left_out = use, Text(f"left out: {why.en}", f"已略去：{why.zh}")
    name = printable(column.name, 40)
    return Text(f"column {column.number} ({name}) left out: {why.en}", f"略去第 {column.number} 列（{name}）：{why.zh}")


def _without_ids(builders: list[ColumnBuilder], cells: dict[int, Cells], repairs: list[Text]) -> None:
    """Leaves out the columns that number the rows, where enough is left without them."""
    ids = [column for column in builders if column.number in cells and numbers_rows(column)]
    left = [column for column in builders if column.number in cells and column not in ids]
    if len(left) >= 2 and not all(column.is_text for column in left):
        for column in ids:
            repairs.append(_left_out(column, "id", Text("it numbers the rows", "它只是各行的编号")))
            del cells[column.number]


def _built(builders: list[ColumnBuilder], cells: dict[int, Cells], rows: int, repairs: list[Text]) -> Table:
    columns: list[Column] = []
    numbers: list[Cells] = []
    codes: list[Cells] = []
    for column in builders:
        found = cells.get(column.number)
        if found is None:
            if column.is_text and column.too_many():
                columns.append(Column(column.name, "text"))
        elif column.is_text:
            used, code = np.unique(found, return_inverse=True)
            texts = list(column.texts)  # in the order of their codes
            labels = [texts[each] for each in used]
            order = np.argsort(np.argsort(labels))
            codes.append(order[code])
            columns.append(Column(column.name, "classes", labels=tuple(printable(label) for label in sorted(labels))))
        else:
            values = np.unique(found)
            numbers.append(found)
            few = tuple(values.tolist()) if len(values) <= MAX_CLASSES else ()
            columns.append(Column(column.name, "number", values=few))
    return Table(
        rows=rows,
        columns=tuple(columns),
        accounts=accounts_of(builders, tuple(columns), rows),
        numbers=np.stack(numbers, axis=1),
        codes=np.stack(codes, axis=1).astype(np.int32) if codes else np.empty((rows, 0), dtype=np.int32),
        repairs=tuple(repairs),
    )
