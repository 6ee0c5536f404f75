"""What `POST /api/data` answers; what it takes is the CSV file itself."""

from pydantic import BaseModel, ConfigDict

from steepest.problems.table import ColumnKind
from steepest.spec import Text


class UploadedColumn(BaseModel):
    """A column by its name. kind: "text" is of no use to a model; only numbers can be inputs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: ColumnKind


class Uploaded(BaseModel):
    """A file that was taken. file: its name from now on, as the data set `csv` wants it. rows: those that are used.

    repairs: what was done to it so that it could be read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    rows: int
    columns: list[UploadedColumn]
    repairs: list[Text]
