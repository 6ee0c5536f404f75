"""Helpers for the tests of verdicts: what a run is reported, and the same experiment with a remedy applied."""

from typing import Any

from tests.engine.helpers import whole

from steepest.engine import Prepared, RunRecords, prepare
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit

# A verdict has one of many classes; a test reads the fields of the one that it expects, and fails where it is another.
Verdicts = tuple[Any, ...]


def find_verdicts(prepared: Prepared, steps: int, run: int = 0) -> Verdicts:
    """All verdicts of one run over so many steps."""
    return whole(prepared, steps)[run].verdicts


def codes(verdicts: Verdicts) -> list[str]:
    """Their codes, one after another, repeated ones once."""
    found: list[str] = []
    for verdict in verdicts:
        if found[-1:] != [verdict.code]:
            found.append(verdict.code)
    return found


def first(verdicts: Verdicts, kind: type) -> Any:
    """The first of a kind."""
    return next(verdict for verdict in verdicts if isinstance(verdict, kind))


def final(records: RunRecords) -> Any:
    """The last of a run's."""
    return records.verdicts[-1]


def holding(verdicts: Verdicts, step: int) -> Any:
    """The one that holds at a step."""
    return [verdict for verdict in verdicts if verdict.step <= step][-1]


def remedied(prepared: Prepared, verdict: Verdict) -> Prepared:
    """The experiment with the verdict's own edit."""
    assert isinstance(verdict.remedy, Edit)
    return prepare(prepared.experiment.edited(verdict.remedy))


def cured(prepared: Prepared, verdict: Verdict, steps: int) -> RunRecords:
    """That experiment's first run."""
    return whole(remedied(prepared, verdict), steps)[0]


def sgd(lr: float, **others: Any) -> dict[str, Any]:
    return {"id": "sgd", "lr": lr, **others}


def ravine(kappa: float) -> dict[str, Any]:
    return {"id": "ravine", "params": {"kappa": kappa}}


def expression(text: str) -> dict[str, Any]:
    return {"id": "expression", "params": {"expression": text}}
