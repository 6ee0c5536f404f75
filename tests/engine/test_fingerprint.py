"""The fingerprint: the page's own tests hold the same signs for the same numbers."""

import hashlib
import struct

import numpy as np
import pytest

from steepest.engine import Chunk, RunRecords, advance
from steepest.engine.recording.fingerprint import Fingerprint, fingerprint
from steepest.spec import parse_experiment

EXPERIMENT = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 10.0}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.05}, "start": [-1.0, 1.5]},
    ],
}


def records(params: np.ndarray, loss: np.ndarray, run: int = 0, first: int = 0) -> RunRecords:
    """Records of which nothing counts but these."""
    nothing = np.zeros(len(loss))
    return RunRecords(
        run,
        first,
        loss,
        params,
        params,
        nothing,
        params,
        nothing,
        {},
        nothing,
        nothing,
        nothing,
        nothing.astype("u1"),
        nothing.astype("u1"),
    )


def made(run: int, length: int, seed: float, dtype: str) -> RunRecords:
    """Record k has parameters (k + seed, -k / 3) and loss 1 / (k + 1): as in fingerprint.test.ts."""
    k = np.arange(length, dtype=np.float64)
    with np.errstate(over="ignore"):
        params = np.stack([k + seed, -k / 3], axis=1).astype(dtype)
    return records(params, (1 / (k + 1)).astype(dtype), run)


def upto(run: RunRecords, step: int) -> RunRecords:
    return records(run.params[: step + 1], run.loss[: step + 1], run.run)


def sign(*runs: RunRecords) -> str:
    last = max(len(run) for run in runs) - 1
    return fingerprint([Chunk(0, last, runs, False)], len(runs))


def test_is_that_of_the_page() -> None:
    three = [made(0, 100, 0, "f4"), made(1, 60, 0.1, "f4"), made(2, 100, 1e30, "f4")]
    assert sign(*(upto(run, 80) for run in three)) == "c324f728fa"
    assert sign(made(0, 100, 0.1, "f8")) == "e03ef023fb"
    assert sign(made(0, 10_000, 0, "f4")) == "1c01ff7f7f"


@pytest.mark.parametrize(("dtype", "expected"), [("f8", "b709342bfd"), ("f4", "46c97e215f")])
def test_knows_one_nan_and_the_sign_of_a_zero(dtype: str, expected: str) -> None:
    def special(nan: float) -> str:
        params = np.array([[nan, np.inf], [-np.inf, 0.0]]).astype(dtype)
        return sign(records(params, np.array([-0.0, 5e-324]).astype(dtype)))

    odd = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000001))[0]
    assert special(np.nan) == special(odd) == special(-np.nan) == expected
    plain = np.array([[np.nan, np.inf], [-np.inf, 0.0]]).astype(dtype)
    assert sign(records(plain, np.array([0.0, 5e-324]).astype(dtype))) != expected


def test_is_what_its_words_say() -> None:
    params, loss = np.array([[1.5, -2.0], [0.25, 3.0]], "f4"), np.array([7.0, 8.0], "f4")
    run = hashlib.sha256(struct.pack("<6f", 1.5, -2.0, 7.0, 0.25, 3.0, 8.0)).digest()
    assert sign(records(params, loss)) == hashlib.sha256(run).hexdigest()[:10]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_is_the_same_however_the_recording_is_cut(dtype: str) -> None:
    experiment = parse_experiment({**EXPERIMENT, "dtype": dtype})
    whole, _ = advance(experiment, None, 200)
    found, checkpoint, reached = Fingerprint(2), None, -1
    while reached < 200:
        chunk, checkpoint = advance(experiment, checkpoint, min(200, reached + 37))
        found.add(chunk)
        reached = chunk.last
    assert found.hex() == fingerprint([whole], 2)


def test_tells_recordings_apart_by_one_bit() -> None:
    run = made(0, 50, 0, "f4")
    bent = run.loss.copy()
    bent[49] = np.nextafter(bent[49], np.float32(2))
    assert sign(records(run.params, bent)) != sign(run)
    assert sign(run, made(1, 50, 1, "f4")) != sign(made(0, 50, 1, "f4"), made(1, 50, 0, "f4"))


def test_does_not_pass_over_records() -> None:
    found = Fingerprint(1)
    run = made(0, 5, 0, "f4")
    found.add(Chunk(0, 4, (run,), False))
    later = records(run.params, run.loss, first=6)
    with pytest.raises(ValueError, match="record 6 follows record 4"):
        found.add(Chunk(6, 10, (later,), False))
