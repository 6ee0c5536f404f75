"""The version of a document."""

from collections.abc import Callable

from pydantic_core import PydanticCustomError


def known_version(known: int) -> Callable[[object], object]:
    """A check to be made before that of a Literal, which accepts True and 1.0 too."""

    def check(value: object) -> object:
        if type(value) is not int:
            raise PydanticCustomError("int_type", "must be a whole number")
        if value > known:
            raise PydanticCustomError("newer_version", "of a newer version", {"version": value, "known": known})
        return value

    return check
