"""Memory: the budgets, as clients see them."""

import pytest
from tests.server.in_process import Client, service
from tests.server.running import BEALE, Json, Running

from steepest.engine import advance, prepare
from steepest.engine.recording.checkpoint import OBJECTS
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker import problem_tasks, record_tasks
from steepest.server.worker.pool import Worker, end_all
from steepest.spec import parse_experiment


def used(shared: Service) -> int:
    memory = shared.health()["memory"]
    assert isinstance(memory, dict)
    bytes_used: int = memory["server"]["used"]
    return bytes_used


async def test_health_says_what_checkpoints_take_and_at_most() -> None:
    shared = service(Settings(workers=1, server_memory=1_000_000))
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    await client.reach(5)
    memory = shared.health()["memory"]
    assert isinstance(memory, dict)
    assert memory["server"]["limit"] == 1_000_000
    assert used(shared) >= 2 * OBJECTS
    await client.leave()


async def test_sessions_stay_within_the_servers_budget_and_leave_no_more_than_it() -> None:
    shared = service(Settings(workers=1, server_memory=1_000_000, long_slice=0.001, recent=64))
    clients = [Client(shared) for _ in range(8)]
    for n, client in enumerate(clients):
        await client.ask(op="open", experiment={**BEALE, "seed": n})
    for until in range(20, 400, 20):
        for client in clients:
            await client.reach(until)
            assert used(shared) <= 1_000_000
    counts = [len(cache) for client in shared.room.seated for cache in [client.session.checkpoints]]  # type: ignore[attr-defined]
    assert min(counts) >= 3, "each has a part of it"
    for client in clients:
        await client.leave()
    assert used(shared) <= 1_000_000


async def test_a_worker_stays_within_its_budget_and_says_what_it_keeps() -> None:
    worker = Worker("cpu", time_limit=60, tries=1, memory=3_000_000)
    problem = {
        "kind": "learning",
        "dataset": {"id": "circle", "params": {"count": 10_000}},
        "model": {"id": "mlp"},
        "loss": {"id": "bce_logits"},
        "split": {"dev": 0.2},
    }
    runs = [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": {"init": "default"}}]
    used = []
    try:
        for seed in range(30):  # each has samples of its own, of some 160 kB
            experiment = {"version": 1, "seed": seed, "problem": problem, "runs": runs}
            await worker.call(problem_tasks.data, parse_experiment(experiment).model_dump_json(), 1)
            await worker.call(record_tasks.replay, parse_experiment(experiment).model_dump_json(), None, 2, "cpu", 1.0)
            used.append(worker.used)
    finally:
        end_all([worker])
    assert 2_000_000 < max(used) <= 3_000_000


def test_health_says_what_workers_keep(server: Running) -> None:
    with server.live() as live:
        live.open()
        live.grant(5)
    memory = server.health()["memory"]
    assert set(memory) == {"server", "worker 0", "worker 1"}
    assert all(0 <= budget["used"] <= budget["limit"] for budget in memory.values())
    assert max(memory[f"worker {n}"]["used"] for n in range(2)) > 0


def lbfgs(channels: int, runs: int = 1, history: int = 100) -> Json:
    """A convolutional net, whose state has 2 tensors as large as its parameters for each step in the history."""
    problem = {
        "kind": "learning",
        "dataset": {"id": "digits", "params": {"count": 100}},
        "model": {"id": "convnet", "params": {"channels": channels}},
        "loss": {"id": "cross_entropy"},
        "batch": {"size": 10},
    }
    optimizer = {"id": "lbfgs", "lr": 0.01, "max_iter": 4, "history_size": history}
    return {
        "version": 1,
        "problem": problem,
        "runs": [{"optimizer": optimizer, "start": {"init": "default"}}] * runs,
    }


@pytest.mark.parametrize(
    ("optimizer", "zero_grad"),
    [
        ("lbfgs", True),
        *((name, zero_grad) for name in ("sgd", "adam", "adagrad", "asgd") for zero_grad in (True, False)),
    ],
)
def test_a_checkpoint_is_no_larger_than_said_before(optimizer: str, zero_grad: bool) -> None:
    history = {"history_size": 5} if optimizer == "lbfgs" else {}
    experiment = lbfgs(4, runs=2)
    run = {"optimizer": {"id": optimizer, "lr": 0.01, **history}, "start": {"init": "default"}, "zero_grad": zero_grad}
    prepared = prepare(parse_experiment({**experiment, "runs": [run, run]}))
    _, checkpoint = advance(prepared, None, 8)
    assert checkpoint.size <= 1.02 * prepared.checkpoint_bytes, "but for single numbers of the state"
    assert prepared.checkpoint_bytes <= 3 * checkpoint.size


async def test_an_experiment_that_would_take_the_memory_of_all_is_refused() -> None:
    shared = service(Settings(workers=1, server_memory=20_000_000))
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    reply = await client.ask(op="open", experiment=lbfgs(16))
    assert (reply["code"], reply["field"]) == ("limit", "runs")
    assert "at most 5 MB" in reply["message"]
    assert (await client.reach(5))["last"] == 5, "what was open stays open"
    await client.leave()
    assert shared.checkpoints.needed == 0


async def test_an_edit_that_would_take_too_much_is_refused_with_its_field() -> None:
    shared = service(Settings(workers=1, server_memory=20_000_000))
    client = Client(shared)
    small = lbfgs(16, history=2)
    assert (await client.ask(op="open", experiment=small))["op"] == "opened"
    await client.reach(0)
    longer = {"step": 0, "run": 0, "set": {"history_size": 100}}
    reply = await client.ask(op="edit", edit=longer)
    assert (reply["code"], reply["field"]) == ("limit", "edit.set.history_size")
    other = {"step": 0, "run": 0, "optimizer": {"id": "lbfgs", "history_size": 100}}
    reply = await client.ask(op="edit", edit=other)
    assert (reply["code"], reply["field"]) == ("limit", "edit.optimizer.id")
    assert (await client.ask(op="edit", edit={**longer, "set": {"lr": 0.02}}))["op"] == "edited"
    await client.leave()
    assert shared.checkpoints.needed == 0


@pytest.mark.parametrize("addresses", [1, 4])
async def test_one_session_more_than_memory_has_room_for_is_reported_busy(addresses: int) -> None:
    shared = service(Settings(workers=1, server_memory=10_000_000))
    clients = [Client(shared, f"127.0.0.{1 + n % addresses}") for n in range(8)]
    replies = [await client.ask(op="open", experiment={**lbfgs(8), "seed": n}) for n, client in enumerate(clients)]
    opened = [reply["op"] == "opened" for reply in replies]
    count = 3 if addresses == 1 else 6  # of some 1.6 MB: one address has at most half
    assert opened == [True] * count + [False] * (8 - count)
    assert replies[-1]["code"] == "busy"
    assert ("your address" in replies[-1]["message"]) == (addresses == 1)
    for client in clients[:count]:
        await client.reach(3)
        assert used(shared) <= 10_000_000
    again = await clients[0].ask(op="open", experiment={**lbfgs(8), "seed": 99})
    assert again["op"] == "opened", "instead of its own"
    await clients[0].ask(op="close")
    assert (await clients[-1].ask(op="open", experiment=lbfgs(8)))["op"] == "opened"
    for client in clients:
        await client.leave()
    assert shared.checkpoints.needed == 0
    assert not any(client_account.memory for client_account in shared.accounts._accounts.values())
