"""The bases of the catalog's entries."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from steepest.spec import Param, Text


class Entry(BaseModel):
    """A part of the catalog, built from an object with fields of the same names."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    @classmethod
    def of(cls, source: object, **computed: Any) -> Self:
        """The entry of a data set, a model and so on. computed: fields that are not its attributes."""
        copied = {name: getattr(source, name) for name in cls.model_fields if name not in computed}
        return cls.model_validate({**copied, **computed})


class DescribedEntry(Entry):
    """What can be picked from a menu. source: where it comes from."""

    id: str
    title: Text
    about: Text
    source: str
    params: list[Param]
