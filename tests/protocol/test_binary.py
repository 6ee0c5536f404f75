"""Arrays cross the wire bit for bit, and a chunk truncated at a step equals the chunk that ends there."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from steepest.engine import Chunk, advance, prepare
from steepest.engine.recording.records import Fits, ModelMetrics
from steepest.protocol.binary import pack_array, pack_chunk, pack_surface, truncated, unpack, unpack_array, unpack_chunk
from steepest.protocol.binary_events import ChunkEvent, SurfaceEvent, WireArray
from steepest.spec import parse_experiment

DTYPES = st.sampled_from(["<f4", "<f8", "|u1", ">f4", ">f8"])
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)

# One run that goes on, one that diverges, and an edit: all that a chunk can hold.
RACE: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [
        {"optimizer": {"id": "adam", "lr": 0.1}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.5}, "start": [1.0, 1.0]},
    ],
    "edits": [{"step": 3, "run": 0, "set": {"lr": 0.01}}],
}


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Bit for bit, NaN and the sign of zero included."""
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


def assert_same(one: Chunk, other: Chunk) -> None:
    assert (one.first, one.last, one.stopped) == (other.first, other.last, other.stopped)
    assert [(run.run, run.first) for run in one.runs] == [(run.run, run.first) for run in other.runs]
    for mine, theirs in zip(one.runs, other.runs, strict=True):
        assert mine.verdicts == theirs.verdicts
        assert mine.state.keys() == theirs.state.keys()
        assert all(same(mine.state[name], theirs.state[name]) for name in mine.state)
        for field in fields(mine):
            # momentum: what a schedule made of it is the diagnosis' own affair, and not on the wire.
            if field.name not in ("run", "first", "state", "verdicts", "fits", "metrics", "momentum"):
                assert same(getattr(mine, field.name), getattr(theirs, field.name)), field.name
        same_part(mine.fits, theirs.fits)
        same_part(mine.metrics, theirs.metrics)


def same_part(one: Fits | ModelMetrics | None, other: Fits | ModelMetrics | None) -> None:
    assert type(one) is type(other)
    if one is not None:
        assert all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))


@given(st.data())
def test_an_array_comes_back_bit_for_bit(data: st.DataObject) -> None:
    array = data.draw(arrays.arrays(np.dtype(data.draw(DTYPES)), data.draw(SHAPES)))
    wire = pack_array(array)
    WireArray.model_validate(wire, strict=True)
    assert same(unpack_array(wire), array.astype(array.dtype.newbyteorder("<")))


def test_every_kind_of_nan_and_infinity_arrives_as_itself() -> None:
    bits = np.array([0x7FC00001, 0xFFC00000, 0x7F800000, 0xFF800000, 0x80000000, 0x00000001], dtype="<u4")
    array = bits.view("<f4")
    assert same(unpack_array(pack_array(array)).view("<u4"), bits)


def test_an_array_that_is_not_in_c_order_arrives_in_c_order() -> None:
    array = np.arange(6.0).reshape(2, 3).T
    assert np.array_equal(unpack_array(pack_array(array)), array)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_chunk_comes_back_bit_for_bit(dtype: str) -> None:
    chunk, _ = advance(parse_experiment({**RACE, "dtype": dtype}), None, 20)
    going, diverged = chunk.runs
    assert len(going) == 21
    assert not np.isfinite(diverged.loss[-1])
    message = pack_chunk(chunk, 7)
    event = ChunkEvent.model_validate(unpack(message), strict=True)
    assert (event.revision, event.first, event.last, event.stopped) == (7, 0, 20, False)
    assert_same(unpack_chunk(unpack(message)), chunk)


MODEL = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle", "params": {"count": 40}},
        "model": {"id": "mlp", "params": {"hidden": [8, 8]}},
        "loss": {"id": "bce_logits"},
        "split": {"dev": 0.25, "test": 0.25},
    },
    "runs": [{"optimizer": {"id": "adam", "lr": 0.1}, "start": {"init": "default"}}],
}


def test_a_models_chunk_comes_back_bit_for_bit_and_can_be_cut() -> None:
    prepared = prepare(parse_experiment(MODEL))
    chunk, _ = advance(prepared, None, 30, every=5)
    (run,) = chunk.runs
    assert run.fits is not None
    assert run.metrics is not None
    assert (run.fits.steps.tolist(), run.metrics.steps.tolist()) == ([*range(0, 31, 5)], [0, 10, 20, 30])
    assert run.fits.weights.shape == (7, prepared.problem.dim)
    message = pack_chunk(chunk, 7)
    ChunkEvent.model_validate(unpack(message), strict=True)
    assert_same(unpack_chunk(unpack(message)), chunk)
    for step in (0, 4, 5, 19, 20, 30):
        cut = truncated(chunk, step)
        assert cut is not None
        assert_same(cut, advance(prepared, None, step, every=5)[0])


def test_a_stopped_chunk_says_so() -> None:
    chunk, _ = advance(parse_experiment({**RACE, "runs": RACE["runs"][1:], "edits": []}), None, 20)
    back = unpack_chunk(unpack(pack_chunk(chunk, 0)))
    assert (back.stopped, back.last, back.runs[0].loss[-1]) == (True, 2, np.inf)


@pytest.mark.parametrize("first", [-1, 4])
@pytest.mark.parametrize("step", range(12))
def test_a_chunk_cut_at_a_step_is_the_chunk_that_ends_there(first: int, step: int) -> None:
    prepared = prepare(parse_experiment(RACE))
    checkpoint = None if first < 0 else advance(prepared, None, first)[1]
    whole, _ = advance(prepared, checkpoint, 10)
    cut = truncated(whole, step)
    if step <= first:
        assert cut is None
    else:
        assert cut is not None
        assert_same(cut, advance(prepared, checkpoint, min(step, 10))[0])


def test_a_surface_is_what_the_schema_says() -> None:
    z = np.array([[0.0, np.inf], [np.nan, -1.0], [2.0, 3.0]], dtype=np.float32)
    message = unpack(pack_surface(5, [(-1.0, 1.0), (0.0, 2.0)], z))
    event = SurfaceEvent.model_validate(message)
    assert (event.id, event.bounds) == (5, [(-1.0, 1.0), (0.0, 2.0)])
    assert same(unpack_array(message["z"]), z)
