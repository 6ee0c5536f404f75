"""What a sweep costs, by arithmetic, and its tiles for someone who watches: coarse to fine, each a moment's work."""

import math
from collections.abc import Sequence

from steepest.engine.compiled.rule import experiment_compiles, update_compiles
from steepest.engine.sweeps.prepare import PreparedSweep, runs_at_once
from steepest.problems import LearningProblem
from steepest.spec import Tile, coarse_to_fine

# Seconds of one core, measured; a slow processor needs a few times as long.
_COMPILED_STEP = 2e-7
_OPERATION = 1e-10  # of torch, as `step_operations` counts them
_PRODUCT = 1e-9  # of a weight and an input, with what follows from it for the gradient, by kernels
_SINGLE_RUN = 2e-3  # to begin a run by itself
_PROBLEM = 0.05  # to make a problem's kernels

_TILE = 0.012  # seconds that a tile should take at most
_SIDE = 64  # pixels of a tile along an axis at most
_COARSE = 16  # pixels along the longer axis of the first picture at least


def run_seconds(prepared: PreparedSweep) -> float:
    """Seconds of one core that one pixel takes, with all runs of its repeat: an estimate before any step."""
    base, sweep = prepared.base, prepared.sweep
    if experiment_compiles(base, "cpu") and update_compiles(base.plans[0].configs[-1]):
        problem = base.problem
        products = problem.forward_operations * problem.batch_samples if isinstance(problem, LearningProblem) else 0.0
        step = _COMPILED_STEP + products * _PRODUCT
    else:
        step = base.step_operations * _OPERATION
    begin = _PROBLEM if sweep.changes_problem else 0.0 if runs_at_once(base) else _SINGLE_RUN
    repeats = 1 if sweep.repeat is None else sweep.repeat.count
    return (begin + step * sweep.steps) * repeats


def watched_tiles(prepared: PreparedSweep) -> Sequence[Tile]:
    """Tiles that together have each pixel once, in the order in which the picture becomes clear."""
    shape = prepared.sweep.shape
    pixels = _TILE / run_seconds(prepared)
    side = max(1, min(_SIDE, int(pixels ** (1 / len(shape)))))
    coarsest = 2 ** max(0, int(math.log2(max(shape) / _COARSE)))
    return list(coarse_to_fine(shape, coarsest, side))
