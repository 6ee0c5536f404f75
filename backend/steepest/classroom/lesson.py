"""The lesson: one strict JSON document, version 1; a sequence of activities with the teacher's notes."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from steepest.classroom.activity import Activity
from steepest.classroom.limits import MAX_STEPS
from steepest.classroom.words import Notes, Title
from steepest.spec.strict import Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.validation_errors import to_invalid
from steepest.spec.version import known_version

VERSION = 1


class LessonStep(Strict):
    """One activity of a lesson. notes: for the teacher alone. minutes: how long it takes, roughly."""

    title: Title
    activity: Activity
    notes: Notes | None = None
    minutes: int = Field(default=5, ge=1, le=120)


class Lesson(Strict):
    """A sequence of activities. id: short, for its file and its address. about: what a class learns, in a sentence."""

    lesson: Annotated[Literal[1], BeforeValidator(known_version(VERSION))]
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")
    title: Title
    about: Notes | None = None
    steps: list[LessonStep] = Field(min_length=1, max_length=MAX_STEPS)


def parse_lesson(document: str | bytes | Mapping[str, Any]) -> Lesson:
    """A lesson from JSON text or its decoded form. Raises `Invalid` with the path of the first wrong field.

    Whether its experiments run, and its questions have an answer, only the engine can tell: see `check_lesson`.
    """
    data = strict_json(document) if isinstance(document, str | bytes) else document
    try:
        return Lesson.model_validate(data)
    except ValidationError as error:
        raise to_invalid(error) from None
