"""Rehearsals: what is tried is what the run would do, and what is offered is better, or nothing is."""

import json
import pickle
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from tests.engine.compiled.catalog_cases import NAMES, learning_cases
from tests.engine.helpers import experiment
from tests.gallery.recordings import EXERCISES, NOTES
from tests.problems.learning_cases import chosen, document

from steepest.engine import (
    Checkpoint,
    Prepared,
    Rehearsal,
    RehearsalInProgress,
    advance,
    begin_rehearsal,
    continue_rehearsal,
    prepare,
    rehearse,
)
from steepest.engine.recording.verdict import Verdict
from steepest.engine.run import rehearsal
from steepest.gallery.card import Exercise, Note
from steepest.optimizers import find_optimizer, optimizers
from steepest.problems.catalog import surfaces
from steepest.spec import Edit, Invalid, parse_experiment

CARDS: dict[str, Note | Exercise] = {**NOTES, **EXERCISES}

CASES = Path(__file__).parent / "cases"


def case(name: str, engine: str = "compiled") -> Prepared:
    return prepare(parse_experiment({**json.loads((CASES / f"{name}.json").read_text()), "engine": engine}))


def at(prepared: Prepared, step: int) -> Checkpoint | None:
    return advance(prepared, None, step)[1] if step else None


def advised(prepared: Prepared, until: int) -> list[Verdict]:
    """The verdicts with a remedy."""
    return [
        verdict
        for run in advance(prepared, None, until)[0].runs
        for verdict in run.verdicts
        if verdict.remedy is not None
    ]


def tried(prepared: Prepared, verdict: Verdict) -> Rehearsal | None:
    assert verdict.remedy is not None
    return rehearse(prepared, at(prepared, verdict.remedy.step), verdict.remedy, verdict.step)


def end_of(prepared: Prepared, run: int, first: int, steps: int) -> float:
    """The mean loss of the last fifth of a run's records, by `advance`; infinite where it diverged."""
    loss = advance(prepared, None, first + steps)[0].runs[run].loss
    whole = len(loss) == first + steps + 1 and np.isfinite(loss[-1])
    return float(np.mean(loss[-int(0.2 * steps) :].astype(np.float64))) if whole else np.inf


# ---- what use found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_a_swinging_loss_is_not_called_flat_and_a_tenth_of_the_rate_is_offered(engine: str) -> None:
    prepared = case("stalled_mae", engine)
    first = advised(prepared, 260)[0]
    assert (first.code, first.cause) == ("stalled", "swings")  # type: ignore[attr-defined]
    found = tried(prepared, first)
    assert found is not None
    assert found.remedy is not None
    assert found.outcome is not None
    assert found.remedy.set == {"lr": 0.05}
    assert found.outcome.loss == pytest.approx(0.059, rel=0.01)
    assert found.without.loss == pytest.approx(0.196, rel=0.02)


def test_advice_that_makes_it_worse_is_not_offered_but_another_rate_that_helps() -> None:
    prepared = case("stalled_mae")
    larger = Edit(step=240, run=0, set={"lr": 5.0})
    found = rehearse(prepared, at(prepared, 240), larger, 240)
    assert found is not None
    assert found.remedy == Edit(step=240, run=0, set={"lr": 0.05})
    assert end_of(prepare(prepared.experiment.edited(larger)), 0, 240, found.steps) > 5 * found.without.loss


def test_dead_units_are_not_told_to_go_ten_times_as_fast() -> None:
    prepared = case("stalled_dead_relu")
    codes = [verdict.code for verdict in advance(prepared, None, 1000)[0].runs[0].verdicts]
    assert "settled" not in codes, "a bias swings to and fro all the time"
    offered = [tried(prepared, verdict) for verdict in advised(prepared, 420)]
    assert offered
    for found in offered:
        assert found is not None
        assert found.remedy is not None
        assert found.outcome is not None
        assert found.outcome.loss < 0.2 * found.without.loss


def test_a_symmetric_start_that_never_moved_is_called_that_and_another_start_helps() -> None:
    prepared = case("xor_zeros_at_rest")
    (verdict,) = advised(prepared, 300)
    assert (verdict.code, verdict.symmetric, verdict.step) == ("unmoved", True, 10)  # type: ignore[attr-defined]
    found = tried(prepared, verdict)
    assert found is not None
    assert found.remedy == verdict.remedy
    assert found.without.loss == pytest.approx(np.log(2))
    assert found.outcome is not None
    assert found.outcome.loss < found.without.loss - 1e-4


def test_large_unscaled_prices_are_not_called_flat() -> None:
    points = [[n - 3.5, 500.0 + 60 * n] for n in range(8)]
    document = {
        "version": 1,
        "engine": "compiled",
        "problem": {
            "kind": "learning",
            "dataset": {"id": "curve_points", "params": {"points": points}},
            "model": {"id": "mlp", "params": {"hidden": [4]}},
            "loss": {"id": "mse"},
        },
        "runs": [{"optimizer": {"id": "adam", "lr": 0.001}, "start": {"init": "default"}}],
    }
    verdict = advised(prepare(parse_experiment(document)), 400)[0]
    assert (verdict.code, verdict.cause) == ("stalled", "short")  # type: ignore[attr-defined]
    assert verdict.grad_norm > 500  # type: ignore[attr-defined]


def test_where_nothing_helps_nothing_is_offered() -> None:
    at_rest = experiment("sphere", [({"id": "sgd", "lr": 0.1}, [0.0, 0.0])])
    found = rehearse(at_rest, None, Edit(step=0, run=0, set={"lr": 0.01}), 0)
    assert found is not None
    assert (found.remedy, found.outcome) == (None, None)
    assert found.without.loss == 0.0


# ---- what is tried ---------------------------------------------------------------------------------------------------

UNSTABLE = experiment("ravine", [({"id": "sgd", "lr": 0.1}, [1.0, 1.0]), ({"id": "sgd", "lr": 1.5}, [1.0, 1.0])])


@pytest.mark.parametrize("engine", ["compiled", "eager"])
@pytest.mark.parametrize("step", [0, 7])
@pytest.mark.parametrize(
    "change", [{"set": {"lr": 0.02}}, {"params": [2.0, 1.0]}, {"optimizer": {"id": "adam", "lr": 0.1}}]
)
def test_each_try_is_the_run_as_it_would_be(
    engine: str, step: int, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "LEAST_GAIN", -1e9)  # whatever comes is offered
    monkeypatch.setattr(rehearsal, "reads_lower", lambda loss, other: True)
    runs = [{"optimizer": {"id": "sgd", "lr": 0.001, "momentum": 0.9}, "start": [1.0, 1.0]}]
    problem = {"kind": "surface", "id": "beale"}
    prepared = prepare(parse_experiment({"version": 1, "engine": engine, "problem": problem, "runs": runs}))
    edit = Edit.model_validate({"step": step, "run": 0, **change})
    found = rehearse(prepared, at(prepared, step), edit, step + 5)
    assert found is not None
    steps = rehearsal.MOST[engine] if "params" in change else 5 + rehearsal.AHEAD[engine]
    assert (found.first, found.steps) == (step, steps)
    assert found.without.loss == end_of(prepared, 0, step, found.steps)
    assert found.begun == float(advance(prepared, None, step)[0].runs[0].loss[-1])
    assert found.remedy is not None
    assert found.outcome is not None
    assert found.remedy == edit or found.remedy.set != edit.set
    assert found.outcome.loss == end_of(prepare(prepared.experiment.edited(found.remedy)), 0, step, found.steps)


@pytest.mark.parametrize("name", ["stalled_mae", "stalled_dead_relu"])
def test_in_pieces_it_finds_the_same(name: str) -> None:
    prepared = case(name)
    verdict = advised(prepared, 420)[0]
    assert verdict.remedy is not None
    state = begin_rehearsal(prepared, at(prepared, verdict.remedy.step), verdict.remedy, verdict.step)
    pieces = 0
    while isinstance(state, RehearsalInProgress):
        state = pickle.loads(pickle.dumps(continue_rehearsal(prepared, state, 0.0)))
        pieces += 1
    assert pieces > 10
    assert state == tried(prepared, verdict)


def test_a_run_that_diverges_is_helped_by_one_that_does_not() -> None:
    verdict = next(each for each in advised(UNSTABLE, 30) if each.remedy is not None and each.remedy.run == 1)
    found = tried(UNSTABLE, verdict)
    assert found is not None
    assert found.without.diverged
    assert found.without.loss == np.inf
    assert found.outcome is not None
    assert not found.outcome.diverged


def test_a_run_that_has_ended_is_not_tried() -> None:
    document = {**UNSTABLE.experiment.model_dump(), "runs": UNSTABLE.experiment.model_dump()["runs"][1:]}
    prepared = prepare(parse_experiment(document))
    chunk, end = advance(prepared, None, 10_000)
    assert chunk.stopped
    assert rehearse(prepared, end, Edit(step=chunk.last, run=0, set={"lr": 0.01}), chunk.last) is None


def test_costly_steps_are_tried_less_often() -> None:
    document = {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "digits"},
            "model": {"id": "convnet", "params": {"channels": 64}},
            "loss": {"id": "cross_entropy"},
        },
        "runs": [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": {"init": "default"}}],
    }
    begun = begin_rehearsal(prepare(parse_experiment(document)), None, Edit(step=0, run=0, set={"lr": 0.1}), 0)
    assert begun is not None
    assert begun.until == rehearsal.LEAST


# ---- everything that is offered --------------------------------------------------------------------------------------


def random_experiment(random: Random) -> Prepared | None:
    surface = random.choice(list(surfaces().values()))
    low_high = surface.bounds
    runs = []
    for _ in range(3):
        optimizer = random.choice([each for each in optimizers().values() if not each.matrices_only])
        start = [random.uniform(low, high) for low, high in low_high]
        lr = optimizer.known_lr * 10 ** random.uniform(-2, 2)
        runs.append({"optimizer": {"id": optimizer.id, "lr": lr}, "start": start})
    written = {"version": 1, "engine": "compiled", "problem": {"kind": "surface", "id": surface.id}, "runs": runs}
    return prepared_or_none(written)


FUNCTIONS = (
    "x^2 + 30y^2",
    "sin(x) y + x^2/4 + y^4",
    "|x| + 3|y|",
    "exp(-x^2-y^2) + 0.1x^2 + 0.1y^2",
    "x^2 - y^2 + y^4",
)


def random_variant(random: Random) -> Prepared | None:
    """A function of one's own, momentum, or a schedule, on either engine."""
    runs: list[dict[str, Any]] = []
    for _ in range(2):
        optimizer: dict[str, Any] = {"id": random.choice(["sgd", "rmsprop", "adam"])}
        optimizer["lr"] = find_optimizer(optimizer["id"]).known_lr * 10 ** random.uniform(-1, 2)
        if optimizer["id"] != "adam":
            optimizer["momentum"] = random.choice([0.0, 0.5, 0.9, 0.99])
        run: dict[str, Any] = {"optimizer": optimizer, "start": [random.uniform(-2, 2), random.uniform(-2, 2)]}
        if random.random() < 0.5:
            run["schedule"] = random.choice(
                [{"id": "step", "step_size": 50}, {"id": "exponential", "gamma": 0.99}, {"id": "cosine", "T_max": 200}]
            )
        runs.append(run)
    problem = {"kind": "surface", "id": "expression", "params": {"expression": random.choice(FUNCTIONS)}}
    engine = random.choice(["eager", "compiled"])
    return prepared_or_none({"version": 1, "engine": engine, "problem": problem, "runs": runs})


def prepared_or_none(written: dict[str, Any]) -> Prepared | None:
    """None for what is refused."""
    try:
        return prepare(parse_experiment(written))
    except Invalid:
        return None


def random_model(random: Random) -> Prepared | None:
    """A model of some data, with any optimizer and a rate that may be far too low or high."""
    name, model, loss = random.choice([case for case in learning_cases() if case[0] != "digits"])
    optimizer = random.choice(NAMES)
    lr = find_optimizer(optimizer).known_lr * 10 ** random.uniform(-2, 2)
    shape = {"hidden": random.choice([[4], [8, 8], [3, 3, 3]])} if model == "mlp" else {}
    changes = {"model": chosen(model, shape), "loss": chosen(loss), "batch": {"size": random.choice([None, 3])}}
    runs = [{"optimizer": {"id": optimizer, "lr": lr}, "start": {"init": random.choice(["default", "zeros"])}}]
    written = {"version": 1, "engine": "compiled", "problem": document(name, **changes), "runs": runs}
    return prepared_or_none(written)


def check_offers(prepared: Prepared | None, until: int = 200) -> int:
    """Applies every offer of an experiment; how many there were."""
    offers = 0
    for verdict in [] if prepared is None else advised(prepared, until):
        assert prepared is not None
        found = tried(prepared, verdict)
        if found is None or found.remedy is None or found.outcome is None:
            continue
        offers += 1
        applied = end_of(prepare(prepared.experiment.edited(found.remedy)), found.remedy.run, found.first, found.steps)
        assert applied == found.outcome.loss
        assert applied < end_of(prepared, found.remedy.run, found.first, found.steps), verdict
    return offers


def test_an_offer_once_applied_is_better() -> None:
    assert sum(check_offers(random_experiment(Random(seed))) for seed in range(6)) >= 3
    assert sum(check_offers(random_model(Random(seed)), 400) for seed in (0, 8, 11)) >= 3
    assert sum(check_offers(random_variant(Random(seed))) for seed in (4, 9, 14, 23)) >= 5


@pytest.mark.parametrize("card", list(CARDS)[::9])
def test_an_offer_on_a_card_once_applied_is_better(card: str) -> None:
    check_offers(prepare(CARDS[card].experiment), min(CARDS[card].until, 300))


@pytest.mark.long
@pytest.mark.parametrize("card", CARDS)
def test_every_offer_on_every_card_once_applied_is_better(card: str) -> None:
    check_offers(prepare(CARDS[card].experiment), min(CARDS[card].until, 2000))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_every_offer_once_applied_is_better(seed: int) -> None:
    check_offers(random_experiment(Random(seed)))
    check_offers(random_model(Random(seed)), 600)
    check_offers(random_variant(Random(seed)))
