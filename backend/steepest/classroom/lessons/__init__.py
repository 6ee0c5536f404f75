"""The ready-made lessons: each JSON file of this folder, in the order of their names, then the gallery's cards."""

from functools import cache
from importlib.resources import files

from steepest.classroom.cards import card_lessons
from steepest.classroom.lesson import Lesson, parse_lesson


@cache
def lessons() -> tuple[tuple[Lesson, bool], ...]:
    """Every lesson, and whether it is a card of the gallery. Raises `Invalid` for a file that is no lesson."""
    folder = files(__name__)
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))
    written = [parse_lesson((folder / name).read_bytes()) for name in names]
    return (*((lesson, False) for lesson in written), *((lesson, True) for lesson in card_lessons()))


def lesson_of(name: str) -> Lesson | None:
    """The lesson with an id."""
    return next((lesson for lesson, _ in lessons() if lesson.id == name), None)
