"""What every entry of the catalog is on the wire."""

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """Made from the entry itself wherever both have fields of the same names: `LossEntry.model_validate(loss)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)
