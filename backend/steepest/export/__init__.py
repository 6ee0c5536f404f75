"""An experiment and its records as text for elsewhere: a Python script, CSV, an HTML report. No network, no files."""

from collections.abc import Mapping
from typing import Literal, get_args

from steepest.export.csv import csv
from steepest.export.python import python
from steepest.export.recording import Recording, joined, record
from steepest.spec.text import Language

Format = Literal["python", "csv", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)

# How a file of each format is called, and what a browser is told that it is.
SUFFIXES: Mapping[Format, str] = {"python": "py", "csv": "csv", "html": "html"}
MEDIA_TYPES: Mapping[Format, str] = {"python": "text/x-python", "csv": "text/csv", "html": "text/html"}


def export(recording: Recording, to: Format, language: Language = "en") -> str:
    """The recording in a format. Raises `Invalid` for a problem or an optimizer that cannot be written so."""
    if to == "python":
        return python(recording)
    if to == "csv":
        return csv(recording, language)
    from steepest.export.html import html  # plotly is slow to import

    return html(recording, language)


__all__ = ["FORMATS", "MEDIA_TYPES", "SUFFIXES", "Format", "Recording", "export", "joined", "record"]
