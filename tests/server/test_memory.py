"""Memory: the budgets, as clients see them."""

from tests.server.in_process import Client, service
from tests.server.running import BEALE

from steepest.engine.recording.checkpoint import OBJECTS
from steepest.server.service import Service
from steepest.server.settings import Settings


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
