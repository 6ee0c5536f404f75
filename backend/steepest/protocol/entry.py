"""The base of every catalog entry."""

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """Can be built from an object with fields of the same names: `LossEntry.model_validate(loss)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)
