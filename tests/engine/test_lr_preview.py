"""Learning rates ahead: those that the steps then have, bit for bit."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import whole
from tests.engine.test_schedules import ALL, EDITS, STEPS, experiment, of

from steepest.engine import preview_lr
from steepest.optimizers import find_schedule

AHEAD = [name for name in ALL if name != "plateau"]


@pytest.mark.parametrize("edits", [[], EDITS], ids=["plain", "edits"])
@pytest.mark.parametrize("name", AHEAD)
def test_the_plan_is_what_the_run_then_does(name: str, edits: list[dict[str, Any]]) -> None:
    prepared = experiment(of(name), edits=edits)
    (records,) = whole(prepared, STEPS)
    ahead = preview_lr(prepared.plans[0], STEPS, 1000)
    assert ahead is not None
    steps, rates = ahead
    assert steps.tolist() == list(range(1, STEPS + 1))
    assert rates.tolist() == records.lr[1:].tolist()


def test_a_rate_of_0_begins_the_plan_anew_as_it_does_the_run() -> None:
    edits = [
        {"step": 3, "run": 0, "set": {"lr": 0.0}},
        {"step": 5, "run": 0, "params": [0.5, 0.5]},
        {"step": 6, "run": 0, "set": {"lr": 2e-3}},
    ]
    prepared = experiment(of("exponential"), edits=edits)
    ahead = preview_lr(prepared.plans[0], STEPS, 1000)
    assert ahead is not None
    assert ahead[1].tolist() == whole(prepared, STEPS)[0].lr[1:].tolist()


def test_what_goes_by_the_losses_is_not_known_ahead() -> None:
    assert preview_lr(experiment(of("plateau")).plans[0], STEPS, 1000) is None
    assert preview_lr(experiment(None).plans[0], STEPS, 1000) is None


@pytest.mark.parametrize(
    ("name", "span"),
    [("step", 20), ("exponential", 44), ("cosine", 18), ("warm_restarts", 28), ("one_cycle", 18), ("linear", 7)],
)
def test_a_schedule_spans_its_whole_course(name: str, span: int) -> None:
    plan = experiment(of(name)).plans[0]
    ahead = preview_lr(plan, None, 1000)
    assert ahead is not None
    assert ahead[0][-1] == span
    cut = preview_lr(plan, None, 5)
    assert cut is not None
    assert cut[0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_one_that_never_comes_down_has_an_end_all_the_same(gamma: float) -> None:
    span = find_schedule("exponential").horizon
    assert span is not None
    assert span({"gamma": gamma}) == 100


def test_long_plans_are_cut_and_thinned_with_both_ends() -> None:
    ahead = preview_lr(experiment(of("cosine", T_max=100_000)).plans[0], None, 1_000_000)
    assert ahead is not None
    steps, rates = ahead
    assert (steps[0], steps[-1]) == (1, 100_000)
    assert 500 < len(steps) <= 1000
    assert (np.diff(steps) > 0).all()
    assert (np.diff(rates) < 0).all()
    assert rates[0] == 2e-3
    assert rates[-1] == pytest.approx(1e-4, rel=1e-4)


def test_one_that_turns_quicker_than_the_kept_steps_follow_keeps_its_height() -> None:
    """Every restart is seen: evenly spread steps would all fall on the same place of the wave."""
    ahead = preview_lr(experiment(of("warm_restarts", T_0=10, T_mult=1)).plans[0], 20_000, 100_000)
    whole_wave = preview_lr(experiment(of("warm_restarts", T_0=10, T_mult=1)).plans[0], 10, 100_000)
    assert ahead is not None
    assert whole_wave is not None
    _, rates = ahead
    assert len(rates) <= 1000
    assert set(rates[1:-1]) == {whole_wave[1].min(), whole_wave[1].max()}
