"""A model: a real `nn.Module` that turns inputs into outputs, declared in one file of `models/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

from pydantic import BaseModel, ConfigDict
from torch import nn

from steepest.spec import DeclaredEntry, Value

Gives = Literal["raw", "probability"]


class Layer(BaseModel):
    """One tensor of a model's parameters, in the order of `module.parameters()`.

    name: as in `named_parameters()`, such as `0.weight`.
    weight: False for a bias; penalties act on weights only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    shape: tuple[int, ...]
    weight: bool

    @property
    def size(self) -> int:
        """Number of parameters in it."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Model(DeclaredEntry):
    """The declaration of one model.

    layers: (shape of one input, number of outputs, params) to its tensors, without allocating any.
        Raises `Invalid` with field `id` or `params.<name>` for an unsuitable input or number of outputs.
    build: the same arguments to the module, (batch, *input) to (batch, outputs), drawn from torch's global generator.
    activations: the same arguments to how many numbers one sample's forward pass keeps.
    multiplications: the same arguments to those of one sample's forward pass; None where each weight is used once.
    gives: params to the kind of outputs: "raw" numbers (logits, for some losses) or "probability" in [0, 1].
    random: params to whether a forward pass draws random numbers, as dropout does.
    """

    formula: str
    layers: Callable[[tuple[int, ...], int, Mapping[str, Value]], tuple[Layer, ...]]
    build: Callable[[tuple[int, ...], int, Mapping[str, Value]], nn.Module]
    activations: Callable[[tuple[int, ...], int, Mapping[str, Value]], int]
    multiplications: Callable[[tuple[int, ...], int, Mapping[str, Value]], int] | None = None
    gives: Callable[[Mapping[str, Value]], Gives] = lambda values: "raw"
    random: Callable[[Mapping[str, Value]], bool] = lambda values: False
