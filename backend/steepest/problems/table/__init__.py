"""The user's tables: a CSV file is read into columns and stored under the hash of its bytes."""

from steepest.problems.table.read_csv import read_csv
from steepest.problems.table.store import load_columns, load_table, save_table
from steepest.problems.table.table import Column, ColumnKind, Table

__all__ = ["Column", "ColumnKind", "Table", "load_columns", "load_table", "read_csv", "save_table"]
