"""The worker call for an upload: parses a CSV file and stores it."""

from dataclasses import dataclass

from steepest.problems.table import StoredTable, read_csv, save_table, stored_tables
from steepest.protocol.upload import ColumnReport, Uploaded, UploadedColumn


class StorageFailed(Exception):
    """The file could not be written; the message is the system's reason."""


@dataclass(frozen=True)
class Stored:
    """A table that was stored.

    uploaded: what is in it. new: it was not there before. folder: all tables that are there now, this one included.
    """

    uploaded: Uploaded
    new: bool
    folder: list[StoredTable]


def store_table(body: bytes) -> Stored | StorageFailed:
    """Stores a file under the hash of its bytes. Raises `Invalid`."""
    try:
        table = read_csv(body)
        name, new = save_table(body, table)
        folder = stored_tables()
    except OSError as error:
        return StorageFailed(error.strerror or "")
    uploaded = Uploaded(
        file=name,
        rows=table.rows,
        columns=[UploadedColumn(name=column.name, kind=column.kind) for column in table.columns],
        repairs=list(table.repairs),
        report=[ColumnReport(name=each.name, use=each.use, note=each.note) for each in table.accounts],
    )
    return Stored(uploaded, new, folder)
