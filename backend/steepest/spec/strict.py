"""The base of all client input: no unknown fields, no type conversion, only finite numbers."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Strict(BaseModel):
    """A model that accepts exactly what it declares: `true` is not a number, `1.0` not a whole number."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, data: object) -> object:
        # pydantic only says that a field is extra; this lists the known ones.
        if cls.model_config.get("extra") == "forbid" and isinstance(data, Mapping):
            for name in data:
                if name not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_field",
                        "unknown field; known here: {known}",
                        {"at": str(name), "known": ", ".join(cls.model_fields)},
                    )
        return data
