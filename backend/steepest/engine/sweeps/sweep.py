"""sweep(sweep, tile): the runs of some pixels, as pure as `advance`."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from steepest.engine.compiled.block import Objective
from steepest.engine.compiled.grid import GridRuns, run_grid
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.records import Array
from steepest.engine.run.compiled_runner import make_runner, objective_of
from steepest.engine.sweeps.measure import ModelMeasure, PathMeasure, arrays_of
from steepest.engine.sweeps.prepare import PreparedSweep, prepare_sweep, runs_at_once
from steepest.engine.sweeps.quartiles import quartiles
from steepest.spec import Sweep, Tile, whole

_BYTES = 4_000_000  # of the records of the runs that are made in one call: they stay in the processor's cache
_OUTPUTS = 4_000_000  # numbers that models give at once
_MOST = 4096  # runs in one call
_STATE_TENSORS = 4


def sweep(document: Sweep | PreparedSweep, tile: Tile | None = None, threads: int = 1) -> dict[str, Array]:
    """The measure of the tile's pixels, of all by default. The first axis of an array is the sweep's first axis.

    Pure: a pixel's numbers follow from its experiment alone, whatever the tile and the number of threads.
    Of an outcome: `status` uint8, place in STATUSES; `step` int32, at which it diverged, or from which on it stays at
    a minimum with updates that are short too, else the last; `minimum` int16, place in `known_minima`, else -1.
    Of other measures: `value` float64; where there is a repeat `low`, `median` and `high`, its quartiles.
    A run that has diverged has an infinite loss and distance; a loss never reached takes infinitely many steps.
    Raises `Invalid`.
    """
    prepared = document if isinstance(document, PreparedSweep) else prepare_sweep(document)
    tile = tile or whole(prepared.sweep.shape)
    ranges = [tile.along(axis) for axis in range(len(prepared.sweep.axes))]
    if prepared.sweep.repeat is not None:
        ranges.append(range(prepared.sweep.repeat.count))
    names = arrays_of(prepared.sweep)
    found: dict[str, Array] = {name: np.empty([len(each) for each in ranges], kind) for name, kind in names.items()}
    outer = [n for n, given in enumerate(prepared.inputs) if given is None]
    inner = [n for n, given in enumerate(prepared.inputs) if given is not None]
    for chosen in product(*(range(len(ranges[n])) for n in outer)):
        places = [each[0] for each in ranges]
        for n, place in zip(outer, chosen, strict=True):
            places[n] = ranges[n][place]
        own = dict(zip(outer, chosen, strict=True))
        index = tuple(own.get(n, slice(None)) for n in range(len(ranges)))
        part = _of_one_problem(prepared, places, {n: ranges[n] for n in inner}, threads)
        for name, values in part.items():
            found[name][index] = values.reshape([len(ranges[n]) for n in inner])
    if prepared.sweep.repeat is None:
        return found
    return quartiles(found["value"], worst_is_low=prepared.sweep.measure == "dev_accuracy")


def _of_one_problem(
    prepared: PreparedSweep, places: Sequence[int], inner: dict[int, range], threads: int
) -> dict[str, Array]:
    """The runs at the places, with all combinations of places on the inner axes: by name, each (k,)."""
    first = prepared.prepared(places)
    if runs_at_once(first):
        return _at_once(prepared, first, inner, threads)
    parts = []
    for chosen in product(*inner.values()):
        own = dict(zip(inner, chosen, strict=True))
        one = first if not own else prepared.prepared([own.get(n, place) for n, place in enumerate(places)])
        parts.append(_single(prepared.sweep, one))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _single(document: Sweep, prepared: Prepared) -> dict[str, Array]:
    """One run by itself, by kernels or by torch: by name, each (1,)."""
    model = document.measure.startswith("dev_")
    runner = make_runner(prepared, prepared.plans[0], None, 0, "cpu", measured=model)
    runner.begin(record=True)
    runner.advance(document.steps)
    records = runner.records(0, 0)
    ends = np.concatenate([each.detach().reshape(-1).numpy() for each in runner.parameters])[None]
    made, finite = runner.at, runner.finite
    runner.close()
    if model:
        assert records.metrics is not None
        measured = ModelMeasure(document, prepared)
        return {"value": np.array([measured.of_metrics(records.metrics) if finite else measured.of_diverged])}
    path = np.full((1, document.steps, records.params.shape[1]), np.nan, records.params.dtype)
    path[0, :made] = records.params[1:]
    losses = np.full((1, document.steps + 1), np.nan, records.loss.dtype)
    losses[0, : made + 1] = records.loss
    starts = records.params[:1]
    runs = GridRuns(np.array([made]), np.array([finite]), starts, ends, losses, path)
    return PathMeasure(document, prepared)(runs)


def _at_once(prepared: PreparedSweep, first: Prepared, inner: dict[int, range], threads: int) -> dict[str, Array]:
    """The runs of one problem by kernels, in calls of many."""
    shape = [len(each) for each in inner.values()]
    k = int(np.prod(shape, dtype=np.int64))
    columns = {
        prepared.inputs[n]: np.array([prepared.value(n, place) for place in places])[at]
        for (n, places), at in zip(inner.items(), np.indices(shape).reshape(len(shape), k), strict=True)
    }
    varied = {name: column for name, column in columns.items() if isinstance(name, str)}
    start = first.start(first.plans[0]).numpy()
    objective = objective_of(first)
    measure = PathMeasure(prepared.sweep, first)
    model = ModelMeasure(prepared.sweep, first) if prepared.sweep.measure.startswith("dev_") else None
    found: dict[str, Array] = {name: np.empty(k, kind) for name, kind in arrays_of(prepared.sweep).items()}
    config = first.plans[0].config

    one_at_a_time = Lock()

    def call(chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], dict[str, Array]]:
        starts = np.repeat(start[None], len(chosen), axis=0)
        for place, column in columns.items():
            if isinstance(place, int):
                starts[:, place] = column[chosen].astype(starts.dtype)
        runs = run_grid(
            objective,
            config.optimizer,
            config.values,
            {name: column[chosen] for name, column in varied.items()},
            starts,
            prepared.sweep.steps,
            zero_grad=first.plans[0].zero_grad,
            keep_path=measure.needs_path,
        )
        if model is None:
            return chosen, measure(runs)
        with one_at_a_time:  # the objective has memory for one measurement
            return chosen, {"value": _of_model(model, objective, runs)}

    calls = _calls(varied, k, _runs_at_once(objective, prepared.sweep.steps, measure.needs_path))
    with ThreadPoolExecutor(threads) as pool:
        for chosen, part in pool.map(call, calls) if threads > 1 else map(call, calls):
            for name, values in part.items():
                found[name][chosen] = values
    return found


def _runs_at_once(objective: Objective, steps: int, keep_path: bool) -> int:
    """As many as their records stay in the processor's cache."""
    numbers = (steps + 1) * (1 + (objective.size if keep_path else 0)) + objective.size * (3 + _STATE_TENSORS)
    return int(np.clip(_BYTES // (numbers * objective.dtype.itemsize), 1, _MOST))


def _calls(varied: dict[str, NDArray[np.float64]], k: int, most: int) -> Iterator[NDArray[np.int64]]:
    """The runs of each call: the same hyperparameters are 0 in all of them, since torch's code branches on that."""
    zeros = np.zeros(k, np.int64)
    for n, column in enumerate(varied.values()):
        zeros += (column == 0).astype(np.int64) << n
    for kind in np.unique(zeros):
        same = np.flatnonzero(zeros == kind)
        for begin in range(0, len(same), most):
            yield same[begin : begin + most]


def _of_model(model: ModelMeasure, objective: Objective, runs: GridRuns) -> NDArray[np.float64]:
    """(k,)."""
    found = np.full(len(runs.made), model.of_diverged)
    finite = np.flatnonzero(runs.finite)
    at_once = max(1, _OUTPUTS // max(1, len(model.samples.inputs)))
    for begin in range(0, len(finite), at_once):
        chosen = finite[begin : begin + at_once]
        found[chosen] = model.of_outputs(*objective.measured(np.ascontiguousarray(runs.ends[chosen])))
    return found
