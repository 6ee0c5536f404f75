"""`steepest lesson check`: whether a lesson can be given, and the answer of each of its questions."""

import sys
from pathlib import Path

import torch

from steepest.classroom.check import Checked, check_lesson
from steepest.classroom.lesson import Lesson, parse_lesson
from steepest.classroom.question import ChooseQuestion
from steepest.classroom.truth import ChooseTruth, NumberTruth, OrderTruth, PlaceTruth
from steepest.cli.document import read_document
from steepest.cli.errors import Failure
from steepest.spec import Invalid


def print_check(file: str) -> None:
    """Prints one line a step. Raises `Failure` for a file that is no lesson, or a step that cannot be given."""
    name = "standard input" if file == "-" else file
    torch.set_num_threads(1)  # as `steepest run` does
    try:
        lesson = parse_lesson(read_document(sys.stdin.buffer if file == "-" else Path(file), name))
        checked = check_lesson(lesson)
    except Invalid as error:
        raise Failure(f"{name}: {error}") from None
    for step in checked:
        title = lesson.steps[step.step].title.text().en
        sys.stdout.write(f"{step.step + 1}  {step.kind:<8} {title}{_answer(lesson, step)}\n")


def _answer(lesson: Lesson, checked: Checked) -> str:
    activity = lesson.steps[checked.step].activity
    match checked.truth:
        case ChooseTruth(options=options) if activity.kind == "predict":
            assert isinstance(activity.question, ChooseQuestion)
            return ": " + ", ".join(activity.question.options[n].label.text().en for n in options)
        case NumberTruth(value=value) if value is not None:
            return f": {value:.6g}"
        case PlaceTruth(at=at) if at is not None:
            return f": ({', '.join(f'{value:.6g}' for value in at)})"
        case OrderTruth(runs=runs):
            return ": runs " + ", ".join(str(run) for run in runs)
        case _:
            return ""
