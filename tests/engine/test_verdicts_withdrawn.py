"""A verdict that no longer holds is withdrawn: what each claims is true of the records beside it, in any experiment.

The claims are computed here from parameters, eigenvalues and rates alone. A claim may have been false for as many
records as the debounce lets a flicker pass.
"""

from random import Random
from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import holding

from steepest.engine import RunRecords
from steepest.engine.diagnosis.debounce import HELD
from steepest.problems import surfaces

STEPS = 240


def with_edits(random: Random) -> tuple[RunRecords, np.ndarray[Any, Any], float]:
    """One run of plain descent whose rate or place changes three times; the rate of each step, and the diagonal."""
    names = [name for name, surface in surfaces().items() if len(surface.bounds) == 2]
    surface = surfaces()[random.choice(names)]
    start = [random.uniform(low, high) for low, high in surface.bounds]
    (first,) = whole(experiment(surface.id, [({"id": "sgd", "lr": 1e-3}, start)], dtype="float64"), 0)
    limit = 2 / max(float(first.eigenvalues[0].max()), 0.1)
    rates = [limit * 10 ** random.uniform(-1.5, 0.05) for _ in range(4)]
    edits: list[dict[str, Any]] = []
    at = sorted(random.sample(range(20, STEPS - 60), 3))
    for step, rate in zip(at, rates[1:], strict=True):
        if random.random() < 0.3:
            place = [random.uniform(low, high) for low, high in surface.bounds]
            edits.append({"step": step, "run": 0, "params": place})
        edits.append({"step": step, "run": 0, "set": {"lr": rate}})
    prepared = experiment(surface.id, [({"id": "sgd", "lr": rates[0]}, start)], edits, "float64", "compiled")
    (records,) = whole(prepared, STEPS)
    lr = np.array(
        [[rate for step, rate in zip([0, *at], rates, strict=True) if step <= n][-1] for n in range(STEPS + 1)]
    )
    low_high = np.array(surface.bounds)
    return records, lr, float(np.linalg.norm(low_high[:, 1] - low_high[:, 0]))


def check_claims(seed: int) -> set[str]:
    """Checks each verdict of an experiment where it has held for long. Returns the codes that were."""
    records, lr, diagonal = with_edits(Random(seed))
    steepest = np.nanmax(np.where(np.isnan(records.eigenvalues), np.inf, records.eigenvalues), axis=1)
    moves = np.diff(records.params, axis=0)
    seen = set()
    for step in range(HELD, len(records.loss)):
        verdict = holding(records.verdicts, step)
        recent = slice(step - HELD, step + 1)
        match verdict.code:
            case "unstable":
                true = (lr[recent] * steepest[recent]).max() > 2
            case "oscillating":
                true = (moves[1:] * moves[:-1]).sum(axis=1)[max(0, step - HELD - 2) : step].min() < 0
            case "converged":
                away = np.linalg.norm(records.params[recent] - np.array(verdict.at), axis=1)
                true = away.min() < 0.02 * diagonal
            case _:
                continue
        assert true, (step, verdict)
        if step >= verdict.step + HELD:
            seen.add(verdict.code)
    return seen


def test_what_a_verdict_says_is_true_of_the_records_beside_it() -> None:
    seen = [code for seed in (1, 2, 5, 9, 22, 23) for code in check_claims(seed)]
    assert set(seen) == {"unstable", "oscillating", "converged"}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_it_is_true_in_many_more(seed: int) -> None:
    check_claims(seed)
