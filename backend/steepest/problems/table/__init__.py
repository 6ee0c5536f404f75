"""The user's tables: a CSV file is read into columns and stored under the hash of its bytes."""

from steepest.problems.table.read_csv import read_csv
from steepest.problems.table.store import (
    StoredTable,
    load_columns,
    load_table,
    remove_table,
    save_table,
    stored_tables,
    touch_table,
)
from steepest.problems.table.table import MAX_ONE_HOT, Account, Column, ColumnKind, ColumnUse, Table, tells_rows_apart

__all__ = [
    "MAX_ONE_HOT",
    "Account",
    "Column",
    "ColumnKind",
    "ColumnUse",
    "StoredTable",
    "Table",
    "load_columns",
    "load_table",
    "read_csv",
    "remove_table",
    "save_table",
    "stored_tables",
    "tells_rows_apart",
    "touch_table",
]
