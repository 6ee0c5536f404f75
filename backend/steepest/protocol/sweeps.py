"""The pixels of a sweep as messages."""

from collections.abc import Mapping

import numpy as np

from steepest.engine import PreparedSweep, constant_curvature, known_minima
from steepest.engine.recording.records import Array
from steepest.protocol.binary import pack, pack_array
from steepest.spec import Tile

_WIDER = {np.dtype(np.int16): np.int32}  # to one of the dtypes of a `WireArray`


def pack_tile(
    command: int, prepared: PreparedSweep, tile: Tile, place: tuple[int, int], arrays: Mapping[str, Array]
) -> bytes:
    """A `TileEvent` message. command: id of the command that it answers. place: the tile's number, and of how many."""
    number, count = place
    same = not prepared.sweep.changes_problem  # else each pixel has minima and a curvature of its own
    minima = [point.at for point in known_minima(prepared.base)] if same and prepared.sweep.measure == "outcome" else []
    return pack(
        {
            "op": "tile",
            "id": command,
            "number": number,
            "count": count,
            "starts": list(tile.starts),
            "strides": list(tile.strides),
            "counts": list(tile.counts),
            "values": [_values(prepared, axis, tile.along(axis)) for axis in range(len(tile.counts))],
            "arrays": {
                name: pack_array(array.astype(_WIDER.get(array.dtype, array.dtype))) for name, array in arrays.items()
            },
            "minima": pack_array(np.array(minima, np.float64).reshape(-1, prepared.base.problem.dim)),
            "curvature": constant_curvature(prepared.base) if same else None,
        }
    )


def _values(prepared: PreparedSweep, axis: int, places: range) -> dict[str, object]:
    return pack_array(np.array([prepared.value(axis, place) for place in places], np.float64))
