"""The kernels on disk: whatever is in the folder, runs come out the same."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest
from tests.caches import empty_cache
from tests.engine.compiled.test_runs import on_beale

from steepest.engine import advance
from steepest.engine.compiled import store
from steepest.spec import parse_experiment

KEY, ABOUT, CODE = "a" * 64, {"scratch": 64}, bytes(range(256))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def kernels(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.kernel"))


def test_what_is_written_is_read(folder: Path) -> None:
    assert store.read(KEY) is None
    store.write(KEY, ABOUT, CODE)
    assert store.read(KEY) == (ABOUT, CODE)
    assert store.read("b" * 64) is None
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.kernel"]
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kept", [0, 1, 30, 64, 65, 70, 80, 200, -1])
def test_a_torn_file_is_not_read(folder: Path, kept: int) -> None:
    store.write(KEY, ABOUT, CODE)
    (path,) = kernels(folder)
    path.write_bytes(path.read_bytes()[:kept])
    assert store.read(KEY) is None


@pytest.mark.parametrize("place", [0, 40, 64, 65, 80, -1])
def test_a_changed_byte_is_found(folder: Path, place: int) -> None:
    store.write(KEY, ABOUT, CODE)
    (path,) = kernels(folder)
    body = bytearray(path.read_bytes())
    body[place] ^= 1
    path.write_bytes(body)
    assert store.read(KEY) is None


def test_a_kernel_under_another_name_is_not_read(folder: Path) -> None:
    store.write(KEY, ABOUT, CODE)
    (path,) = kernels(folder)
    path.rename(folder / f"{'b' * 64}.kernel")
    assert store.read("b" * 64) is None


def test_a_file_of_another_user_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(KEY, ABOUT, CODE)
    if not hasattr(os, "getuid"):
        pytest.skip("files have no owner here")
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    assert store.read(KEY) is None


@pytest.mark.parametrize("blocked", ["a file", "a folder that cannot be made", "a folder in the kernel's place"])
def test_a_folder_that_cannot_be_used_is_no_error(
    blocked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    monkeypatch.setenv("STEEPEST_CACHE", str(place))
    if blocked == "a file":
        place.write_text("in the way")
    elif blocked == "a folder that cannot be made":
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "file" / "below"))
    else:
        (place / f"{KEY}.kernel").mkdir(parents=True)
    store.write(KEY, ABOUT, CODE)
    assert store.read(KEY) is None


def test_a_full_disk_leaves_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    store.write(KEY, ABOUT, CODE)
    assert list(folder.iterdir()) == []


def test_an_empty_setting_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_CACHE", "")
    monkeypatch.chdir(tmp_path)
    store.write(KEY, ABOUT, CODE)
    assert store.read(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_bounded_and_what_was_used_last_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_BYTES", 10_000)
    monkeypatch.setattr(store, "_CHECKED_EVERY", 2)
    monkeypatch.setattr(store, "_written", 0)
    folder.mkdir()
    for age in (0, 10_000):  # of a process that is writing, and of one that was killed
        (folder / f"{age}.part").write_bytes(bytes(100))
        os.utime(folder / f"{age}.part", (time.time() - age,) * 2)
    names = [f"{n:064x}" for n in range(30)]
    for n, name in enumerate(names):
        store.write(name, ABOUT, bytes(900))
        os.utime(folder / f"{name}.kernel", (n, n))
    assert store.read(names[25]) is not None  # used now
    store.write(KEY, ABOUT, bytes(900))
    left = {path.stem for path in kernels(folder)}
    assert sum(path.stat().st_size for path in kernels(folder)) <= 10_000
    assert {KEY, names[25], names[29]} <= left
    assert names[0] not in left
    assert [path.name for path in folder.glob("*.part")] == ["0.part"]


def _write_often(folder: str, fill: int) -> None:
    os.environ["STEEPEST_CACHE"] = folder
    for _ in range(200):
        store.write(KEY, {"scratch": fill}, bytes([fill]) * 20_000)


def test_processes_that_write_at_once_leave_a_whole_file(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_often, args=(str(folder), fill)) for fill in (1, 2)]
    for writer in writers:
        writer.start()
    found = []
    while any(writer.is_alive() for writer in writers):
        kernel = store.read(KEY)
        if kernel is not None:
            found.append(kernel)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found.append(store.read(KEY) or ({}, b""))
    assert all(code == bytes([about["scratch"]]) * 20_000 for about, code in found)
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.kernel"]


@pytest.mark.parametrize("damage", ["torn", "foreign", "exchanged"])
def test_a_run_survives_any_file(folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {**on_beale({"id": "adam", "lr": 0.01}), "engine": "compiled"}

    def made() -> bytes:
        empty_cache(monkeypatch)
        return advance(parse_experiment(written), None, 20)[0].runs[0].params.tobytes()

    first = made()
    assert kernels(folder)
    for path in kernels(folder):
        whole = path.read_bytes()
        if damage == "torn":
            path.write_bytes(whole[: len(whole) // 2])
        elif damage == "foreign":
            path.write_bytes(b"#!/bin/sh\nexit\n")
    if damage == "exchanged":
        contents = [path.read_bytes() for path in kernels(folder)]
        for path, content in zip(kernels(folder), [*contents[1:], contents[0]], strict=True):
            path.write_bytes(content)
    assert made() == first
    assert made() == first  # from the files as they are now
