"""What a sweep costs, by arithmetic, and its tiles for someone who watches: coarse to fine, each a moment's work."""

import math
from collections.abc import Sequence

from steepest.engine.compiled.rule import experiment_compiles, update_compiles
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.sweeps.prepare import PreparedSweep, runs_at_once
from steepest.problems import LearningProblem
from steepest.spec import Tile, coarse_to_fine

# Seconds of one core, measured; a slow processor needs a few times as long.
_COMPILED_STEP = 2e-7
_OPERATION = 1e-10  # of torch, as `step_operations` counts them
_PRODUCT = 1e-9  # of a weight and an input, with what follows from it for the gradient, by kernels
_SINGLE_RUN = 2e-3  # to begin a run by itself
_PROBLEM = 0.05  # to make a problem and its kernels, and to find its minima

_TILE = 0.012  # seconds that a tile should take at most
_SIDE = 64  # pixels of a tile along an axis at most
_COARSE = 16  # pixels along the longer axis of the first picture at least


def run_seconds(prepared: PreparedSweep) -> float:
    """Seconds of one core that one pixel takes, with all runs of its repeat: an estimate before any step."""
    sweep = prepared.sweep
    own = 1 if sweep.repeat is None or not sweep.repeat.changes_problem else sweep.repeat.count
    return _steps_seconds(prepared) + (own * _PROBLEM if sweep.problems > 1 else 0.0)


def sweep_seconds(prepared: PreparedSweep) -> float:
    """The same for all pixels. Those that have the same problem share its kernels."""
    sweep = prepared.sweep
    problems = sweep.problems * _PROBLEM if sweep.problems > 1 else 0.0
    return _steps_seconds(prepared) * math.prod(sweep.shape) + problems


def watched_tiles(prepared: PreparedSweep) -> Sequence[Tile]:
    """Tiles that together have each pixel once, in the order in which the picture becomes clear.

    All pixels of a tile have one problem where an axis changes it, so that its kernels are made for many at once.
    """
    axes = prepared.sweep.axes
    shared = [not axis.changes_problem for axis in axes]
    pixels = (_TILE if all(shared) else _TILE + _PROBLEM) / _steps_seconds(prepared)
    side = max(1, min(_SIDE, int(pixels ** (1 / max(1, sum(shared))))))
    shape = prepared.sweep.shape
    coarsest = 2 ** max(0, int(math.log2(max(shape) / _COARSE)))
    return list(coarse_to_fine(shape, coarsest, [side if each else 1 for each in shared]))


def _steps_seconds(prepared: PreparedSweep) -> float:
    """Of one pixel, without its problem: as many as the most expensive run at the ends of the axes takes."""
    repeats = 1 if prepared.sweep.repeat is None else prepared.sweep.repeat.count
    return repeats * max(_run_seconds(corner, prepared.sweep.steps) for corner in prepared.corners)


def _run_seconds(one: Prepared, steps: int) -> float:
    begin = 0.0 if runs_at_once(one) else _SINGLE_RUN
    if not (experiment_compiles(one, "cpu") and update_compiles(one.plans[0].configs[-1])):
        return begin + one.step_operations * _OPERATION * steps
    problem = one.problem
    products = problem.forward_operations * problem.batch_samples if isinstance(problem, LearningProblem) else 0.0
    return begin + (_COMPILED_STEP + products * _PRODUCT) * steps
