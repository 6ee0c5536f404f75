"""What happens to a model: each verdict driven to occur, and its near miss not to."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import cut, experiment
from tests.engine.on_data import learning, only
from tests.engine.verdict_cases import codes, final, first, remedied
from tests.problems.learning_cases import chosen

from steepest.engine import Prepared, RunRecords, advance, prepare
from steepest.engine.diagnosis.detectors.diverged import Diverged
from steepest.engine.diagnosis.detectors.edge_of_stability import Edge
from steepest.engine.diagnosis.detectors.exploding import Exploding
from steepest.engine.diagnosis.detectors.overfitting import Overfitting
from steepest.engine.diagnosis.detectors.settled import Settled
from steepest.engine.diagnosis.detectors.stalled import Stalled
from steepest.engine.diagnosis.detectors.unstable import Unstable
from steepest.engine.diagnosis.detectors.vanishing import Vanishing
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit, parse_experiment


def run(optimizer: str, lr: float, start: Any = None, **hyper: Any) -> dict[str, Any]:
    return {"optimizer": {"id": optimizer, "lr": lr, **hyper}, "start": start or {"init": "default"}}


def net(hidden: list[int], activation: str) -> dict[str, Any]:
    return chosen("mlp", {"hidden": hidden, "activation": activation})


def curve(lr: float, **hyper: Any) -> Prepared:
    """Full-batch gradient descent of a tanh net on the noisy curve: its sharpness rises to 12."""
    return learning([run("sgd", lr, **hyper)], on="noisy_curve", seed=0, model=net([16], "tanh"))


def circle(optimizer: dict[str, Any], **changes: Any) -> Prepared:
    """200 points of the circle."""
    return learning([optimizer], seed=0, **{"dataset": chosen("circle"), **changes})


OVERFITTED = {"dataset": chosen("circle", {"count": 60, "noise": 1.5}), "split": {"dev": 0.3}}

UNSEEN = {**OVERFITTED, "split": {"test": 0.3}}
DEEP = net([8] * 6, "sigmoid")


def plane(lr: float) -> Prepared:
    return learning([run("sgd", lr)], on="plane", seed=0, model=chosen("linear", {"bias": True}))


# Each with the codes that it is reported, and those that it must not be.
RUNS: dict[str, tuple[Prepared, int, set[str]]] = {
    "overfits": (circle(run("adam", 0.02), model=net([32, 32], "relu"), **OVERFITTED), 300, {"overfitting"}),
    "fits": (circle(run("adam", 0.02), model=net([4], "tanh"), split={"dev": 0.3}), 300, set()),
    "overfits unseen": (circle(run("adam", 0.02), model=net([32, 32], "relu"), **UNSEEN), 300, set()),
    "deep sigmoid": (circle(run("sgd", 0.3), model=DEEP), 120, {"vanishing"}),
    "deep sigmoid in batches": (circle(run("sgd", 0.3), model=DEEP, batch={"size": 10}), 120, {"vanishing"}),
    "shallow sigmoid": (circle(run("sgd", 0.3), model=net([8, 8], "sigmoid")), 120, set()),
    "deep tanh": (circle(run("sgd", 0.1), model=net([8] * 6, "tanh")), 120, set()),
    "edge": (curve(0.2), 320, {"edge"}),
    "below the edge": (curve(0.1), 320, set()),
    "edge with momentum": (curve(0.3, momentum=0.9), 420, {"edge", "stalled"}),
    "too fast": (curve(0.5), 320, {"unstable", "diverged"}),
    "explodes": (
        circle(run("sgd", 0.1, {"init": "normal", "std": 2.0}), model=net([16] * 5, "relu"), batch={"size": 10}),
        20,
        {"exploding", "diverged"},
    ),
    "starts steep and calms down": (
        circle(run("adam", 0.01, {"init": "normal", "std": 1.0}), model=net([16] * 3, "relu"), batch={"size": 10}),
        150,
        set(),
    ),
    "adds up": (circle({**run("sgd", 0.1), "zero_grad": False}), 120, {"summed"}),
    "rests": (plane(0.1), 250, {"settled"}),
    "not yet at rest": (plane(0.005), 250, set()),
    "crawls": (circle(run("sgd", 3e-4)), 250, {"stalled"}),
    "noise": (
        circle(run("sgd", 1.0), dataset=chosen("circle", {"noise": 1.5}), batch={"size": 2}), 300, {"stalled"}
    ),
}  # fmt: skip
RECORDS: dict[str, RunRecords] = {}


def records(name: str) -> RunRecords:
    """Made once."""
    if name not in RECORDS:
        prepared, steps, _ = RUNS[name]
        RECORDS[name] = only(advance(prepared, None, steps)[0])
    return RECORDS[name]


def find_verdicts(name: str, kind: type) -> Any:
    return first(records(name).verdicts, kind)


@pytest.mark.parametrize("name", RUNS)
def test_it_is_reported_what_it_is_there_for_and_nothing_else(name: str) -> None:
    assert set(codes(records(name).verdicts)) - {"descending"} == RUNS[name][2]


def test_overfitting_names_the_best_step_and_both_losses() -> None:
    found, measures = find_verdicts("overfits", Overfitting), records("overfits").metrics
    assert measures is not None
    row = found.step // 10
    dev = measures.losses[: row + 1, 1]
    assert found.since == 10 * int(dev.argmin())
    assert found.best == dev.min()
    assert found.train_then == measures.losses[found.since // 10, 0]
    assert found.dev == pytest.approx(dev[-5:].mean())
    assert found.train == pytest.approx(measures.losses[row - 4 : row + 1, 0].mean())
    assert found.step >= found.since + 200
    assert found.dev > 1.1 * found.best
    assert found.train < found.train_then
    assert found.remedy is None


@pytest.mark.parametrize("name", ["deep sigmoid", "deep sigmoid in batches"])
def test_vanishing_names_the_layer_and_the_ratio(name: str) -> None:
    found, measures = find_verdicts(name, Vanishing), records(name).metrics
    layers = RUNS[name][0].problem.layers
    assert measures is not None
    assert found.last == "12.weight"
    assert found.layer in ("0.weight", "2.weight")
    place = [layer.name for layer in layers].index(found.layer)
    last = [layer.name for layer in layers].index(found.last)
    begin, now = found.since // 10, found.step // 10
    assert measures.layers[begin, place, 1] < 1e-3 * measures.layers[begin, last, 1]
    assert found.norm == pytest.approx(float(measures.layers[now, place, 1]))
    assert found.peak == pytest.approx(float(measures.layers[: now + 1, last, 1].max()))
    assert found.ratio == pytest.approx(found.norm / found.peak)
    assert final(records(name)).code == "vanishing"


@pytest.mark.parametrize(("name", "limit"), [("edge", 2), ("edge with momentum", 2 * 1.9)])
def test_at_the_edge_the_sharpness_hovers_at_what_the_rate_leaves(name: str, limit: float) -> None:
    found, measures = find_verdicts(name, Edge), records(name).metrics
    assert measures is not None
    lr = RUNS[name][0].plans[0].config.lr
    assert found.limit == pytest.approx(limit)
    assert found.bound == pytest.approx(limit / lr)
    assert found.sharpness == measures.sharpness[found.step // 10]
    assert found.product == pytest.approx(lr * found.sharpness)
    assert found.sharpness == pytest.approx(found.bound, rel=0.25)
    assert measures.losses[-1, 0] < measures.losses[0, 0]


def test_too_fast_is_reported_with_the_limit_and_a_rate_that_is_not() -> None:
    found, ended = find_verdicts("too fast", Unstable), find_verdicts("too fast", Diverged)
    measures = records("too fast").metrics
    assert measures is not None
    assert found.limit == ended.limit
    assert found.limit.since == 0
    assert found.limit.product == pytest.approx(0.5 * measures.sharpness[0])
    assert found.limit.largest == pytest.approx(2 / measures.sharpness[0])
    assert found.limit.direction == ()
    assert ended.cause == "unstable"
    cured = only(advance(remedied(RUNS["too fast"][0], found), None, 320)[0])
    assert np.isfinite(cured.loss).all()
    assert cured.loss[-1] < cured.loss[0]


def test_exploding_compares_with_the_largest_gradient_before() -> None:
    found, ended, run = find_verdicts("explodes", Exploding), find_verdicts("explodes", Diverged), records("explodes")
    assert found.grad_norm == run.grad_norm[found.step]
    assert found.before == run.grad_norm[: found.since + 1].max()
    assert found.grad_norm > 100 * found.before
    assert run.loss[found.step] > run.loss[0]
    assert (ended.cause, ended.since) == ("growing", found.since)
    assert ended.last == run.loss[-2]
    assert found.remedy.set == {"lr": 0.01}
    assert found.remedy.step == found.since


def test_gradients_that_add_up_are_counted() -> None:
    verdicts: Any = records("adds up").verdicts
    assert [(one.step, one.gradients) for one in verdicts] == [(0, 1), (9, 10), (99, 100)]


@pytest.mark.parametrize("surface", ["sphere", "square"])
def test_gradients_that_add_up_are_reported_on_surfaces_too(surface: str) -> None:
    start = (1.0, 0.5) if surface == "sphere" else (1.0,)
    ready = experiment(surface, [({"id": "sgd", "lr": 0.1}, start)])
    document = ready.experiment.model_dump(mode="json", by_alias=True)
    document["runs"][0]["zero_grad"] = False
    off = prepare(parse_experiment(document))
    assert codes(only(advance(off, None, 60)[0]).verdicts) == ["summed"]
    assert "summed" not in codes(only(advance(ready, None, 60)[0]).verdicts)
    document["runs"][0]["optimizer"]["lr"] = 10.0
    ended = only(advance(prepare(parse_experiment(document)), None, 400)[0])
    assert codes(ended.verdicts) == ["summed", "diverged"]
    assert final(ended).cause == "summed"


def test_rest_is_a_small_gradient_for_long() -> None:
    found, run = find_verdicts("rests", Settled), records("rests")
    assert found.steepest == run.grad_norm.max()
    assert (run.grad_norm[found.since : found.step + 1] <= 1e-3 * found.steepest).all()
    assert run.grad_norm[found.since - 1] > 1e-3 * found.steepest
    assert found.step >= found.since + 100


@pytest.mark.parametrize("times", [1.02, 1.2])
def test_at_rest_above_the_limit_is_unstable_however_small_the_loss(times: float) -> None:
    """A linear model's loss is a quadratic, so the limit is exact: raised above it, the rate drives the run away."""
    prepared, steps, _ = RUNS["rests"]
    rested = records("rests")
    measures = rested.metrics
    assert measures is not None
    assert codes(rested.verdicts)[-1] == "settled"
    bound = 2 / float(measures.sharpness[-1])

    def after(lr: float, more: int) -> RunRecords:
        edit = {"step": steps, "run": 0, "set": {"lr": lr}}
        edited = parse_experiment({**prepared.experiment.model_dump(mode="json"), "edits": [edit]})
        return only(advance(prepare(edited), None, steps + more)[0])

    assert codes(after(0.9 * bound, 150).verdicts)[-1] == "settled"
    raised = after(times * bound, 30)
    last = raised.verdicts[-1]
    assert isinstance(last, Unstable)
    assert steps < last.step <= steps + 10
    assert float(raised.loss[-1]) < 1.1 * float(raised.loss[steps]), "it is said before the loss shows it"
    assert last.limit.largest == pytest.approx(bound, rel=1e-3)
    assert last.remedy is not None


def test_slow_is_reported_with_a_larger_rate_and_noise_with_a_smaller_one() -> None:
    slow, noisy = find_verdicts("crawls", Stalled), find_verdicts("noise", Stalled)
    assert (slow.cause, slow.remedy.set) == ("short", {"lr": 0.003})
    assert (noisy.cause, noisy.remedy.set) == ("noise", {"lr": 0.1})
    measures = records("crawls").metrics
    assert measures is not None
    begin, end = measures.losses[[slow.since // 10, slow.step // 10], 0]
    assert slow.fall == pytest.approx((begin - end) / begin)
    prepared = RUNS["crawls"][0]
    faster = only(advance(remedied(prepared, slow), None, 500)[0])
    assert faster.loss[-1] < only(advance(prepared, None, 500)[0]).loss[-1]


def test_a_larger_rate_is_not_advised_beyond_what_the_sharpness_bears() -> None:
    verdicts: Any = only(advance(curve(0.05), None, 1500)[0]).verdicts
    found = [one for one in verdicts if one.code == "stalled"]
    assert found
    for one in found:
        assert 0.05 < one.remedy.set["lr"] < 2 / 12


@pytest.mark.parametrize(
    ("hyper", "cause"), [({"momentum": 1.0}, "momentum"), ({"maximize": True}, "climbing"), ({}, "unstable")]
)
def test_why_it_diverged(hyper: dict[str, Any], cause: str) -> None:
    ended = final(only(advance(curve(1.0 if not hyper else 0.5, **hyper), None, 3000)[0]))
    assert (ended.code, ended.cause) == ("diverged", cause)
    assert ended.remedy is not None


def verdicts_of(chunks: Any) -> list[Verdict]:
    return [verdict for chunk in chunks for one in chunk.runs for verdict in one.verdicts]


@pytest.mark.parametrize("name", RUNS)
def test_cut_anywhere_the_same_is_reported(name: str) -> None:
    prepared, steps, _ = RUNS[name]
    ends = [end for end in (0, 1, 7, 20, 33, 34, 35, 100, 109, 110, 111, 199) if end < steps]
    chunks, checkpoint = cut(prepared, [*ends, steps])
    assert verdicts_of(chunks) == list(records(name).verdicts)
    assert checkpoint.runs[0].diagnosis == advance(prepared, None, steps)[1].runs[0].diagnosis


@pytest.mark.parametrize("step", [10, 110, 113])
@pytest.mark.parametrize("name", ["edge", "deep sigmoid", "overfits", "noise"])
def test_an_edit_changes_nothing_of_what_was_reported_up_to_its_step(name: str, step: int) -> None:
    prepared, steps, _ = RUNS[name]
    edited = prepare(prepared.experiment.edited(Edit(step=step, run=0, set={"lr": 0.01})))
    before = [one for one in records(name).verdicts if one.step <= step]
    after = only(advance(edited, None, steps)[0]).verdicts
    assert [one for one in after if one.step <= step] == before
    assert verdicts_of(cut(edited, [step, steps])[0]) == list(after)
