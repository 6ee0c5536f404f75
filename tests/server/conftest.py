"""One started server for the whole room: starting one takes seconds."""

from collections.abc import Iterator

import pytest
from tests.server.running import Running, Socket


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two workers, caps that a test can reach quickly, and a data folder of its own."""
    running = Running(
        tmp_path_factory.mktemp("server"),
        data=tmp_path_factory.mktemp("data"),
        workers=2,
        flood_seconds=1,
        max_steps=3_000,
        max_grid_points=10_000,
        max_sessions=6,
    )
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def live(server: Running) -> Iterator[Socket]:
    with server.live() as socket:
        yield socket


@pytest.fixture
def bystander(server: Running) -> Iterator[Socket]:
    """Another client with an experiment open; at the end it must still be served, whatever the test did."""
    with server.live() as other:
        other.open()
        other.grant(5)
        yield other
        assert other.grant(60)[-1].last == 60
