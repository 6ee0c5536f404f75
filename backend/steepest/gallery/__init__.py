"""The galleries: the course notes made live, and set pieces to try. Data alone; what they claim is tested."""

from functools import cache

from steepest.gallery.card import Gallery
from steepest.gallery.exercises import EXERCISES
from steepest.gallery.notes import NOTES


@cache
def gallery() -> Gallery:
    """All cards, in the order in which they are shown."""
    return Gallery(notes=NOTES, pieces=EXERCISES)


__all__ = ["Gallery", "gallery"]
