"""The start of a model, drawn from the experiment's seed."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from steepest.problems.learning.model import Model
from steepest.problems.rng import seed_for
from steepest.spec import Init, Value


def initial_parameters(
    model: Model, inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value], start: Init, seed: int
) -> Tensor:
    """(n,) float32, in the order of `module.parameters()`. torch's global generator keeps its state.

    The same numbers as a script that calls `torch.manual_seed(seed)`, builds the model and, unless the init is
    "default", fills the parameters in order with `torch.nn.init`. A draw other than 0 uses the seed
    `seed_for(seed, "init", draw)`.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed if start.draw == 0 else seed_for(seed, "init", start.draw))
        module = model.build(inputs, outputs, values)
        layers = model.layers(inputs, outputs, values)
        for parameter, layer in zip(module.parameters(), layers, strict=True):
            if start.init != "default":
                _fill(parameter, start, weight=layer.weight)
        return nn.utils.parameters_to_vector(module.parameters())


def _fill(parameter: Tensor, start: Init, *, weight: bool) -> None:
    if not weight or start.init == "zeros":
        nn.init.zeros_(parameter)
    elif start.init == "xavier":
        nn.init.xavier_uniform_(parameter)
    elif start.init == "kaiming":
        nn.init.kaiming_uniform_(parameter, nonlinearity="relu")
    else:
        nn.init.normal_(parameter, std=start.std)
