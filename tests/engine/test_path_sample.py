"""The sample of a run's path: by length, with the early steps; and the share of a plane that follows from it."""

import numpy as np
import pytest

from steepest.engine.model_analysis.path_sample import EARLY, FEW, chords, missing_step, spread_along

HELIX = np.column_stack([np.cos(np.arange(600) / 40), np.sin(np.arange(600) / 40), np.arange(600) / 200])


def filled(curve: np.ndarray, steps: list[int], most: int = FEW) -> list[int]:
    """The steps after all that are missed were made."""
    for _ in range(2 * most):
        step = missing_step(steps, [chords([curve[at] for at in steps])], most)
        if step is None:
            return steps
        steps = sorted([*steps, step])
    raise AssertionError("it does not end")


def explained(points: np.ndarray) -> float:
    spread = points - points.mean(axis=0)
    strengths = np.square(np.linalg.svd(spread, compute_uv=False))
    return float(strengths[:2].sum() / strengths.sum())


def test_three_checkpoints_of_a_curved_path_are_not_its_sample() -> None:
    three = [0, 300, 599]
    assert explained(HELIX[three]) == pytest.approx(1)  # any three points lie in a plane
    steps = filled(HELIX, three)
    assert len(steps) > 20
    assert explained(HELIX[steps]) == pytest.approx(explained(HELIX), abs=0.05)
    assert explained(HELIX[steps]) < 0.95


def test_the_early_steps_come_first_and_stay() -> None:
    steps = filled(HELIX, [0, 599])
    assert set(EARLY) <= set(steps)
    kept = [steps[n] for n in spread_along(steps, chords(HELIX[steps]), 12)]
    assert len(kept) == 12
    assert {0, 599, *EARLY} <= set(kept)


def test_gaps_are_filled_where_the_path_is_long_and_not_where_it_rests() -> None:
    fast_then_at_rest = np.minimum(np.arange(1001), 200)[:, None] * np.array([[1.0, -2.0]])
    steps = filled(fast_then_at_rest, [0, 500, 1000])
    assert sum(step <= 200 for step in steps) > 0.8 * len(steps)
    assert max(chords(fast_then_at_rest[steps])) <= 0.06 * np.hypot(200, 400)
    at_rest = np.zeros((1001, 2))
    assert filled(at_rest, [0, 1000]) == sorted({0, *EARLY, 1000})


def test_a_path_is_thinned_evenly_along_its_length() -> None:
    steps = list(range(600))
    kept = spread_along(steps, chords(HELIX), 30)
    assert len(kept) == 30
    apart = np.diff([step for step in kept if step > 40])
    assert apart.max() <= 2.5 * apart.min()
    assert spread_along([0, 1, 5], chords(HELIX[[0, 1, 5]]), 60) == [0, 1, 2]
    assert spread_along(steps, chords(HELIX), 2) == [0, 599]


def test_the_end_of_a_diverging_path_is_not_all_of_it() -> None:
    curve = np.concatenate([HELIX, [[1e200, 0, 0], [np.nan] * 3]])
    steps = filled(curve, [0, 300, 599, 600, 601])
    assert len(steps) > 20
    kept = spread_along(steps, chords(curve[steps]), 20)
    assert kept[-1] == len(steps) - 1
    assert max(np.diff([steps[n] for n in kept])) < 120


def test_two_paths_share_their_steps_and_each_is_seen() -> None:
    early, late = np.zeros((601, 2)), np.zeros((601, 2))
    early[:, 0] = np.minimum(np.arange(601), 100)
    late[:, 0] = np.maximum(np.arange(601) - 500, 0)
    steps = [0, 300, 600]
    for _ in range(100):
        of_both = [chords([curve[at] for at in steps]) for curve in (early, late)]
        step = missing_step(steps, of_both, FEW)
        if step is None:
            break
        steps = sorted([*steps, step])
    assert sum(step <= 100 for step in steps) > 10
    assert sum(step >= 500 for step in steps) > 10
