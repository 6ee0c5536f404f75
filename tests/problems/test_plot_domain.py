"""What is drawn of a data set, and where a model is asked so that its fit can be drawn."""

import pytest
import torch
from tests.problems.learning_cases import chosen, problem

from steepest.problems.learning.plot_domain import predictions


def test_one_input_is_drawn_along_a_curve_with_room_beside_the_samples() -> None:
    ready = problem("thermometer")
    values = ready.data.inputs[:, 0]
    (low, high) = ready.plot_domain.bounds[0]
    assert ready.plot_domain.kind == "curve"
    assert ready.plot_domain.shape == (201,)
    assert low < values.min()
    assert high > values.max()
    assert high - low < 1.5 * (values.max() - values.min())
    inputs = ready.fit_inputs(torch.float64)
    assert inputs.shape == (201, 1)
    assert torch.allclose(inputs[[0, -1], 0], torch.tensor([low, high], dtype=torch.float64))


def test_pass_or_fail_is_drawn_from_0_to_10_hours() -> None:
    ready = problem("pass_or_fail")
    assert ready.plot_domain.bounds == ((0.0, 10.0),)
    assert ready.fit_inputs(torch.float64)[[0, 20, 200], 0].tolist() == [0.0, 1.0, 10.0]


def test_two_inputs_are_a_map_on_which_x_changes_fastest() -> None:
    ready = problem("circle")
    assert ready.plot_domain.kind == "map"
    assert ready.plot_domain.shape == (48, 48)
    grid = ready.fit_inputs(torch.float64).reshape(48, 48, 2)
    assert grid[0, 0].tolist() == [-6.0, -6.0]
    assert grid[0, -1].tolist() == [6.0, -6.0]
    assert grid[-1, 0].tolist() == [-6.0, 6.0]


@pytest.mark.parametrize(("name", "kind", "most"), [("fruit", "table", 400), ("digits", "images", 64)])
def test_other_data_has_its_fit_at_the_drawn_samples(name: str, kind: str, most: int) -> None:
    ready = problem(name)
    samples = ready.plot_domain.samples
    assert ready.plot_domain.kind == kind
    assert ready.plot_domain.shape == (min(most, ready.shape.count),)
    assert torch.equal(ready.fit_inputs(torch.float32), ready.data.inputs[samples].float())


def test_samples_of_a_large_set_are_evenly_spread() -> None:
    samples = problem("spiral", dataset=chosen("spiral", {"count": 5000})).plot_domain.samples
    assert len(samples) == 2000
    assert samples[0] == 0
    assert samples[-1] >= 4997
    steps = samples.diff()
    assert steps.min() >= 2
    assert steps.max() <= 3


def test_samples_at_one_point_still_have_a_view() -> None:
    ready = problem("curve_points", dataset=chosen("curve_points", {"points": [[2.0, 1.0], [2.0, 3.0]]}))
    low, high = ready.plot_domain.bounds[0]
    assert low < 2 < high


def test_predictions_of_outputs() -> None:
    outputs = torch.tensor([[0.0, 2.0]])
    assert torch.equal(predictions(outputs, "value"), outputs)
    assert torch.equal(predictions(outputs, "probability"), outputs)
    assert torch.allclose(predictions(outputs, "sigmoid"), 1 / (1 + torch.exp(-outputs)))
    assert torch.allclose(predictions(outputs, "softmax"), torch.exp(outputs) / torch.exp(outputs).sum())
