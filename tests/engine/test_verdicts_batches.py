"""Where each step sees another batch: chance is not called a swing, and noise is called noise."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import cut, whole
from tests.engine.on_data import learning
from tests.engine.verdict_cases import codes, find_verdicts, first, holding

from steepest.engine import Prepared, advance, rehearse
from steepest.engine.diagnosis.detectors.oscillation import Oscillating
from steepest.engine.diagnosis.detectors.stalled import Stalled

SET: dict[str, Any] = {"set": {"lr": 1e-7}}


def thermometer(lr: float, size: int | None, seed: int = 0, edits: Any = (), **hyper: Any) -> Prepared:
    """Eleven readings, w and b; the largest curvature is about 5,800."""
    optimizer = {"id": "sgd", "lr": lr, **hyper}
    batch: dict[str, Any] = {} if size is None else {"batch": {"size": size}}
    return learning([{"optimizer": optimizer}], edits, on="thermometer", seed=seed, **batch)


@pytest.mark.parametrize("lr", [3e-5, 1e-4, 2e-4])
@pytest.mark.parametrize("hyper", [{}, {"momentum": 0.8}], ids=["plain", "momentum"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_updates_that_reverse_by_chance_are_no_swing(lr: float, hyper: dict[str, float], seed: int) -> None:
    (records,) = whole(thermometer(lr, 2, seed, **hyper), 400)
    turned = (records.update[1:-1] * records.update[2:]).sum(axis=1) < 0
    assert turned.mean() > 0.2, "they do reverse"
    assert "oscillating" not in codes(records.verdicts)


def test_a_swing_of_whole_batches_is_one() -> None:
    verdicts = find_verdicts(thermometer(3e-4, None), 60)
    assert first(verdicts, Oscillating).factor < 1


def test_a_loss_that_only_fluctuates_is_said_to() -> None:
    prepared = thermometer(1e-4, 2)
    (records,) = whole(prepared, 400)
    found = first(records.verdicts, Stalled)
    assert found.cause == "noise"
    assert records.metrics is not None
    during = (records.metrics.steps >= found.since) & (records.metrics.steps <= found.step)
    losses = records.metrics.losses[during, 0]
    assert len(losses) == 21
    assert np.std(losses) > 0.02 * np.mean(losses)
    assert np.mean(losses[-10:]) > 0.99 * np.mean(losses[:10])
    # The remedy proves better when it is tried.
    assert found.remedy is not None
    assert found.remedy.set == {"lr": pytest.approx(1e-5)}
    tried = rehearse(prepared, advance(prepared, None, found.remedy.step)[1], found.remedy, found.step)
    assert tried is not None
    assert tried.outcome is not None
    assert tried.outcome.loss < tried.without.loss


def test_it_is_withdrawn_with_an_edit() -> None:
    begun = find_verdicts(thermometer(1e-4, 2), 400)
    step = first(begun, Stalled).step + 5
    edited = find_verdicts(thermometer(1e-4, 2, edits=[{"step": step, "run": 0, **SET}]), step + 30)
    assert holding(edited, step).code == "stalled"
    assert holding(edited, step + 1).code != "stalled"


def test_whole_batches_have_no_noise() -> None:
    assert "stalled" not in codes(find_verdicts(thermometer(1e-5, None), 600))


@pytest.mark.parametrize("ends", [[0, 205, 213, 300, 400], range(0, 401, 10), range(3, 401, 7)])
def test_cut_anywhere_the_same_is_reported(ends: Any) -> None:
    prepared = thermometer(1e-4, 2)
    chunks, _ = cut(prepared, [*ends, 400])
    pieces = tuple(verdict for chunk in chunks for verdict in chunk.runs[0].verdicts)
    assert pieces == find_verdicts(prepared, 400)
    assert "stalled" in codes(pieces)
