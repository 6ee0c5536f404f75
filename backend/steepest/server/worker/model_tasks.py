"""What a worker does for a look into a model: a plane and its losses, a net's graph, the losses of a gradient check.

What takes long comes in slices: each call gives as many numbers as its time allows, the next one goes on from there.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steepest.engine import Prepared, prepare
from steepest.engine.model_analysis import loss_plane
from steepest.engine.model_analysis.backprop import net_graph
from steepest.engine.model_analysis.gradient_check import GradientCheck, Probe, check_gradient, probe_losses, probes
from steepest.problems import LearningProblem
from steepest.problems.computation_graph import Graph
from steepest.problems.expression.graph import expression_graph
from steepest.spec import Experiment, Invalid

Points = NDArray[np.generic]
# Of one run: its number, steps, and parameters (n,) at each.
Trodden = tuple[int, Sequence[int], Sequence[Points]]


def lay(
    document: str, trodden: Sequence[Trodden], centre: Points | None, kind: loss_plane.Kind, side: int, draw: int
) -> loss_plane.Plane | None:
    """The plane through `centre`, (n,), or through the last point of the first path; None where no path is finite.

    Each path begins at its run's start, whether that is among the points or not.
    """
    prepared = _prepared(document)
    problem = _learning(prepared)
    paths = []
    for run, steps, points in trodden:
        if not steps or steps[0] > 0:
            steps = [0, *steps]
            points = [prepared.start(prepared.plans[run]).numpy(), *points]
        path = loss_plane.make_path(run, steps, points)
        if path is not None:
            paths.append(path)
    if not paths:
        return None
    if centre is None or loss_plane.make_path(0, [0], [centre]) is None:
        centre = paths[0].points[-1]
    return loss_plane.make_plane(problem, paths, centre.astype(np.float64), kind, side, draw)


def survey(document: str, laid: loss_plane.Plane, first: int, budget: float) -> loss_plane.Float:
    """Losses of the plane's places from number `first` on."""
    return loss_plane.plane_losses(_learning(_prepared(document)), laid, first, budget)


def graph_of_net(document: str, params: Points, sample: int) -> Graph | Invalid:
    """The net's graph, or why there is none."""
    try:
        return net_graph(_prepared(document), params, sample)
    except Invalid as error:
        return error


def graph_of_expression(text: str, values: Mapping[str, float]) -> Graph | Invalid:
    """The expression's graph, or why there is none."""
    try:
        return expression_graph(text, values)
    except Invalid as error:
        return error


def to_check(document: str, delta: float) -> tuple[Probe, ...]:
    """The losses that a gradient check needs."""
    return probes(_prepared(document), delta)


def measure(document: str, params: Points, step: int, asked: Sequence[Probe], budget: float) -> loss_plane.Float:
    """The first of those losses."""
    return probe_losses(_prepared(document), params, step, asked, budget)


def check(document: str, params: Points, step: int, delta: float, values: loss_plane.Float) -> GradientCheck:
    """What all of those losses come to."""
    return check_gradient(_prepared(document), params, step, delta, values)


def _learning(prepared: Prepared) -> LearningProblem:
    assert isinstance(prepared.problem, LearningProblem)  # the server has looked
    return prepared.problem


@lru_cache(maxsize=8)
def _prepared(document: str) -> Prepared:
    return prepare(Experiment.model_validate_json(document))
