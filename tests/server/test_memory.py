"""Memory: the budgets, as clients see them."""

from tests.server.in_process import Client, service
from tests.server.running import BEALE, Running

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
    counts = [len(cache) for client in shared.sessions for cache in [client.session.checkpoints]]  # type: ignore[attr-defined]
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
