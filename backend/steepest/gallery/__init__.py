"""The galleries: the course notes as live experiments, and exercises. Data only; tests check what they claim."""

from functools import cache

from steepest.gallery.card import Gallery
from steepest.gallery.exercises import EXERCISES
from steepest.gallery.notes import NOTES
from steepest.gallery.topics import TOPICS


@cache
def gallery() -> Gallery:
    """All cards and topics, in the order shown."""
    return Gallery(notes=NOTES, pieces=EXERCISES, topics=TOPICS)


__all__ = ["Gallery", "gallery"]
