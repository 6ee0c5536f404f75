"""A CSV file read into a table: every oddity is repaired and told, or refused with its row and column."""

import math
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.problems.table.column_builder import EMPTY_CODE, Gathered
from steepest.problems.table.decode import Rows, decode
from steepest.problems.table.row_batches import blocks
from steepest.problems.table.table import MAX_CLASSES, MAX_NAME, MAX_ROWS, Column, Table, shown, whole
from steepest.spec import Text

Cells = NDArray[Any]  # of one column: float64, or codes


def read_csv(body: bytes) -> Table:
    """The table in a file. body: at most some megabytes; what is held beside it is a few times as much.

    Raises `Invalid` with field "file"; its words name the row and the column, both counted from 1.
    """
    repairs: list[Text] = []
    rows = Rows(decode(body, repairs), repairs)
    first = [row for _, row in islice(rows, 2)]
    if not first:
        raise whole("the file is empty", "文件为空")
    has_head = _is_head(first)
    names = _names(first[0], has_head, repairs)
    columns = [Gathered(name, n + 1) for n, name in enumerate(names)]
    count = 0

    def numeric() -> list[int]:
        return [n for n, column in enumerate(columns) if not column.is_text]

    for block in blocks(rows, len(names), has_head, numeric):
        count += len(block.rows)
        if count > MAX_ROWS:
            raise whole(f"has more than {MAX_ROWS} rows", f"多于 {MAX_ROWS} 行")
        if block.values is not None:
            for n, values in zip(numeric(), block.values.T, strict=True):
                columns[n].take_numbers(values)
        else:
            for column, cells in zip(columns, block.cells, strict=True):
                column.take(block.rows, cells)
    if count < 2:
        raise whole(f"has {count} {_rows(count)} of data; at least 2 are needed", f"只有 {count} 行数据，至少需要 2 行")
    for column in columns:
        column.check_finite()
    if any(column.is_text for column in columns):
        for block in blocks(rows, len(names), has_head):
            for column, cells in zip(columns, block.cells, strict=True):
                if column.is_text:
                    column.take_texts(block.rows, cells)
    if rows.empty:
        repairs.append(Text(f"{rows.empty} empty {_rows(rows.empty)} left out", f"略去 {rows.empty} 个空行"))
    return _table(columns, count, repairs)


def _is_head(first: list[list[str]]) -> bool:
    """Whether the first of two rows names the columns: it has no number, or a text above a number."""
    top, *rest = first
    numbers = [_is_number(cell) for cell in top]
    below = [_is_number(cell) for cell in rest[0]] if rest else []
    return not any(numbers) or any(not above and under for above, under in zip(numbers, below, strict=False))


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def _names(head: list[str], has_head: bool, repairs: list[Text]) -> list[str]:
    """One different name a column, with what can be seen of the file's own."""
    if not has_head:
        repairs.append(Text("no head: columns are named by their numbers", "没有表头：各列以序号命名"))
        return [f"x{n + 1}" for n in range(len(head))]
    names: list[str] = []
    for n, cell in enumerate(head):
        name = shown(cell.strip(), MAX_NAME - 10) or f"x{n + 1}"
        again = 2
        while name in names:
            name, again = f"{shown(cell.strip(), MAX_NAME - 10) or f'x{n + 1}'} ({again})", again + 1
        if name != cell.strip():
            repairs.append(Text(f"column {n + 1} is named {name!r}", f"第 {n + 1} 列命名为 {name!r}"))
        names.append(name)
    return names


def _table(gathered: list[Gathered], count: int, repairs: list[Text]) -> Table:
    """Without columns that say nothing, and without rows that have an empty cell."""
    cells: dict[int, Cells] = {}
    there = np.ones(count, dtype=bool)
    for column in gathered:
        if column.is_text and column.too_many():
            repairs.append(_left_out(column, f"more than {MAX_CLASSES} different texts", f"多于 {MAX_CLASSES} 种文本"))
            continue
        found: Cells = np.array(column.codes if column.is_text else column.numbers)
        filled = found != EMPTY_CODE if column.is_text else ~np.isnan(found)
        if 2 * filled.sum() < count:
            repairs.append(_left_out(column, "more than half of it is empty", "一半以上为空"))
        elif _same(found[filled]):
            repairs.append(_left_out(column, *_SAME))
        else:
            cells[column.number] = found
            there &= filled
    if not there.all():
        gone = count - int(there.sum())
        repairs.append(Text(f"{gone} {_rows(gone)} with an empty cell left out", f"略去 {gone} 个含空单元格的行"))
    if there.sum() < 2:
        raise whole("fewer than 2 rows have no empty cell", "没有空单元格的行不足 2 行")
    for column in gathered:
        if column.number in cells:
            cells[column.number] = cells[column.number][there]
            if _same(cells[column.number]):
                repairs.append(_left_out(column, *_SAME))
                del cells[column.number]
    _check_use([column for column in gathered if column.number in cells], gathered, repairs)
    return _built(gathered, cells, int(there.sum()), repairs)


def _check_use(left: list[Gathered], gathered: list[Gathered], repairs: list[Text]) -> None:
    """Raises `Invalid` where no number is left to be an input, or nothing to be predicted from it."""
    if len(left) >= 2 and not all(column.is_text for column in left):
        return
    why = list(repairs)
    text = next((column for column in gathered if column.is_text), None)
    if text is not None:
        row, cell = text.first_text
        name, found = shown(text.name, 40), shown(cell, 20)
        why.append(
            Text(
                f"row {row}, column {text.number} ({name}): {found!r} is no number",
                f"第 {row} 行第 {text.number} 列（{name}）：{found!r} 不是数",
            )
        )
    en, zh = "; ".join(each.en for each in why), "；".join(each.zh for each in why)
    raise whole(
        f"needs a column of numbers, and another one to be predicted from it; {en or 'there is one column'}",
        f"需要一列数值，以及由它预测的另一列；{zh or '此处只有一列'}",
    )


_SAME = ("it is the same in every row", "各行都相同")


def _same(cells: Cells) -> bool:
    return bool((cells == cells[0]).all())


def _left_out(column: Gathered, english: str, chinese: str) -> Text:
    name = shown(column.name, 40)
    return Text(
        f"column {column.number} ({name}) left out: {english}", f"略去第 {column.number} 列（{name}）：{chinese}"
    )


def _built(gathered: list[Gathered], cells: dict[int, Cells], rows: int, repairs: list[Text]) -> Table:
    columns: list[Column] = []
    numbers: list[Cells] = []
    codes: list[Cells] = []
    for column in gathered:
        found = cells.get(column.number)
        if found is None:
            if column.is_text and column.too_many():
                columns.append(Column(column.name, "text"))
        elif column.is_text:
            there, code = np.unique(found, return_inverse=True)
            texts = list(column.texts)  # in the order of their codes
            labels = [texts[each] for each in there]
            order = np.argsort(np.argsort(labels))
            codes.append(order[code])
            columns.append(Column(column.name, "classes", labels=tuple(shown(label) for label in sorted(labels))))
        else:
            values = np.unique(found)
            numbers.append(found)
            few = tuple(values.tolist()) if len(values) <= MAX_CLASSES else ()
            columns.append(Column(column.name, "number", values=few))
    return Table(
        rows=rows,
        columns=tuple(columns),
        numbers=np.stack(numbers, axis=1),
        codes=np.stack(codes, axis=1).astype(np.int32) if codes else np.empty((rows, 0), dtype=np.int32),
        repairs=tuple(repairs),
    )


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"
