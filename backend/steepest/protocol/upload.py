"""The answer of `POST /api/data`, whose request is the CSV file itself."""

from pydantic import BaseModel, ConfigDict

from steepest.problems.table import ColumnKind, ColumnUse
from steepest.spec import Text


class UploadedColumn(BaseModel):
    """A column. kind: only numbers can be inputs of a model, not "text"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: ColumnKind


class ColumnReport(BaseModel):
    """What becomes of a column of the file: only "number" and "classes" can be predicted. note: in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    use: ColumnUse
    note: Text


class Uploaded(BaseModel):
    """A stored file.

    file: its name for the data set `csv`.
    rows: those that are used.
    repairs: changes that were necessary to parse it.
    report: one line for every column of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    columns: list[UploadedColumn]
    repairs: list[Text]
    report: list[ColumnReport]
