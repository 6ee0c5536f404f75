"""What a worker process does for an upload: reads the file and keeps it."""

from steepest.problems.table import read_csv, save_table
from steepest.protocol.upload import Uploaded, UploadedColumn
from steepest.spec import Invalid


class NotKept(Exception):
    """The file could not be written; the message is the system's reason."""


def take(body: bytes, most: int) -> Uploaded | Invalid | NotKept:
    """What is in the file, under the name by which it is kept. most: bytes that all kept files may have together."""
    try:
        table = read_csv(body)
        name = save_table(body, table, most)
    except Invalid as error:
        return error
    except OSError as error:
        return NotKept(error.strerror or "")
    return Uploaded(
        file=name,
        rows=table.rows,
        columns=[UploadedColumn(name=column.name, kind=column.kind) for column in table.columns],
        repairs=list(table.repairs),
    )
