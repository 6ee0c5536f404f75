"""A branch on the live socket: its past equals the other run's, and what follows is what the document says."""

import json

import pytest
from tests.engine.helpers import joined, same_bits
from tests.server.running import BEALE, Json, Running, Socket

from steepest.engine import Checkpoint, Chunk, Prepared, RunCheckpoint, advance, prepare
from steepest.protocol.binary import truncated
from steepest.server.errors import Refused
from steepest.server.live.session import Session
from steepest.server.settings import Settings
from steepest.server.worker.checkpoint_cache import CheckpointStore
from steepest.server.worker.record_tasks import reach
from steepest.spec import Edit, Invalid, parse_experiment

OPTIMIZERS = ("sgd", "adam", "lbfgs", "newton", "asgd", "rprop")
STEP = 120


def opened(document: Json, **settings: int) -> Session:
    prepared = prepare(parse_experiment(document))
    text = prepared.experiment.model_dump_json()
    return Session(prepared, text, 1, -1, "cpu", CheckpointStore(4), Settings(**settings))  # type: ignore[arg-type]


def fork(session: Session, edit: Edit, revision: int = 2) -> None:
    session.apply(session.change(edit, fork=True), revision)


def make_edit(session: Session, edit: Edit, revision: int = 2) -> None:
    session.apply(session.change(edit, fork=False), revision)


def work_until(session: Session, until: int) -> None:
    session.granted = until
    while (job := session.next_job(0.02)) is not None:
        _, arguments = job
        session.accept(reach(*arguments))


def document_of(session: Session) -> Json:
    return session.prepared.experiment.model_dump()


def same_checkpoint(one: RunCheckpoint, other: RunCheckpoint) -> None:
    assert one.params.tobytes() == other.params.tobytes()
    assert repr(one) == repr(other)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_checkpoints_it_is_given_are_those_it_would_have_made_itself(optimizer: str) -> None:
    run = {"optimizer": {"id": optimizer}, "start": [1.0, 0.5]}
    edit = {"step": 30, "run": 0, "params": [0.5, 1.0]}
    session = opened({"version": 1, "problem": {"kind": "surface", "id": "booth"}, "runs": [run], "edits": [edit]})
    work_until(session, 200)
    fork(session, Edit(step=STEP, run=0, params=[2.0, -1.0]))

    scratch: Prepared = prepare(parse_experiment(document_of(session)))
    checkpoint: Checkpoint | None = None
    for known in [session.checkpoints.nearest(step) for step in range(STEP + 1)]:
        assert known is not None
        if checkpoint is None or checkpoint.step < known.step:
            _, checkpoint = advance(scratch, checkpoint, known.step)
            for made, given in zip(checkpoint.runs, known.runs, strict=True):
                same_checkpoint(made, given)
    assert session.checkpoints.nearest(10_000) == session.checkpoints.nearest(STEP), "nothing beyond the step is kept"


def test_its_records_are_those_of_the_document_opened_from_scratch(live: Socket) -> None:
    live.open()
    before = live.grant(200)
    reply = live.ask(op="fork", id=8, edit={"step": STEP, "run": 1, "set": {"lr": 0.2}})
    assert (reply["op"], reply["id"], reply["step"]) == ("forked", 8, STEP)
    assert [run.get("fork") for run in reply["experiment"]["runs"]] == [None, None, {"run": 1, "step": STEP}]
    after = live.read(200, reply["revision"])
    assert after[0].first == STEP + 1

    whole = [advance(parse_experiment(reply["experiment"]), None, 200)[0]]
    kept: list[Chunk] = [part for part in (truncated(chunk, STEP) for chunk in before) if part is not None]
    for run in (0, 1):
        same_bits(joined(kept + after, run), joined(whole, run))
    # What a page copies: the other run up to the step.
    assert joined(kept, 1)["loss"].tobytes() == joined(whole, 2)["loss"][: STEP + 1].tobytes()
    assert joined(after, 2)["loss"].tobytes() == joined(whole, 2)["loss"][STEP + 1 :].tobytes()


def test_needs_nothing_of_the_past_made_again() -> None:
    session = opened(BEALE)
    work_until(session, 2_000)
    fork(session, Edit(step=1_999, run=0, set={"lr": 0.001}))
    session.granted = 2_000
    job = session.next_job(1.0)
    assert job is not None
    _, (_, checkpoint, held, *_) = job
    assert held == 1_999
    assert checkpoint.step > 1_900
    assert len(checkpoint.runs) == 3


@pytest.mark.parametrize("pause", [51, 60, 70, 100])  # run 2 diverges at step 53: before and after a checkpoint
def test_is_changed_and_branched_again(pause: int) -> None:
    session = opened(BEALE)
    work_until(session, 100)
    fork(session, Edit(step=50, run=0, set={}))
    make_edit(session, Edit(step=50, run=2, set={"lr": 0.5}), 3)
    work_until(session, pause)
    work_until(session, 100)
    fork(session, Edit(step=70, run=2, optimizer={"id": "adam"}), 4)  # type: ignore[arg-type]
    runs = session.prepared.experiment.runs
    assert [run.fork and (run.fork.run, run.fork.step) for run in runs] == [None, None, (0, 50), (2, 70)]
    work_until(session, 100)
    _, checkpoint = advance(parse_experiment(document_of(session)), None, 100)
    found = session.checkpoints.nearest(100)
    assert found is not None
    for made, given in zip(checkpoint.runs, found.runs, strict=True):
        same_checkpoint(made, given)


def refused(live: Socket, edit: Json) -> tuple[str, str]:
    reply = live.ask(op="fork", edit=edit)
    assert reply["op"] == "error", reply
    return reply["code"], reply["field"]


def test_refusals_name_the_field_and_change_nothing(live: Socket, bystander: Socket) -> None:
    live.open()
    live.grant(20)
    assert refused(live, {"step": 21, "run": 0, "set": {}}) == ("invalid", "edit.step")
    assert refused(live, {"step": 10, "run": 2, "set": {}}) == ("invalid", "edit.run")
    assert refused(live, {"step": 10, "run": 0, "set": {"lr": -1}}) == ("invalid", "edit.set.lr")
    assert refused(live, {"step": 10, "run": 0, "set": {"speed": 1}}) == ("invalid", "edit.set.speed")
    assert refused(live, {"step": 10, "run": 0, "params": [1.0]}) == ("invalid", "edit.params")
    assert refused(live, {"step": 10, "run": 0}) == ("bad_message", "edit")
    assert live.grant(25)[0].first == 21


def test_the_ninth_run_is_refused(live: Socket) -> None:
    live.open()
    live.grant(10)
    for _ in range(6):
        assert live.ask(op="fork", edit={"step": 10, "run": 0, "set": {}})["op"] == "forked"
    reply = live.ask(op="fork", edit={"step": 10, "run": 0, "set": {}})
    assert (reply["op"], reply["code"], reply["message"]) == ("error", "limit", "this server takes at most 8 runs")


def test_a_server_may_take_fewer_runs() -> None:
    session = opened(BEALE, max_runs=2)
    work_until(session, 10)
    with pytest.raises(Refused, match="at most 2 runs"):
        fork(session, Edit(step=5, run=0, set={}))
    assert len(session.prepared.experiment.runs) == 2


def test_nothing_open_nothing_to_branch_from(server: Running) -> None:
    with server.live() as live:
        assert live.ask(op="fork", edit={"step": 0, "run": 0, "set": {}})["code"] == "no_experiment"


def moved(count: int) -> Json:
    """So many edits that each take nearly a hundred bytes."""
    point = [0.12345678901234566, -0.12345678901234566]
    return {**BEALE, "edits": [{"step": 100 + step, "run": 0, "params": point} for step in range(count)]}


def compact(document: Json) -> str:
    """As the page writes it."""
    return json.dumps({"op": "open", "experiment": document}, separators=(",", ":"))


def sent(live: Socket, document: Json) -> None:
    live.send(compact(document))
    assert live.reply()["op"] == "opened"


def test_what_no_message_could_hold_is_refused_so_that_it_can_always_be_opened_again(live: Socket) -> None:
    session = opened(moved(830))

    def move_on() -> None:
        for step in range(930, 1_000):
            session.held = step
            make_edit(session, Edit(step=step, run=0, params=[0.12345678901234566, step + 0.12345678901234566]))

    with pytest.raises(Refused, match="65536") as refusal:
        move_on()
    assert (refusal.value.code, refusal.value.field) == ("limit", "edit.params")
    largest = document_of(session)
    assert len(largest["edits"]) > 830
    for edit in largest["edits"]:
        for name in ("set", "optimizer", "params"):
            if edit[name] is None:
                del edit[name]
    assert len(compact(largest)) > 60_000
    sent(live, largest)


def test_a_branch_that_no_message_could_hold_is_refused_and_changes_nothing() -> None:
    session = opened(moved(500))
    session.held = 1_000
    before = session.document
    with pytest.raises(Refused, match="65536") as refusal:
        fork(session, Edit(step=900, run=0, set={}))
    assert (refusal.value.code, refusal.value.field) == ("limit", "edit")
    assert (session.document, session.revision) == (before, 1)


def test_edits_are_counted_too() -> None:
    session = opened({**BEALE, "edits": [{"step": k, "run": 0, "set": {"lr": 0.01}} for k in range(501)]})
    session.held = 1_000
    with pytest.raises(Invalid, match="at most 1000 edits"):
        fork(session, Edit(step=900, run=0, set={}))
