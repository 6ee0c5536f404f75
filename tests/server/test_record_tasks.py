"""What a worker makes right after an edit: the same records, however it gets to the edit's step."""

from typing import Any

import pytest
from tests.server.running import BEALE

from steepest.engine import advance, prepare
from steepest.engine.preparation.prepare import Prepared
from steepest.problems import CACHE
from steepest.protocol.binary import cut_chunk, pack_chunk, unpack
from steepest.server.worker import prepared as of_documents
from steepest.server.worker.prepared import Origin
from steepest.server.worker.record_tasks import reach
from steepest.spec import Edit, Experiment, parse_experiment

RUNS: list[dict[str, Any]] = [
    {"optimizer": {"id": "adam", "lr": 0.01}, "start": [1.0, 1.0]},
    {"optimizer": {"id": "sgd", "lr": 1.0}},
]
LATER = {"step": 40, "run": 0, "set": {"lr": 0.02}}


def document(engine: str) -> str:
    """One run goes on; the other diverges within a few steps."""
    runs = [{**run, "start": [1.0, 1.0]} for run in RUNS]
    written = {**BEALE, "engine": engine, "runs": runs, "edits": [LATER]}
    return prepare(parse_experiment(written)).experiment.model_dump_json()


@pytest.mark.parametrize("held", [1, 2, 7, 8, 9, 30, 63, 64, 65, 66, 90])
@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize("begun", [None, 0, 1])
def test_a_chunk_begins_behind_what_the_client_has(engine: str, held: int, begun: int | None) -> None:
    experiment = parse_experiment(document(engine))
    checkpoint = None if begun is None else advance(experiment, None, begun)[1]
    found = reach(document(engine), checkpoint, held, 100, 7, 1, "cpu", 60.0)
    if found.message is None:  # its last step is the first one wanted: the next call makes records
        assert found.last == held
        found = reach(document(engine), found.checkpoints[-1], held, 100, 7, 1, "cpu", 60.0)
    whole = pack_chunk(advance(experiment, None, 100, every=1)[0], 7)
    assert (found.first, found.last, found.stopped) == (held + 1, 100, False)
    assert found.message is not None
    assert unpack(found.message) == unpack(cut_chunk(whole, held + 1, 100))
    assert found.checkpoints[-1].step == 100


def test_nothing_is_sent_where_every_run_ends_before() -> None:
    written = {**BEALE, "engine": "compiled", "runs": [{**RUNS[1], "start": [1.0, 1.0]}]}
    text = prepare(parse_experiment(written)).experiment.model_dump_json()
    end = advance(parse_experiment(text), None, 100)[0].last
    found = reach(text, None, end + 5, 100, 1, 1, "cpu", 60.0)
    assert (found.message, found.last, found.stopped) == (None, end, True)


@pytest.mark.parametrize("fork", [False, True])
@pytest.mark.parametrize(
    "change", [{"set": {"lr": 0.5}}, {"params": [0.5, 0.25]}, {"optimizer": {"id": "sgd", "lr": 0.1}}], ids=str
)
def test_what_an_edit_makes_is_prepared_without_its_document(
    change: dict[str, Any], fork: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = Edit(step=12, run=0, **change)
    before = of_documents.prepared(document("compiled"))
    after = prepare((before.experiment.forked if fork else before.experiment.edited)(edit))
    text = after.experiment.model_dump_json()
    origin = Origin(document("compiled"), edit, fork)

    def no_document(given: str) -> Experiment:
        raise AssertionError("it was read again")

    with monkeypatch.context() as patch:
        patch.setattr(Experiment, "model_validate_json", no_document)
        found = of_documents.prepared(text, origin)
    assert same(found, prepare(parse_experiment(text)))
    assert found.problem is before.problem


def test_without_the_experiment_before_the_document_is_read() -> None:
    text = document("eager")
    origin = Origin("not here", Edit(step=1, run=0, set={"lr": 1.0}), fork=False)
    assert CACHE.find("document", "not here", "") is None
    assert same(of_documents.prepared(text, origin), prepare(parse_experiment(text)))


def same(one: Prepared, other: Prepared) -> bool:
    return one.experiment == other.experiment and one.plans == other.plans
