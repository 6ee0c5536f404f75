"""The user's own tables: a CSV file read into columns, and kept in the data folder under the hash of its bytes."""

from steepest.problems.table.read_csv import read_csv
from steepest.problems.table.store import loaded, save, table_of
from steepest.problems.table.table import Column, Kind, Table

__all__ = ["Column", "Kind", "Table", "loaded", "read_csv", "save", "table_of"]
