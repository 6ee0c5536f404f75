"""Records as lines of JSON, the output of `steepest run`."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from steepest.engine.recording.records import STATUSES, Chunk, RunRecords
from steepest.spec import Engine

EngineAt = Callable[[int, int], Engine]  # what made a run's record: (run, step)


def lines(chunk: Chunk, engine_at: EngineAt, every: int = 1) -> Iterator[str]:
    """One JSON object per record, by step and then run: of steps divisible by `every`, and where a run diverges.

    The lines do not depend on how a recording is cut into chunks. A float32 is printed as the exactly equal double.
    """
    runs = [_plain(run) for run in sorted(chunk.runs, key=lambda run: run.run)]
    for step in range(chunk.first, chunk.last + 1):
        for run, first, records in runs:
            if first <= step < first + len(records):
                record = records[step - first]
                if step % every == 0 or record["status"] == "diverged":
                    found = {"step": step, "run": run, **record, "engine": engine_at(run, step)}
                    yield json.dumps(found, allow_nan=False)


def _plain(run: RunRecords) -> tuple[int, int, list[dict[str, Any]]]:
    """Number, first step and records of a run. One tolist per array is much faster than one item at a time."""
    columns = {name: getattr(run, name).tolist() for name in ("loss", "params", "grad", "grad_norm")}
    columns["status"] = [STATUSES[place] for place in run.status.tolist()]
    rows = zip(*columns.values(), strict=True)
    return run.run, run.first, [dict(zip(columns, map(_json, row), strict=True)) for row in rows]


def _json(value: Any) -> Any:
    """The value with words for numbers that are not finite, which JSON lacks."""
    if isinstance(value, list):
        return [_json(each) for each in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
