"""What becomes of each column of a file, for the report."""

from steepest.problems.table.column_builder import ColumnBuilder
from steepest.problems.table.table import MAX_ONE_HOT, Account, Column, printable, tells_rows_apart
from steepest.spec import Text

# Names of columns that number the rows.
_ID_NAMES = frozenset(
    ["id", "index", "idx", "no", "no.", "nr", "nr.", "#", "row", "rowid", "row_id", "rownames", "unnamed: 0"]
).union(["编号", "序号", "学号", "番号"])


def numbers_rows(column: ColumnBuilder) -> bool:
    """Whether a column of numbers is named like an id, or not at all, and counts 1, 2, 3, … or 0, 1, 2, …"""
    named = column.unnamed or column.name.strip().lower() in _ID_NAMES
    if column.is_text or not named or len(column.numbers) < 3 or column.numbers[0] not in (0, 1):
        return False
    first = column.numbers[0]
    return all(value == first + n for n, value in enumerate(column.numbers))


def accounts_of(builders: list[ColumnBuilder], columns: tuple[Column, ...], rows: int) -> tuple[Account, ...]:
    """One for each column of the file, in its order. columns: those that are left, with `rows` rows."""
    left = {column.name: column for column in columns}
    return tuple(_account(builder, left.get(builder.name), rows) for builder in builders)


def _account(builder: ColumnBuilder, column: Column | None, rows: int) -> Account:
    if builder.left_out is not None or column is None:
        use, note = builder.left_out or ("texts", Text("left out", "已略去"))
        return Account(builder.name, use, note)
    if column.kind == "number":
        return Account(column.name, "number", Text("numbers: an input, or what is predicted", "数值：作输入或预测目标"))
    kinds = len(column.labels)
    row, cell = builder.first_text
    text = printable(cell, 20)
    why = Text(f"; row {row} has {text!r}, which is not a number", f"；第 {row} 行的 {text!r} 不是数")
    if tells_rows_apart(column, rows):
        return Account(
            column.name,
            "id",
            Text(
                f"{kinds} different texts in {rows} rows tell rows apart: neither classes nor an input{why.en}",
                f"{rows} 行中有 {kinds} 种文本，只用于区分各行：不作类别，也不作输入{why.zh}",
            ),
        )
    hot = (
        Text("; an input where one-hot is chosen", "；选择独热编码时作输入")
        if kinds <= MAX_ONE_HOT
        else Text(f"; more than {MAX_ONE_HOT} kinds are no input", f"；多于 {MAX_ONE_HOT} 种，不作输入")
    )
    return Account(
        column.name,
        "classes",
        Text(
            f"{kinds} kinds of text: classes to predict{hot.en}{why.en}",
            f"{kinds} 种文本：可作为要预测的类别{hot.zh}{why.zh}",
        ),
    )
