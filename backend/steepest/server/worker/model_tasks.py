"""Worker calls that look inside a model: the loss on a plane, backpropagation, its neurons, a gradient check.

Long computations come in slices: each call returns as many numbers as its time budget allows, the next one continues.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.engine.model_analysis import loss_plane
from steepest.engine.model_analysis.backprop import net_graph
from steepest.engine.model_analysis.gradient_check import GradientCheck, Probe, check_gradient, probe_losses, probes
from steepest.engine.model_analysis.neurons import neurons
from steepest.problems.computation_graph import Graph
from steepest.problems.expression.graph import expression_graph
from steepest.protocol.commands import NeuronsCommand
from steepest.protocol.model_queries import pack_neurons
from steepest.server.worker.prepared import learning_problem, prepared

Params = NDArray[np.generic]  # (n,)

# A run's number, steps, and parameters at each of the steps.
RunPath = tuple[int, Sequence[int], Sequence[Params]]


def build_plane(
    document: str, run_paths: Sequence[RunPath], centre: Params | None, kind: loss_plane.Kind, side: int, draw: int
) -> loss_plane.Plane | None:
    """The plane through `centre`, or through the end of the first path; None where no path is finite.

    A path that does not start at step 0 gets its run's start as first point.
    """
    experiment = prepared(document)
    paths = []
    for run, steps, points in run_paths:
        if not steps or steps[0] > 0:
            steps = [0, *steps]
            points = [experiment.start(experiment.plans[run]).numpy(), *points]
        path = loss_plane.make_path(run, steps, points)
        if path is not None:
            paths.append(path)
    if not paths:
        return None
    if centre is None or loss_plane.make_path(0, [0], [centre]) is None:
        centre = paths[0].points[-1]
    return loss_plane.make_plane(learning_problem(document), paths, centre.astype(np.float64), kind, side, draw)


def plane_losses(document: str, plane: loss_plane.Plane, first: int, budget: float) -> loss_plane.Float:
    """Losses at the plane's points from number `first` on, as many as `budget` seconds allow."""
    return loss_plane.plane_losses(learning_problem(document), plane, first, budget)


def graph_of_net(document: str, params: Params, sample: int) -> Graph:
    """The net's graph for one training sample. Raises `Invalid`."""
    return net_graph(prepared(document), params, sample)


def pack_net_neurons(document: str, params: Params, command: NeuronsCommand) -> bytes:
    """A packed `neurons` event. Raises `Invalid`."""
    return pack_neurons(command, neurons(prepared(document), params, command.run, command.step))


def graph_of_expression(text: str, values: Mapping[str, float]) -> Graph:
    """The expression's graph. Raises `Invalid` with the column."""
    return expression_graph(text, values)


def probes_of(document: str, delta: float) -> tuple[Probe, ...]:
    """The losses that a gradient check needs."""
    return probes(prepared(document), delta)


def measure(
    document: str, params: Params, step: int, wanted: Sequence[Probe], first: int, budget: float
) -> loss_plane.Float:
    """Those losses from number `first` on, as many as `budget` seconds allow."""
    return probe_losses(prepared(document), params, step, wanted[first:], budget)


def check(document: str, params: Params, step: int, delta: float, values: loss_plane.Float) -> GradientCheck:
    """The gradient check's result from all of those losses."""
    return check_gradient(prepared(document), params, step, delta, values)
