"""Queries that look inside a model: the loss on a plane, backpropagation, its neurons, a gradient check."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from steepest.engine import Checkpoint
from steepest.engine.model_analysis.loss_plane import MAX_PATH_NUMBERS, MAX_PATH_POINTS, Float
from steepest.engine.model_analysis.path_sample import FEW, chords, missing_step, spread_along
from steepest.problems import LearningProblem
from steepest.protocol.commands import CheckCommand, GraphCommand, NeuronsCommand, PlaneCommand
from steepest.protocol.events import Checked, GraphEvent
from steepest.protocol.model_queries import checked_event, graph_event, pack_plane
from steepest.server.live.context import Context, diverged_before
from steepest.server.worker import model_tasks
from steepest.spec import Invalid, Text

_FILLING = 0.4  # seconds in which a plane's paths get more points
_FILLED_NUMBERS = 2_000_000  # parameters of all paths together, beyond which only few points are added
_FEWEST = 12


async def plane(context: Context, command: PlaneCommand) -> bytes:
    """A packed `plane` event. Raises `Invalid`."""
    experiment = context.experiment
    problem = experiment.prepared.problem
    if not isinstance(problem, LearningProblem) or problem.dim <= 2:
        raise Invalid("", Text("the loss over one or two parameters is drawn whole", "一两个参数的损失可完整画出"))
    for n, run in enumerate(command.runs):
        experiment.check_run(run, f"runs[{n}]")
    centre_step = command.step if command.centre is None else command.centre
    last = await _checkpoint(context, command.step, "step")
    middle = await _checkpoint(context, centre_step, "centre")
    max_points = max(2, min(MAX_PATH_POINTS, MAX_PATH_NUMBERS // (problem.dim * len(command.runs))))
    paths = await _paths(context, command.runs, last, max_points)
    built = await context.work(
        model_tasks.build_plane,
        *(experiment.document, paths, middle.runs[command.runs[0]].params),
        *(command.kind, max(command.shape), command.draw),
    )
    if built is None:
        raise Invalid("runs", Text("none of these runs has a finite path", "这些运行都没有有限的路径"))
    losses = await _in_slices(context, built.size, model_tasks.plane_losses, experiment.document, built)
    return pack_plane(command.id, command.step, centre_step, problem.split_sizes.train, built, losses)


async def graph(context: Context, command: GraphCommand) -> GraphEvent:
    """A `graph` event: of the command's expression, or of the open net where it has none. Raises `Invalid`."""
    if command.expression is not None:
        found = await context.work(model_tasks.graph_of_expression, command.expression, command.values)
        return graph_event(command, found, 0)
    experiment = context.experiment
    params = await _params_at(context, command.run, command.step)
    found = await context.work(model_tasks.graph_of_net, experiment.document, params, command.sample)
    problem = experiment.prepared.problem
    assert isinstance(problem, LearningProblem)  # the call has raised otherwise
    return graph_event(command, found, problem.split_sizes.train)


async def neurons(context: Context, command: NeuronsCommand) -> bytes:
    """A packed `neurons` event. Raises `Invalid`."""
    params = await _params_at(context, command.run, command.step)
    return await context.work(model_tasks.pack_net_neurons, context.experiment.document, params, command)


async def check(context: Context, command: CheckCommand) -> Checked:
    """A `checked` event. Raises `Invalid`."""
    experiment = context.experiment
    document, step, delta = experiment.document, command.step, command.delta
    params = await _params_at(context, command.run, step)
    probes = await context.work(model_tasks.probes_of, document, delta)
    values = await _in_slices(context, len(probes), model_tasks.measure, document, params, step, probes)
    found = await context.work(model_tasks.check, document, params, step, delta, values)
    return checked_event(command, found, experiment.prepared.problem.dim)


async def _params_at(context: Context, run: int, step: int) -> Any:
    """Parameters of a run at a step, shape (n,). Raises `Invalid` where the run has no such record."""
    context.experiment.check_run(run)
    checkpoint = await _checkpoint(context, step, "step")
    state = checkpoint.runs[run]
    if checkpoint.step < step or (state.stopped is not None and state.stopped < step):
        raise diverged_before(run, step)
    return state.params


async def _checkpoint(context: Context, step: int, field: str) -> Checkpoint:
    context.experiment.check_reached(step, field)
    checkpoint = await context.checkpoint_at(step)
    assert checkpoint is not None  # steps of commands are not negative
    return checkpoint


async def _in_slices(context: Context, size: int, task: Callable[..., Any], *arguments: Any) -> Float:
    """`size` numbers from several calls; each gets the number of those already computed, and a time budget."""
    values: Float = np.empty(0)
    while len(values) < size:
        values = np.append(values, await context.work_sliced(task, *arguments, len(values)))
    return values


async def _paths(context: Context, runs: list[int], last: Checkpoint, max_points: int) -> list[model_tasks.RunPath]:
    """At most `max_points` points of each run's path, up to its end or to the checkpoint `last`.

    Steps that the cached checkpoints lack are made again, as long as `_FILLING` allows, and then cached.
    """
    deadline = time.monotonic() + _FILLING
    start = await context.checkpoint_at(0)
    # Long runs have more checkpoints than a path needs: those beyond this are looked at only by their steps.
    cached = [one for one in context.experiment.checkpoints.up_to(last.step) if 0 < one.step < last.step]
    found = {one.step: one for one in [*cached[:: 1 + len(cached) // (4 * max_points)], last]}
    if start is not None:
        found[0] = start
    lengths = _Lengths(runs)
    numbers = context.experiment.prepared.problem.dim * len(runs)
    most = min(FEW, max_points, max(_FEWEST, _FILLED_NUMBERS // numbers))
    while True:
        points = [found[step] for step in sorted(found)]
        of_paths = await asyncio.to_thread(lengths.of, points)
        step = missing_step(sorted(found), of_paths, most)
        if step is None or time.monotonic() >= deadline:
            break
        reached = await context.checkpoint_at(step)
        if reached is None or reached.step != step:  # every run has diverged before
            break
        found[step] = reached
    return [_path(run, points, of_path, max_points) for run, of_path in zip(runs, of_paths, strict=True)]


class _Lengths:
    """The chords of paths through checkpoints; each is computed once."""

    def __init__(self, runs: list[int]) -> None:
        self._runs = runs
        self._known: dict[tuple[int, int], list[float]] = {}

    def of(self, points: list[Checkpoint]) -> list[Any]:
        """For each run (m - 1,), from m checkpoints."""
        for begin, end in pairwise(points):
            between = begin.step, end.step
            if between not in self._known:
                self._known[between] = [
                    float(chords([begin.runs[run].params, end.runs[run].params])[0]) for run in self._runs
                ]
        rows = [self._known[begin.step, end.step] for begin, end in pairwise(points)]
        return list(np.array(rows, np.float64).reshape(-1, len(self._runs)).T)


def _path(run: int, checkpoints: list[Checkpoint], lengths: Any, max_points: int) -> model_tasks.RunPath:
    """At most `max_points` points of a run's path, up to its end. lengths: the chords between the checkpoints."""
    alive = [one for one in checkpoints if (stopped := one.runs[run].stopped) is None or stopped >= one.step]
    kept = [alive[n] for n in spread_along([one.step for one in alive], lengths[: len(alive) - 1], max_points)]
    return run, [one.step for one in kept], [one.runs[run].params for one in kept]
