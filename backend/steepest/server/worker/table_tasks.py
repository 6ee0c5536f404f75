"""The worker call for an upload: parses a CSV file and stores it."""

from steepest.problems.table import read_csv, save_table
from steepest.protocol.upload import Uploaded, UploadedColumn


class StorageFailed(Exception):
    """The file could not be written; the message is the system's reason."""


def store_table(body: bytes, max_folder: int) -> Uploaded | StorageFailed:
    """What is in the file, and the name under which it is stored. Raises `Invalid`.

    max_folder: bytes that all stored files may have together.
    """
    try:
        table = read_csv(body)
        name = save_table(body, table, max_folder)
    except OSError as error:
        return StorageFailed(error.strerror or "")
    return Uploaded(
        file=name,
        rows=table.rows,
        columns=[UploadedColumn(name=column.name, kind=column.kind) for column in table.columns],
        repairs=list(table.repairs),
    )
