"""Kernels that are made before anyone asks for them."""

import asyncio
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.caches import empty_cache
from tests.server import misbehaving
from tests.server.running import Running

from steepest.engine import advance, engine_of, prepare
from steepest.engine.compiled import library
from steepest.engine.compiled.rule import OPTIMIZERS
from steepest.problems.surfaces import BUILT_IN as SURFACES
from steepest.server.worker import pool
from steepest.server.worker.kernel_process import make_kernels, menu_choices, start
from steepest.server.worker.pool import StepTimeout, Worker, end_all
from steepest.spec import parse_experiment

EXPERIMENT: dict[str, Any] = {
    "version": 1,
    "engine": "compiled",
    "problem": {"kind": "surface", "id": "expression", "params": {"expression": "x**2 + 3*y**2 + x*y"}},
    "runs": [{"optimizer": {"id": "adam", "lr": 0.01}, "start": [1.0, 2.0]}],
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache on disk, and none in memory."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    empty_cache(monkeypatch)
    return tmp_path


def test_a_kernel_made_ahead_is_not_made_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = parse_experiment(EXPERIMENT)
    make_kernels([experiment])
    assert list(cache.glob("*.kernel"))

    def refuse(*_: object) -> bytes:
        raise AssertionError("a kernel was made")

    empty_cache(monkeypatch)
    monkeypatch.setattr(library, "assemble", refuse)
    chunk, _ = advance(prepare(experiment), None, 50)
    assert chunk.last == 50


def test_what_fails_or_is_eager_is_left_out(cache: Path) -> None:
    unknown = parse_experiment({**EXPERIMENT, "problem": {"kind": "surface", "id": "nowhere"}})
    eager = parse_experiment({**EXPERIMENT, "engine": "eager"})
    make_kernels([unknown, eager])
    assert not list(cache.glob("*.kernel"))
    make_kernels([unknown, parse_experiment(EXPERIMENT)])
    assert list(cache.glob("*.kernel"))


def test_every_choice_of_the_menus_is_made() -> None:
    experiments = list(menu_choices())
    prepared = [prepare(experiment) for experiment in experiments]
    compiled = [one for one in prepared if engine_of(one, 0, "cpu") == "compiled"]
    assert {one.plans[0].config.optimizer.id for one in compiled} == OPTIMIZERS
    assert {surface.id for surface in SURFACES} <= {getattr(one.experiment.problem, "id", "") for one in compiled}
    first = {plan.config.optimizer.id for one in prepared[:2] for plan in one.plans}
    assert first == {"sgd", "adam"}, "the page's opening experiment comes first"


def test_nothing_is_made_for_another_device_or_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start("cuda") is None
    monkeypatch.setenv("STEEPEST_CACHE", "")
    assert start("cpu") is None


def test_a_server_makes_them_beside_its_workers_and_ends_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = tmp_path / "kernels"
    monkeypatch.setenv("STEEPEST_CACHE", str(kernels))
    running = Running(tmp_path, workers=1, make_kernels=True)
    try:
        lowest = [each for each in psutil.Process(running.process.pid).children(recursive=True) if each.nice() == 19]
        while not list(kernels.glob("*.kernel")):
            assert running.process.poll() is None
            time.sleep(0.05)
            lowest = [
                each for each in psutil.Process(running.process.pid).children(recursive=True) if each.nice() == 19
            ]
        assert len(lowest) == 1
    finally:
        running.stop()
    gone, alive = psutil.wait_procs(lowest, timeout=30)
    assert gone
    assert not alive


async def test_a_kernel_that_takes_long_is_not_a_step_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker("cpu", time_limit=0.25, tries=1)
    end = tmp_path / "end"
    try:
        await worker.call(misbehaving.makes_a_kernel, time_limit=60.0)  # and imports what that needs
        making = asyncio.create_task(worker.call(misbehaving.makes_a_kernel_until, str(end)))
        await asyncio.sleep(2)
        assert not making.done()
        end.touch()
        assert await making == "made"
        assert worker.restarts == 0
        # But not for ever.
        monkeypatch.setattr(pool, "_LONGEST_MAKING", 0.5)
        with pytest.raises(StepTimeout):
            await worker.call(misbehaving.makes_a_kernel_until, str(tmp_path / "never"))
    finally:
        end_all([worker])


async def test_a_long_call_that_makes_a_kernel_is_reported_once(tmp_path: Path) -> None:
    worker = Worker("cpu", time_limit=60.0, tries=1)
    reports: list[Path] = []

    def end() -> None:
        reports.append(tmp_path / "end")
        reports[-1].touch()

    try:
        assert await worker.call(misbehaving.makes_a_kernel_until, str(tmp_path / "end"), on_making=end) == "made"
        assert len(reports) == 1
        # A call without a kernel is not.
        assert await worker.call(misbehaving.is_late, 0.5, on_making=end) == "late"
        assert len(reports) == 1
    finally:
        end_all([worker])
