"""A table of 20,000 rows is learned from, all of it at each step."""

from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from tests.server.running import Running

CSV = {"content-type": "text/csv"}


def table() -> bytes:
    values = np.random.default_rng(0).normal(size=(20_000, 8))
    target = values @ np.arange(1, 9) + np.sin(values[:, 0])
    rows = (",".join(f"{value:.3f}" for value in (*row, y)) for row, y in zip(values, target, strict=True))
    return ("a,b,c,d,e,f,g,h,y\n" + "\n".join(rows)).encode()


SIX = ("sgd", "adam", "rmsprop", "adagrad", "adamw", "nadam")


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """On a busy machine a step may take long; how long a large one takes by itself: tests/engine/test_sharpness.py."""
    running = Running(tmp_path_factory.mktemp("server"), workers=1, step_timeout=60)
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("hidden", [[8, 8], [32, 32]])
def test_a_full_batch_of_20_000_rows_plays(patient: Running, hidden: list[int], engine: str) -> None:
    file = httpx.post(f"{patient.url}/api/data", content=table(), headers=CSV, timeout=60).json()["file"]
    document = {
        "version": 1,
        "engine": engine,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "csv", "params": {"file": file}},
            "model": {"id": "mlp", "params": {"hidden": hidden}},
            "loss": {"id": "mse"},
        },
        "runs": [{"optimizer": {"id": name, "lr": 0.005}, "start": {"init": "default"}} for name in SIX],
    }
    with patient.live() as live:
        opened = live.open(document)
        assert opened["op"] == "opened", opened
        chunks = live.grant(20)
    assert chunks[-1].last == 20
    for first, last in zip(chunks[0].runs, chunks[-1].runs, strict=True):
        assert last.loss[-1] < first.loss[0]
