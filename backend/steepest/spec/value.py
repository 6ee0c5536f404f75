"""The values that a parameter can have in an experiment."""

import math
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

NOT_A_VALUE = PydanticCustomError("not_a_value", "not a value that a parameter can have")


def is_integer(value: object) -> bool:
    """Whether it is a whole number; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Whether it is a number, finite or not; True and False are not."""
    return isinstance(value, float) or is_integer(value)


def is_finite(value: float) -> bool:
    """Whether it is finite as a double."""
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that is too large for a double
        return False


def _check_value(value: object) -> object:
    """One error for a value that matches no member of the union; pydantic would give one for each member."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list) and value and isinstance(value[0], list):
        for row in value:
            if not isinstance(row, list) or any(isinstance(each, list) for each in row):
                raise NOT_A_VALUE
            _check_value(row)
        return value
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, int | float) and not isinstance(each, bool):
            if not is_finite(each):
                raise PydanticCustomError("finite_number", "must be finite")
            if isinstance(each, int) and not -(2**63) <= each < 2**64:  # the same limit as in the document's text
                raise PydanticCustomError("large_integer", "must be an integer of 64 bits")
        elif each is not None:
            raise NOT_A_VALUE
    return value


Value = Annotated[
    bool | int | float | str | list[int] | list[float | None] | list[list[float]] | None, BeforeValidator(_check_value)
]
