"""The words of a verdict, read by the page and by the HTML report.

They lie in `words/<code>.json` beside the module that declares the verdict. A text may contain {expression} or
{expression|format}; an expression is over the verdict's fields, `name` (of the run), `now` (the step on screen),
`loss_now` and `loss_first` (the run's loss at that step and at record 0), in a small part of Python: numbers,
'strings', None, comparisons, and, or, not, + - * /, abs, len, max, min. Formats: `FORMATS`; without one a number has
three digits, a list is a point.
"""

import inspect
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.engine.diagnosis.detectors import verdict_kinds
from steepest.spec import Text

FORMATS = ("count", "direction", "eigenvalues", "factor", "halving", "kind", "steps", "two")


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Sentence(_Words):
    """One text; with `when`, only where that expression is true."""

    when: str | None = None
    en: str
    zh: str


class Mark(Sentence):
    """What the timeline says of it. symbol: how it is drawn."""

    symbol: Literal["diverged", "unstable", "near", "escaped", "converged"]


class Include(_Words):
    """The sentences and parts of another file; with `when`, only where that is true."""

    include: str
    when: str | None = None


class VerdictWords(_Words):
    """All words of one verdict.

    label: its name in a table; None of a file that others include.
    mark: on the timeline; None where it is not marked.
    sentences: what is happening. Of each group the first one that holds is used, and they are joined.
    parts: groups that a text can name, like an expression.
    """

    label: Text | None = None
    mark: Mark | None = None
    sentences: list[list[Sentence] | Include]
    parts: dict[str, list[Sentence]] = {}


@cache
def verdict_words() -> dict[str, VerdictWords]:
    """Every file of words by its name; of a verdict that is its code."""
    folders = {Path(inspect.getfile(kind)).parent / "words": None for kind in verdict_kinds()}
    files = (path for folder in folders for path in sorted(folder.glob("*.json")))
    return {path.stem: VerdictWords.model_validate_json(path.read_bytes()) for path in files}


def label(code: str) -> Text:
    """The name of a verdict."""
    found = verdict_words()[code].label
    assert found is not None
    return found
