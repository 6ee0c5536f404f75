"""An experiment and its records for elsewhere: a Python script, a notebook, CSV, an HTML report, weights. No network,
no files.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from steepest.export.csv import csv
from steepest.export.notebook import notebook
from steepest.export.recording import Recording, joined, record
from steepest.export.script.python import python
from steepest.export.weights import READ_MOST, read_weights, weights
from steepest.spec.text import Language

Format = Literal["python", "notebook", "csv", "html", "weights"]
FORMATS: tuple[Format, ...] = get_args(Format)

# How a file of each format is called, and what a browser is told that it is.
SUFFIXES: Mapping[Format, str] = {
    "python": "py",
    "notebook": "ipynb",
    "csv": "csv",
    "html": "html",
    "weights": "safetensors",
}
MEDIA_TYPES: Mapping[Format, str] = {
    "python": "text/x-python; charset=utf-8",
    "notebook": "application/x-ipynb+json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "weights": "application/octet-stream",
}


def export(recording: Recording, to: Format, language: Language = "en", run: int = 0) -> bytes:
    """The recording as a file in a format; text in UTF-8. run: whose weights.

    Raises `Invalid` for what cannot be written so: an entry of another package without a name, a run that is not there,
    weights of a surface.
    """
    if to == "weights":
        return weights(recording, run)
    return export_text(recording, to, language).encode()


def export_text(recording: Recording, to: Format, language: Language = "en") -> str:
    """The same for a format that is text."""
    if to == "python":
        return python(recording)
    if to == "notebook":
        return notebook(recording, language)
    if to == "csv":
        return csv(recording, language)
    from steepest.export.report.html import html  # plotly is slow to import

    return html(recording, language)


__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "READ_MOST",
    "SUFFIXES",
    "Format",
    "Recording",
    "export",
    "export_text",
    "joined",
    "read_weights",
    "record",
    "weights",
]
