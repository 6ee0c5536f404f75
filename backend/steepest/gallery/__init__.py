"""The galleries: the course notes as live experiments, and exercises. Data only; tests check what they claim."""

from functools import cache

from steepest.gallery.card import Gallery
from steepest.gallery.exercises import EXERCISES
from steepest.gallery.notes import NOTES


@cache
def gallery() -> Gallery:
    """All cards, in the order shown."""
    return Gallery(notes=NOTES, pieces=EXERCISES)


__all__ = ["Gallery", "gallery"]
