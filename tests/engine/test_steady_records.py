"""Where nothing happens, the diagnosis looks at no single record; what it says is the same as if it looked at each."""

from typing import Any

import pytest

from steepest.engine import Checkpoint, Prepared, advance, prepare
from steepest.engine.diagnosis.detect import _Detection
from steepest.engine.diagnosis.detectors.unstable import Crossing
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Experiment

SETTLED = [
    {"id": "sgd", "lr": 0.01},
    {"id": "sgd", "lr": 0.01, "momentum": 0.9},
    {"id": "adam", "lr": 0.01},
    {"id": "adam", "lr": 0.1},
    {"id": "rprop", "lr": 0.01},
]


def on_beale(optimizer: dict[str, Any], *edits: dict[str, Any]) -> Prepared:
    problem = {"kind": "surface", "id": "beale"}
    runs = [{"optimizer": optimizer, "start": [1.0, 1.0]}]
    document = {"version": 1, "problem": problem, "engine": "compiled", "runs": runs, "edits": list(edits)}
    return prepare(Experiment.model_validate(document))


@pytest.mark.parametrize("optimizer", SETTLED, ids=lambda optimizer: "-".join(map(str, optimizer.values())))
def test_a_run_at_rest_is_looked_at_in_few_records(optimizer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = on_beale(optimizer)
    _, settled = advance(prepared, None, 3000)
    assert settled.runs[0].diagnosis.verdict.code == "converged"
    looked: list[int] = []
    look = _Detection._look

    def counted(detection: _Detection, row: int) -> None:
        looked.append(row)
        look(detection, row)

    monkeypatch.setattr(_Detection, "_look", counted)
    advance(prepared, settled, 7000)
    assert len(looked) < 0.1 * 4000


@pytest.mark.parametrize("optimizer", SETTLED, ids=lambda optimizer: "-".join(map(str, optimizer.values())))
def test_what_is_kept_is_the_same_as_with_a_look_at_each_record(
    optimizer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = on_beale(optimizer)
    chunk, checkpoint = advance(prepared, None, 4000)
    monkeypatch.setattr(_Detection, "_next", lambda _, row: row)
    each, at_each = advance(prepared, None, 4000)
    assert each.runs[0].verdicts == chunk.runs[0].verdicts
    assert at_each.runs[0].diagnosis == checkpoint.runs[0].diagnosis


@pytest.mark.parametrize("change", [{"id": "rprop", "lr": 0.01}, {"id": "newton", "lr": 1.0}, None])
def test_a_crossing_that_goes_on_unseen_ends_with_an_optimizer_without_a_law(change: dict[str, Any] | None) -> None:
    edit = {"step": 6000, "run": 0, **({"set": {"maximize": True}} if change is None else {"optimizer": change})}
    prepared = on_beale({"id": "adam", "lr": 0.1}, edit)
    whole, at_end = advance(prepared, None, 6100)
    checkpoint: Checkpoint | None = None
    verdicts: list[Verdict] = []
    for until in (5000, 5990, 6001, 6100):
        chunk, checkpoint = advance(prepared, checkpoint, until)
        verdicts += chunk.runs[0].verdicts
    assert checkpoint is not None
    assert tuple(verdicts) == whole.runs[0].verdicts
    assert checkpoint.runs[0].diagnosis == at_end.runs[0].diagnosis


def test_a_crossing_that_goes_on_unseen_counts_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = on_beale({"id": "adam", "lr": 0.1})  # goes round its minimum, in the end always above its limit

    def states() -> list[Any]:
        checkpoint, found = None, []
        for until in (4000, 4900, 5000, 6500):
            _, checkpoint = advance(prepared, checkpoint, until)
            found.append(checkpoint.runs[0].diagnosis)
        return found

    kept = states()
    crossing = kept[-1].detectors["unstable"]
    assert isinstance(crossing, Crossing)
    assert crossing.steps > 1500
    monkeypatch.setattr(_Detection, "_next", lambda _, row: row)
    assert states() == kept
