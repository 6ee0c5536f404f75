"""Worker calls for sweeps: what one costs, and its tiles."""

import time
from collections.abc import Sequence

from steepest.engine import PreparedSweep, prepare_sweep, run_seconds, sweep, sweep_seconds, watched_tiles
from steepest.problems import CACHE
from steepest.protocol.sweeps import pack_tile
from steepest.server.worker.prepared import prepared_bytes
from steepest.server.worker.process import slice_ends
from steepest.spec import Invalid, Sweep, Tile

_TILE_BYTES = 500  # of memory


def cost(document: str) -> tuple[float, float]:
    """Seconds of one core that one pixel of a sweep takes, and all of them: an estimate. document: its JSON.

    Raises `Invalid` with a path in the command, which begins with `sweep`.
    """
    try:
        prepared = _prepared(document)
    except Invalid as error:
        raise error.under("sweep") from None
    return run_seconds(prepared), sweep_seconds(prepared)


def tiles(document: str, first: int, reply_to: int, budget: float) -> tuple[int, list[bytes]]:
    """How many tiles the sweep has, and packed `tile` events from tile `first` on: one, and more for about `budget`
    seconds; none where there is no such tile.
    """
    prepared, every = _prepared(document), _tiles(document)
    deadline = time.perf_counter() + budget
    found: list[bytes] = []
    for number in range(first, len(every)):
        arrays = sweep(prepared, every[number])
        found.append(pack_tile(reply_to, prepared, every[number], (number, len(every)), arrays))
        if time.perf_counter() >= deadline or slice_ends():
            break
    return len(every), found


def _prepared(document: str) -> PreparedSweep:
    """The sweep ready to run; kept. Raises `Invalid`."""
    return CACHE.keep(
        "document",
        document,
        "sweep",
        lambda: prepare_sweep(Sweep.model_validate_json(document)),
        prepared_bytes(document),
    )


def _tiles(document: str) -> Sequence[Tile]:
    """Its tiles; kept. They are as many as is known to be allowed."""
    found = CACHE.find("document", document, "tiles")
    if found is None:
        made = watched_tiles(_prepared(document))
        found = CACHE.keep("document", document, "tiles", lambda: made, _TILE_BYTES * len(made))
    return found  # type: ignore[no-any-return]
