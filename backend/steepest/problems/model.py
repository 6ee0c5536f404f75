"""A model: a real `nn.Module` that turns inputs into outputs, declared in one file of `models/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

from pydantic import BaseModel, ConfigDict
from torch import nn

from steepest.spec import Param, Text, Value, complete

Gives = Literal["raw", "probability"]


class Layer(BaseModel):
    """One tensor of a model's parameters, in the order of `module.parameters()`.

    name: as `named_parameters()` has it (`0.weight`). shape: of the tensor. weight: a weight, not a bias: penalties are
    on these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    shape: tuple[int, ...]
    weight: bool

    @property
    def size(self) -> int:
        """Number of parameters in it."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Model:
    """The declaration of one model.

    layers: (shape of one input, number of outputs, params) to its tensors, by arithmetic alone: nothing is allocated.
        Raises `Invalid` with field `id` or `params.<name>` where such an input or so many outputs do not suit.
    build: the same arguments to the module, (batch, *input) to (batch, outputs). Drawn from torch's global generator,
        as every layer is.
    gives: params to what its outputs are: "raw" numbers, which are logits to some losses, or "probability" in [0, 1].
    activations: (shape of one input, outputs, params) to how many numbers one sample's forward pass keeps.
    """

    id: str
    title: Text
    about: Text
    formula: str
    source: str
    layers: Callable[[tuple[int, ...], int, Mapping[str, Value]], tuple[Layer, ...]]
    build: Callable[[tuple[int, ...], int, Mapping[str, Value]], nn.Module]
    activations: Callable[[tuple[int, ...], int, Mapping[str, Value]], int]
    params: tuple[Param, ...] = ()
    gives: Callable[[Mapping[str, Value]], Gives] = lambda values: "raw"
    random: Callable[[Mapping[str, Value]], bool] = lambda values: False  # whether a forward pass draws (dropout)

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All params, checked. Raises `Invalid` naming the param."""
        return complete(self.params, given)
