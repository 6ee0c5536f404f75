"""steepest.client against a started server, and the addresses it accepts."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.protocol.served import served
from tests.protocol.test_binary import RACE, assert_same
from tests.spec.documents import EXAMPLE, example, spoilt

from steepest.client import Address, Client, ServerError, Unreachable, connect
from steepest.engine import advance, prepare
from steepest.spec import Edit, Invalid, parse_experiment


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    with connect(server) as client:
        yield client


def losses(client: Client, until: int, run: int = 0) -> list[float]:
    found: list[float] = []
    for chunk in client.records(until):
        found += next((records.loss.tolist() for records in chunk.runs if records.run == run), [])
    return found


def here(document: dict[str, Any], until: int, run: int = 0) -> list[float]:
    chunk, _ = advance(parse_experiment(document), None, until)
    return next(records.loss.tolist() for records in chunk.runs if records.run == run)


def accepted(client: Client, edit: Edit) -> bool:
    try:
        client.edit(edit)
    except ServerError:
        return False
    return True


def test_opening_gives_the_experiment_with_every_default(client: Client) -> None:
    opened = client.open({**EXAMPLE, "edits": []})
    assert opened.experiment == prepare(parse_experiment({**EXAMPLE, "edits": []})).experiment
    assert opened.experiment.runs[0].optimizer.hyper["nesterov"] is False
    assert opened.scene is not None
    assert opened.scene.dim == 2


def test_records_are_the_engines(client: Client) -> None:
    client.open(RACE)
    chunks = list(client.records(20))
    whole, _ = advance(parse_experiment(RACE), None, 20)
    assert [chunks[0].first, chunks[-1].last] == [0, 20]
    for run in (0, 1):
        parts = [records for chunk in chunks for records in chunk.runs if records.run == run]
        for name in ("loss", "params", "grad", "eigenvalues", "status"):
            expected = getattr(whole.runs[run], name)
            assert np.concatenate([getattr(part, name) for part in parts]).tobytes() == expected.tobytes(), name


def test_a_later_grant_goes_on(client: Client) -> None:
    client.open(EXAMPLE)
    assert losses(client, 10) + losses(client, 25) == here(EXAMPLE, 25)


def test_an_edit_bends_the_path_from_its_step(client: Client) -> None:
    plain = example(edits=[])
    client.open(plain)
    before = losses(client, 30)
    edited = client.edit(Edit(step=10, run=0, set={"lr": 0.001}))
    assert edited.step == 10
    after = losses(client, 30)
    bent = here({**plain, "edits": [{"step": 10, "run": 0, "set": {"lr": 0.001}}]}, 30)
    assert before[:11] + after == bent


def test_a_branch_has_the_past_of_the_run_it_left(client: Client) -> None:
    plain = example(edits=[])
    client.open(plain)
    before = losses(client, 30)
    forked = client.fork(Edit(step=10, run=0, set={"lr": 0.001}))
    assert forked.step == 10
    document = forked.experiment.model_dump(mode="json")
    assert document["runs"][1]["fork"] == {"run": 0, "step": 10}
    after = losses(client, 30, 1)
    assert before[:11] + after == here(document, 30, 1)
    assert after != before[11:]


def test_an_edit_forgets_what_was_not_taken_yet(client: Client) -> None:
    plain = example(edits=[])
    client.open(plain)
    client.advance(300)
    move = Edit(step=25, run=0, params=[2.0, 0.0])
    while not accepted(client, move):  # until step 25 is reached; chunks that come before a reply wait in the client
        pass
    # Of all that was granted some chunks have come and some have not; no record may be missing, stale or twice.
    bent = here({**plain, "edits": [move.model_dump()]}, 300)
    assert losses(client, 300) == bent


def test_coming_back_goes_on_from_what_is_held(server: str) -> None:
    with connect(server) as client:
        opened = client.open(EXAMPLE)
        held = losses(client, 12)
    with connect(server) as client:
        client.open(opened.experiment, after=12)
        assert held + losses(client, 30) == here(EXAMPLE, 30)


def test_inspect(client: Client) -> None:
    client.open(RACE)
    losses(client, 5)
    inspected = client.inspect(2, 1)
    chunk, _ = advance(parse_experiment(RACE), None, 5)
    expected = chunk.runs[1]
    assert inspected.params == expected.params[2].tolist()
    assert (inspected.status, inspected.loss) == ("diverged", "Infinity")


def test_data_and_fit(client: Client) -> None:
    document = {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "thermometer"},
            "model": {"id": "linear"},
            "loss": {"id": "mse"},
        },
        "runs": [{"optimizer": {"id": "sgd", "lr": 1e-4}, "start": [1.0, 0.0]}],
    }
    client.open(document)
    assert losses(client, 8) == here(document, 8)
    data = client.data()
    assert (data["kind"], data["targets"].shape) == ("curve", (11, 1))
    whole, _ = advance(parse_experiment(document), None, 8, every=4)
    frames = whole.runs[0].fits
    assert frames is not None
    np.testing.assert_array_equal(client.fit(4, 0)["fit"], frames.fit[1])


def test_rates_ahead_are_those_of_the_records(client: Client) -> None:
    runs = [dict(run) for run in RACE["runs"]]
    runs[1].update(optimizer={"id": "sgd", "lr": 0.01}, schedule={"id": "cosine", "T_max": 6})
    document = {**RACE, "runs": runs}
    client.open(document)
    (ahead,) = client.rates(8)["runs"]
    whole, _ = advance(parse_experiment(document), None, 8)
    assert ahead["run"] == 1
    np.testing.assert_array_equal(ahead["steps"], range(1, 9))
    np.testing.assert_array_equal(ahead["lr"], whole.runs[1].lr[1:])
    assert client.rates()["runs"][0]["steps"][-1] == 12


def test_surface(client: Client) -> None:
    client.open(RACE)
    grid = client.surface([(-1.0, 1.0), (0.0, 3.0)], (3, 4))
    assert (grid.bounds, grid.z.shape, grid.z.dtype) == ([[-1.0, 1.0], [0.0, 3.0]], (4, 3), np.dtype("<f4"))
    assert grid.z[0, 1] == 14.203125  # Beale at (0, 0): 1.5**2 + 2.25**2 + 2.625**2


def test_two_sessions_do_not_see_each_other(server: str) -> None:
    with connect(server) as one, connect(server) as other:
        one.open(EXAMPLE)
        other.open(RACE)
        assert losses(one, 5) == here(EXAMPLE, 5)
        assert losses(other, 5) == here(RACE, 5)


def test_an_error_is_raised_and_the_session_goes_on(client: Client) -> None:
    client.open(EXAMPLE)
    first = losses(client, 2)
    with pytest.raises(ServerError, match="is outside") as refused:
        client.edit(Edit(step=0, run=0, set={"lr": -1.0}))
    assert (refused.value.event.code, refused.value.event.field) == ("invalid", "edit.set.lr")
    with pytest.raises(ServerError) as unknown:
        client.open(spoilt("problem.id", "beal"))
    assert unknown.value.event.field == "problem.id"
    assert first + losses(client, 9) == here(EXAMPLE, 9)


def test_what_the_document_says_wrong_is_reported_before_it_is_sent(client: Client) -> None:
    with pytest.raises(Invalid, match=r"^seed: must be at least 0$"):
        client.open(spoilt("seed", -1))


def test_after_close_nothing_is_open(client: Client) -> None:
    client.open(EXAMPLE)
    client.close()
    with pytest.raises(ServerError) as refused:
        client.inspect(0, 0)
    assert refused.value.event.code == "no_experiment"


def test_a_connection_that_the_server_ends(client: Client) -> None:
    client.open(EXAMPLE)
    client.send("x" * 65_537)
    # Nothing more is sent before its answer is read: what comes for a closed socket is answered by a reset, which may
    # overtake the code.
    with pytest.raises(Unreachable, match=r"^the server ended the connection \(code 1009\)$"):
        client._receive()
    with pytest.raises(Unreachable, match=r"^the server ended the connection \(code 1009\)$"):
        client.advance(10)


@pytest.mark.parametrize(
    ("url", "live", "origin"),
    [
        ("127.0.0.1:8000", "ws://127.0.0.1:8000/api/live", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "ws://localhost:8000/api/live", "http://localhost:8000"),
        ("ws://[::1]:8000/api/live", "ws://[::1]:8000/api/live", "http://[::1]:8000"),
        ("https://Class.Example/steepest", "wss://class.example/steepest/api/live", "https://class.example"),
    ],
)
def test_addresses(url: str, live: str, origin: str) -> None:
    address = Address.parse(url)
    assert (address.live, address.origin) == (live, origin)


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "http://", "http://x:port", "http://x:0", "http://a@b", "x?y", "http://["]
)
def test_no_addresses(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        Address.parse(url)
    assert refused.value.field == "server"


def test_assert_same_tells_chunks_apart() -> None:
    one, _ = advance(parse_experiment(RACE), None, 3)
    other, _ = advance(parse_experiment({**RACE, "edits": []}), None, 4)
    with pytest.raises(AssertionError):
        assert_same(one, other)


def test_looks_into_a_model(client: Client) -> None:
    net = {"dataset": {"id": "circle"}, "model": {"id": "mlp", "params": {"hidden": [3]}}, "loss": {"id": "bce_logits"}}
    run = {"optimizer": {"id": "sgd", "lr": 0.1}, "start": {"init": "default"}}
    client.open({"version": 1, "problem": {"kind": "learning", **net}, "runs": [run]})
    losses(client, 10)
    plane = client.plane(10)
    assert plane["z"].shape == (41, 41)
    assert plane["paths"][0]["at"].shape == (len(plane["paths"][0]["steps"]), 2)
    assert len(client.net_graph(10, 0, 2).nodes) == 2 + 3 + 3 + 1 + 1
    assert client.graph("a*b", {"a": 3.0}).nodes[0].gradient == 1
    assert client.check(10, 0).dim == 13
    assert client.neurons(10, 0)["maps"].shape == (2 + 3 + 1, 400)


def test_a_released_experiment_is_opened_again_by_itself() -> None:
    """Two clients of a server with one place take turns, and both get all of the engine's records."""
    edit = Edit.model_validate({"step": 5, "run": 0, "set": {"lr": 0.01}})
    settings = {"STEEPEST_MAX_SESSIONS": "1", "STEEPEST_IDLE_SECONDS": "0.2"}
    with served(**settings) as address, connect(address) as one, connect(address) as other:
        one.open(RACE)
        found = losses(one, 10)
        other.open(RACE)
        others = losses(other, 3)
        edited = one.edit(edit)
        assert edited.step == 5
        assert other.inspect(0, 0).loss == found[0]
        found = found[:6] + losses(one, 20)
        assert found == here(edited.experiment.model_dump(mode="json"), 20)
        assert others + losses(other, 12) == here(RACE, 12)
        one.close()
        with pytest.raises(ServerError, match="no experiment is open"):
            one.inspect(0, 0)
