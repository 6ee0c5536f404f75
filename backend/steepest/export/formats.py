"""The formats, and a whole recording as a file."""

from collections.abc import Mapping
from typing import Literal, get_args

from steepest.export.csv import csv
from steepest.export.notebook import notebook
from steepest.export.recording import Recording
from steepest.export.script.python import python
from steepest.export.weights import weights
from steepest.spec.text import Language

Format = Literal["python", "notebook", "csv", "html", "weights"]
FORMATS: tuple[Format, ...] = get_args(Format)

# File name extensions, and the media types of HTTP responses.
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
    """The recording as a file; text is UTF-8. run: whose weights.

    Raises `Invalid` where the format cannot hold the experiment: an entry of another package that cannot be imported by
    name, a run that does not exist, weights of a surface.
    """
    return weights(recording, run) if to == "weights" else export_text(recording, to, language).encode()


def export_text(recording: Recording, to: Format, language: Language = "en") -> str:
    """The same for a text format."""
    if to == "python":
        return python(recording)
    if to == "notebook":
        return notebook(recording, language)
    if to == "csv":
        return csv(recording, language)
    from steepest.export.report.html import html  # plotly is slow to import

    return html(recording, language)
