"""The answer of `POST /api/data`, whose request is the CSV file itself."""

from pydantic import BaseModel, ConfigDict

from steepest.problems.table import ColumnKind
from steepest.spec import Text


class UploadedColumn(BaseModel):
    """A column. kind: only numbers can be inputs of a model, not "text"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: ColumnKind


class Uploaded(BaseModel):
    """A stored file.

    file: its name for the data set `csv`.
    rows: those that are used.
    repairs: changes that were necessary to parse it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    columns: list[UploadedColumn]
    repairs: list[Text]
