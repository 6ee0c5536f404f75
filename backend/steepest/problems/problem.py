"""What the engine asks of a problem, whatever its kind."""

from typing import Annotated, Literal, Protocol

import torch
from pydantic import BaseModel, BeforeValidator, ConfigDict
from torch import Tensor, nn

from steepest import spec
from steepest.problems.learning.model import Layer
from steepest.spec import Init

# (n,). MessagePack knows lists alone, so a strict reader of a message finds a list where a tuple is declared.
Vector = Annotated[tuple[float, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]

CriticalKind = Literal["minimum", "saddle", "maximum", "degenerate"]


class CriticalPoint(BaseModel):
    """A point where the gradient is zero (or, at a cusp, where the minimum is). at: shape (n,)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: CriticalKind
    at: Vector
    value: float


class Scene(BaseModel):
    """What a picture of the problem needs.

    dim: number of parameters; names: how they are called; bounds: the view, one (low, high) a parameter.
    log_height: colours and heights are easier to read as the logarithm of the loss.
    points: the declared critical points inside or outside the view.
    bounded: False where the loss falls for ever.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dim: int
    names: tuple[str, ...]
    formula: str
    bounds: tuple[tuple[float, float], ...]
    log_height: bool
    bounded: bool
    points: tuple[CriticalPoint, ...]


class Problem(Protocol):
    """A loss over `dim` parameters, ready to run."""

    @property
    def document(self) -> spec.Problem:
        """The problem as written, with every default filled in."""
        ...

    @property
    def dim(self) -> int:
        """The number of parameters."""
        ...

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The tensors that the parameters lie in, in their order."""
        ...

    @property
    def scene(self) -> Scene | None:
        """What a picture of the loss over one or two parameters needs; None for more. Some work, and asked for once."""
        ...

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """(dim,), drawn from the seed. Raises `Invalid` where a start must be written out."""
        ...

    def module(self, start: Tensor) -> nn.Module:
        """A module whose parameters begin at `start`, (dim,), and whose forward(step) is the scalar loss at a step."""
        ...

    def loss_at(self, points: Tensor) -> Tensor:
        """The whole loss at many points at once: shape (..., dim) to shape (...). Differentiable twice."""
        ...
