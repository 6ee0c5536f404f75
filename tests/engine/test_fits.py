"""Fits: what a model says at the inputs that are drawn, at the steps that will be."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.problems.learning_cases import chosen, document

from steepest.engine import advance, prepare
from steepest.engine.recording.records import Fits
from steepest.problems import LearningProblem
from steepest.spec import Experiment, parse_experiment

NET = chosen("mlp", {"hidden": [4, 3], "activation": "tanh"})
WIDE = chosen("mlp", {"hidden": [12, 8], "activation": "tanh", "dropout": 0.5})


def experiment(dataset: str, runs: int = 1, **changes: Any) -> Experiment:
    run = {"optimizer": {"id": "adam", "lr": 0.05}, "start": {"init": "default"}}
    others = [{**run, "optimizer": {"id": "sgd", "lr": 0.05 / n}} for n in range(1, runs)]
    return parse_experiment({"version": 1, "problem": document(dataset, **changes), "runs": [run, *others]})


def frames_of(written: Experiment, until: int, every: int, run: int = 0) -> Fits:
    found = advance(written, None, until, every=every)[0].runs[run].fits
    assert found is not None
    return found


def test_the_line_of_the_thermometer_is_that_of_its_parameters() -> None:
    written = experiment("thermometer")
    chunk, _ = advance(written, None, 50, every=10)
    frames = chunk.runs[0].fits
    assert frames is not None
    assert frames.weights.shape == (6, 0)
    problem = prepare(written).problem
    assert isinstance(problem, LearningProblem)
    x = problem.fit_inputs(torch.float32)[:, 0].numpy()
    for n, step in enumerate(frames.steps):
        w, b = chunk.runs[0].params[step]
        np.testing.assert_allclose(frames.fit[n, :, 0], w * x + b, rtol=1e-5, atol=1e-5)
    assert frames.steps.tolist() == [0, 10, 20, 30, 40, 50]
    assert frames.steps.dtype == np.int32


@pytest.mark.parametrize(
    ("dataset", "changes", "outputs"),
    [
        ("circle", {"model": NET, "batch": {"size": 10}}, 1),
        ("circle", {"model": WIDE, "loss": chosen("cross_entropy")}, 2),
        ("pass_or_fail", {}, 1),
        ("digits", {}, 10),
        ("fruit", {}, 2),
    ],
)
def test_fits_are_what_the_module_says_and_probabilities_where_there_are_classes(
    dataset: str, changes: dict[str, Any], outputs: int
) -> None:
    written = experiment(dataset, **changes)
    until = 6
    frames = frames_of(written, until, 3)
    problem = prepare(written).problem
    assert isinstance(problem, LearningProblem)
    inputs = problem.fit_inputs(torch.float32)
    assert frames.fit.shape == (3, len(inputs), outputs)
    assert frames.fit.dtype == np.float32
    _, checkpoint = advance(written, None, until)
    network = problem.network().eval()
    torch.nn.utils.vector_to_parameters(torch.tensor(checkpoint.runs[0].params), network.parameters())
    with torch.no_grad():
        said = network(inputs)
    if problem.loss.shown == "sigmoid":
        said = said.sigmoid()
    if problem.loss.shown == "softmax":
        said = said.softmax(dim=1)
    assert np.array_equal(frames.fit[-1], said.numpy())
    if problem.shape.classes:
        assert frames.fit.min() >= 0
        assert frames.fit.max() <= 1
    assert not np.array_equal(frames.fit[0], frames.fit[-1])


def test_weights_are_in_frames_where_records_leave_them_out() -> None:
    written = experiment("circle", model=WIDE)
    frames = frames_of(written, 20, 10)
    _, checkpoint = advance(written, None, 20)
    assert np.array_equal(frames.weights[-1], checkpoint.runs[0].params)
    assert frames.weights.shape == (3, len(checkpoint.runs[0].params))


def test_too_many_weights_are_left_out() -> None:
    wide = chosen("mlp", {"hidden": [64, 64, 64, 64], "activation": "relu"})
    frames = frames_of(experiment("circle", model=wide), 2, 1)
    assert frames.weights.shape == (3, 0)
    assert len(frames.fit) == 3


@pytest.mark.parametrize("cut", [1, 9, 10, 11, 29])
def test_however_a_trajectory_is_cut_its_frames_are_the_same(cut: int) -> None:
    written = experiment("circle", runs=2, model=WIDE, batch={"size": 10})
    whole = advance(written, None, 30, every=10)[0]
    first, checkpoint = advance(written, None, cut, every=10)
    second, _ = advance(written, checkpoint, 30, every=10)
    for run in range(2):
        halves = [chunk.runs[run].fits for chunk in (first, second)]
        for name in ("steps", "fit", "weights"):
            joined = np.concatenate([getattr(half, name) for half in halves])
            assert np.array_equal(joined, getattr(whole.runs[run].fits, name))


def test_records_are_the_same_with_frames_and_without() -> None:
    written = experiment("circle", model=WIDE, batch={"size": 10})
    with_frames, without = (advance(written, None, 30, every=every)[0].runs[0] for every in (1, 0))
    assert np.array_equal(with_frames.loss, without.loss)
    assert without.fits is None


def test_a_surface_has_no_frames() -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.1}, "start": [1.0, 1.0]}
    surface = {"version": 1, "problem": {"kind": "surface", "id": "ravine"}, "runs": [run]}
    assert advance(parse_experiment(surface), None, 3, every=1)[0].runs[0].fits is None


def test_a_run_that_has_diverged_has_no_frames_beyond() -> None:
    run = {"optimizer": {"id": "sgd", "lr": 1.0}, "start": [1.0, 0.0]}
    written = parse_experiment({"version": 1, "problem": document("thermometer"), "runs": [run]})
    chunk, _ = advance(written, None, 100, every=1)
    records = chunk.runs[0]
    assert chunk.stopped
    assert records.fits is not None
    assert records.fits.steps.tolist() == list(range(len(records)))
