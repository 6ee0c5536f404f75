"""What each neuron gives out: the layers of the formula, computed here from the parameters alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.engine.learning import CIRCLE_NET, learning
from torch import Tensor
from torch.nn import functional as F

from steepest.engine import Prepared, prepare
from steepest.engine.model_analysis.neurons import Neurons, neurons
from steepest.problems import LearningProblem
from steepest.problems.table import read_csv, save_table
from steepest.spec import Edit, Invalid, parse_experiment

Function = Callable[[Tensor], Tensor]


def same(values: Tensor) -> Tensor:
    return values


# The net, what its hidden layers apply, what is plotted of its outputs, and the functions' names by column.
NETS: dict[str, tuple[Prepared, Function, Function, list[list[str]]]] = {
    "tanh": (
        learning("circle", CIRCLE_NET, "bce_logits"),
        torch.tanh,
        torch.sigmoid,
        [[], ["tanh"], ["tanh"], ["sigmoid"]],
    ),
    "sigmoid at the end": (
        learning("exclusive_or", {"id": "mlp", "params": {"hidden": [3], "output": "sigmoid"}}, "bce"),
        torch.relu,
        torch.sigmoid,
        [[], ["relu"], ["sigmoid"]],
    ),
    "dropout": (
        learning(
            "moons", {"id": "mlp", "params": {"hidden": [3, 3], "activation": "gelu", "dropout": 0.5}}, "bce_logits"
        ),
        F.gelu,
        torch.sigmoid,
        [[], ["gelu"], ["gelu"], ["sigmoid"]],
    ),
    "no bias": (
        learning("circle", {"id": "mlp", "params": {"hidden": [3], "bias": False}}, "bce_logits"),
        torch.relu,
        torch.sigmoid,
        [[], ["relu"], ["sigmoid"]],
    ),
    "identity": (
        learning("spiral", {"id": "mlp", "params": {"hidden": [4], "activation": "identity"}}, "cross_entropy"),
        same,
        lambda values: values.softmax(1),
        [[], [], ["softmax"]],
    ),
    "line": (learning("thermometer", "linear", "mse"), same, same, [[], []]),
    "logistic": (learning("pass_or_fail", "logistic", "bce"), same, torch.sigmoid, [[], ["sigmoid"]]),
    "curve": (
        learning("noisy_curve", {"id": "mlp", "params": {"hidden": [5], "activation": "softplus"}}, "mse"),
        F.softplus,
        same,
        [[], ["softplus"], []],
    ),
}


def found(prepared: Prepared, step: int = 0) -> Neurons:
    return neurons(prepared, prepared.start(prepared.plans[0]).numpy(), 0, step)


def by_hand(prepared: Prepared, hidden: Function, plotted: Function, inputs: Tensor) -> Tensor:
    """(k, len(inputs)), from the parameters and the shapes of the layers alone."""
    left = prepared.start(prepared.plans[0])
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    tensors: list[Tensor] = []
    for layer in problem.layers:
        tensors.append(left[: layer.size].reshape(layer.shape))
        left = left[layer.size :]
    here, rows = inputs, [inputs]
    while tensors:
        here = here @ tensors.pop(0).T
        if tensors and tensors[0].ndim == 1:
            here = here + tensors.pop(0)
        here = hidden(here) if tensors else plotted(here)
        rows.append(here)
    return torch.cat(rows, dim=1).T


def grid(problem: LearningProblem) -> Tensor:
    """The inputs of the map or curve: x first and fastest."""
    axes = [torch.linspace(*bounds, 20 if len(problem.plot_domain.bounds) == 2 else 101, dtype=torch.float64)
            for bounds in problem.plot_domain.bounds]  # fmt: skip
    if len(axes) == 1:
        return axes[0][:, None]
    return torch.stack([axes[0].repeat(20), axes[1].repeat_interleave(20)], dim=1)


@pytest.mark.parametrize(("prepared", "hidden", "plotted", "functions"), NETS.values(), ids=NETS)
def test_maps_and_means_are_the_formula_s(
    prepared: Prepared, hidden: Function, plotted: Function, functions: list[list[str]]
) -> None:
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    there = found(prepared)
    inputs = grid(problem)
    assert there.shape == ((20, 20) if inputs.shape[1] == 2 else (101,))
    np.testing.assert_allclose(there.maps, by_hand(prepared, hidden, plotted, inputs).numpy(), rtol=1e-5, atol=1e-6)
    samples = problem.splits(prepared.dtype)[0].inputs
    assert there.samples == len(samples)
    means = by_hand(prepared, hidden, plotted, samples).mean(dim=1)
    np.testing.assert_allclose(there.means, means.numpy(), rtol=1e-5, atol=1e-6)
    assert [list(column.functions) for column in there.columns] == functions
    assert sum(column.size for column in there.columns) == len(there.maps) == len(there.means)
    np.testing.assert_array_equal(there.params, prepared.start(prepared.plans[0]).numpy())


def test_more_inputs_than_two_have_means_and_no_maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    body = b"a,b,c,y\n" + b"".join(b"%d,%d,%d,%d\n" % (n, n * n, n % 3, 7 * n) for n in range(20))
    file, _ = save_table(body, read_csv(body))
    prepared = learning({"id": "csv", "params": {"file": file}}, "linear", "mse")
    there = found(prepared)
    assert (there.shape, there.maps.shape) == ((), (3 + 1, 0))
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    means = by_hand(prepared, same, same, problem.splits(prepared.dtype)[0].inputs).mean(dim=1)
    np.testing.assert_allclose(there.means, means.numpy(), rtol=1e-5, atol=1e-6)


def test_an_edit_that_moves_the_parameters_counts_at_its_step() -> None:
    prepared = learning("circle", CIRCLE_NET, "bce_logits", dtype="float32")
    moved = [0.25] * prepared.problem.dim
    edited = prepare(prepared.experiment.edited(Edit(step=3, run=0, params=moved)))
    assert found(edited, 3).params.tolist() == moved
    np.testing.assert_array_equal(found(edited, 2).params, found(prepared).params)
    tanh = found(edited, 3).maps[2:6]
    assert np.ptp(tanh, axis=0).max() == 0  # equal weights, equal neurons


def test_the_largest_layers_that_are_shown_and_what_is_refused() -> None:
    wide = {"id": "mlp", "params": {"hidden": [32]}}
    assert found(learning("circle", wide, "bce_logits")).columns[1].size == 32
    surface = prepare(
        parse_experiment(
            {
                "version": 1,
                "problem": {"kind": "surface", "id": "beale"},
                "runs": [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": [1.0, 1.0]}],
            }
        )
    )
    refused = {
        "shows at most 32 inputs and 32 neurons in a layer; this net has 2, 4, 33, 1": learning(
            "circle", {"id": "mlp", "params": {"hidden": [4, 33]}}, "bce_logits"
        ),
        "this net has 64, 10": learning("digits", "softmax", "cross_entropy"),
        "linear layers only": learning("digits", "convnet", "cross_entropy"),
        "a surface has no neurons": surface,
    }
    for words, prepared in refused.items():
        with pytest.raises(Invalid, match=words):
            found(prepared)
