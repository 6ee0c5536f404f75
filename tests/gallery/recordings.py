"""A card's experiment run to its end, once."""

from functools import cache

import numpy as np

from steepest.engine import RunRecords, advance
from steepest.gallery import gallery
from steepest.gallery.card import Exercise, Note
from steepest.spec import Experiment

NOTES: dict[str, Note] = {note.id: note for note in gallery().notes}
EXERCISES: dict[str, Exercise] = {piece.id: piece for piece in gallery().pieces}


@cache
def runs(card: str) -> tuple[RunRecords, ...]:
    """The records of all runs of a card, from 0 to where the card ends; a run that diverged has fewer."""
    found: Note | Exercise = NOTES[card] if card in NOTES else EXERCISES[card]
    return advance(found.experiment, None, found.until, every=max(1, found.until))[0].runs


def records(experiment: Experiment, until: int) -> tuple[RunRecords, ...]:
    return advance(experiment, None, until)[0].runs


def figure(run: RunRecords, reads: str, index: int, step: int) -> np.floating:
    """What a column of a card's table reads, in the run's own dtype."""
    value = run.loss[step] if reads == "loss" else (run.params if reads == "param" else run.grad)[step, index]
    assert isinstance(value, np.floating)
    return value
