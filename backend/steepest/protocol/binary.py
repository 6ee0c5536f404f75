"""Binary messages: MessagePack maps in which an array is {dtype, shape, data}."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

import msgpack
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from steepest.engine import Preview
from steepest.engine.diagnosis.detectors import AnyVerdict
from steepest.engine.recording.records import Chunk, Fits, ModelMetrics, RunRecords
from steepest.spec import Edit

Part = TypeVar("Part", Fits, ModelMetrics)

# Fields of RunRecords with one entry per record.
_PER_RECORD = (
    *("loss", "params", "grad", "grad_norm", "update", "lr"),
    *("eigenvalues", "eigenvectors", "rate_zones", "status", "critical"),
)
_MAX_DRAWN = 2  # parameters
_VERDICTS: TypeAdapter[tuple[AnyVerdict, ...]] = TypeAdapter(tuple[AnyVerdict, ...])


def pack_array(array: NDArray[Any]) -> dict[str, object]:
    """As `WireArray`: little-endian and in C order on every machine."""
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"dtype": little.dtype.str, "shape": list(array.shape), "data": little.tobytes()}


def unpack_array(wire: dict[str, Any]) -> NDArray[Any]:
    """The array of a `WireArray`; a read-only view of the message's bytes."""
    return np.frombuffer(wire["data"], dtype=wire["dtype"]).reshape(wire["shape"])


def pack_chunk(chunk: Chunk, revision: int) -> bytes:
    """A `ChunkEvent` message."""
    return pack(
        {
            "op": "chunk",
            "revision": revision,
            "first": chunk.first,
            "last": chunk.last,
            "stopped": chunk.stopped,
            "runs": [_pack_run(run) for run in chunk.runs],
        }
    )


def _pack_run(run: RunRecords) -> dict[str, object]:
    arrays: dict[str, object] = {name: pack_array(getattr(run, name)) for name in _PER_RECORD}
    state = {name: pack_array(array) for name, array in run.state.items()}
    verdicts = _VERDICTS.dump_python(run.verdicts)
    return {
        "run": run.run,
        "first": run.first,
        **arrays,
        "state": state,
        "verdicts": verdicts,
        "frames": _pack_part(run.fits),
        "measures": _pack_part(run.metrics),
    }


def _pack_part(part: Fits | ModelMetrics | None) -> dict[str, object] | None:
    return None if part is None else {field.name: pack_array(getattr(part, field.name)) for field in fields(part)}


def _unpack_part(kind: type[Part], wire: dict[str, Any] | None) -> Part | None:
    return None if wire is None else kind(**{name: unpack_array(array) for name, array in wire.items()})


def unpack_chunk(message: dict[str, Any]) -> Chunk:
    """The chunk in an unpacked `ChunkEvent` message."""
    runs = tuple(
        RunRecords(
            run=wire["run"],
            first=wire["first"],
            state={name: unpack_array(array) for name, array in wire["state"].items()},
            verdicts=_VERDICTS.validate_python(wire["verdicts"], strict=False),
            fits=_unpack_part(Fits, wire["frames"]),
            metrics=_unpack_part(ModelMetrics, wire["measures"]),
            **{name: unpack_array(wire[name]) for name in _PER_RECORD},
        )
        for wire in message["runs"]
    )
    return Chunk(first=message["first"], last=message["last"], runs=runs, stopped=message["stopped"])


# What a packed `ChunkEvent` begins with, before its revision: a map of six fields, the first of them.
_BEFORE_REVISION = b"\x86\xa2op\xa5chunk\xa8revision"
# Bytes of a packed number by its first byte; 1 for a number below 128, which is that byte.
_NUMBER_SIZES = {0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9}


def with_revision(message: bytes, revision: int) -> bytes:
    """A `ChunkEvent` message with another revision. The rest is copied unread."""
    start = len(_BEFORE_REVISION)
    end = start + _NUMBER_SIZES.get(message[start], 1)
    return b"".join((_BEFORE_REVISION, cast(bytes, msgpack.packb(revision)), message[end:]))


def cut_chunk(message: bytes, first: int, last: int) -> bytes:
    """The records from step `first` to `last` of a `ChunkEvent` message, as a message. Both steps are within."""
    body = unpack(message)
    runs = [run for run in (_cut_run(run, first, last) for run in body["runs"]) if run is not None]
    return pack(
        {**body, "first": first, "last": last, "stopped": body["stopped"] and last == body["last"], "runs": runs}
    )


def _cut_run(run: dict[str, Any], first: int, last: int) -> dict[str, Any] | None:
    """Records of one run in wire form, from one step to another; None where it has none there."""
    start = max(first, run["first"]) - run["first"]
    end = min(last + 1 - run["first"], run["loss"]["shape"][0])
    if end <= start:
        return None
    return {
        **run,
        "first": run["first"] + start,
        **{name: _rows(run[name], start, end) for name in _PER_RECORD},
        "state": {name: _rows(array, start, end) for name, array in run["state"].items()},
        "verdicts": [verdict for verdict in run["verdicts"] if first <= verdict["step"] <= last],
        "frames": _cut_part(run["frames"], first, last),
        "measures": _cut_part(run["measures"], first, last),
    }


def _cut_part(part: dict[str, Any] | None, first: int, last: int) -> dict[str, Any] | None:
    if part is None:
        return None
    start, end = np.searchsorted(unpack_array(part["steps"]), (first, last + 1))
    return {name: _rows(array, int(start), int(end)) for name, array in part.items()}


def _rows(wire: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """Rows `start` to `end` of a wire array."""
    rows, *rest = wire["shape"]
    size = len(wire["data"]) // rows if rows else 0
    return {**wire, "shape": [end - start, *rest], "data": wire["data"][start * size : end * size]}


def truncated(chunk: Chunk, step: int) -> Chunk | None:
    """The chunk without its records after `step`, as an edit leaves it; None where nothing is left."""
    if chunk.last <= step:
        return chunk
    if chunk.first > step:
        return None
    runs = tuple(_first(run, step - run.first + 1) for run in chunk.runs if run.first <= step)
    return Chunk(first=chunk.first, last=step, runs=runs, stopped=False)


def _first(run: RunRecords, count: int) -> RunRecords:
    last = run.first + count - 1
    kept: dict[str, Any] = {name: getattr(run, name)[:count] for name in _PER_RECORD}
    return replace(
        run,
        state={name: array[:count] for name, array in run.state.items()},
        verdicts=tuple(verdict for verdict in run.verdicts if verdict.step <= last),
        fits=_until(run.fits, last),
        metrics=_until(run.metrics, last),
        **kept,
    )


def _until(part: Part | None, last: int) -> Part | None:
    if part is None:
        return None
    count = int((part.steps <= last).sum())
    return replace(part, **{field.name: getattr(part, field.name)[:count] for field in fields(part)})


def pack_fit(command: int, run: int, frames: Fits) -> bytes:
    """A `FitEvent` message of the last fit."""
    fit, weights = pack_array(frames.fit[-1]), pack_array(frames.weights[-1])
    step = int(frames.steps[-1])
    return pack({"op": "fit", "id": command, "step": step, "run": run, "fit": fit, "weights": weights})


def pack_surface(command: int, bounds: Sequence[Sequence[float]], z: NDArray[Any]) -> bytes:
    """A `SurfaceEvent` message. command: id of the command that it answers."""
    return pack({"op": "surface", "id": command, "bounds": [list(pair) for pair in bounds], "z": pack_array(z)})


def pack_rates(command: int, rates: Mapping[int, tuple[NDArray[Any], NDArray[Any]]]) -> bytes:
    """A `RatesEvent` message. rates: (steps, lr) by run."""
    runs = [
        {"run": run, "steps": pack_array(steps.astype(np.int32)), "lr": pack_array(lr)}
        for run, (steps, lr) in rates.items()
    ]
    return pack({"op": "rates", "id": command, "runs": runs})


def pack_preview(command: int, edit: Edit, preview: Preview | None) -> bytes:
    """A `PreviewEvent` message. edit: the one that is not made."""
    arrays: dict[str, object] | None = None
    if preview is not None:
        # More parameters are drawn nowhere, and would be most of the message.
        params = preview.params if preview.params.shape[1] <= _MAX_DRAWN else preview.params[:, :0]
        arrays = {
            "steps": pack_array(preview.steps),
            "loss": pack_array(preview.loss),
            "grad_norm": pack_array(preview.grad_norm),
            "params": pack_array(params),
            "diverged": preview.diverged,
        }
    return pack({"op": "preview", "id": command, "run": edit.run, "step": edit.step, "arrays": arrays})


def unpack(message: bytes) -> dict[str, Any]:
    """A binary message as a map; its arrays stay wire arrays."""
    return cast(dict[str, Any], msgpack.unpackb(message))


def pack(message: dict[str, object]) -> bytes:
    """A map as a binary message; its arrays are wire arrays already."""
    return cast(bytes, msgpack.packb(message))
