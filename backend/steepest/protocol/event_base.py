"""What all events share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

# A number that may be NaN or infinite: JSON has no such numbers, so an event holds these words instead.
Real = float | Literal["NaN", "Infinity", "-Infinity"]


class EventModel(BaseModel):
    """Any event, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True, ser_json_inf_nan="strings")


class ReplyModel(EventModel):
    """An answer. id: of the command."""

    id: int
