"""The interface of a problem for the engine."""

from typing import Annotated, Literal, Protocol

import torch
from pydantic import BaseModel, BeforeValidator, ConfigDict
from torch import Tensor, nn

from steepest import spec
from steepest.problems.learning.model import Layer
from steepest.spec import Init

# (n,). MessagePack has lists only, so a strict reader finds a list where a tuple is declared.
Vector = Annotated[tuple[float, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]

CriticalKind = Literal["minimum", "saddle", "maximum", "degenerate"]


class CriticalPoint(BaseModel):
    """A point where the gradient is zero (or, at a cusp, where the minimum is). at: shape (n,)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: CriticalKind
    at: Vector
    value: float


class Scene(BaseModel):
    """How to draw a problem of one or two parameters.

    dim: number of parameters. names: of the parameters.
    bounds: the view, one (low, high) for each parameter.
    log_height: colours and heights show the logarithm of the loss.
    bounded: False where the loss has no lower bound.
    points: the declared critical points, inside or outside the view.
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
        """The parameter tensors, in order."""
        ...

    @property
    def scene(self) -> Scene | None:
        """How to draw the loss over one or two parameters; None for more. Costs some work, so it is cached."""
        ...

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """(dim,), drawn from the seed. Raises `Invalid` where a start must be written out."""
        ...

    def parameter_tensors(self, point: Tensor) -> list[Tensor]:
        """(dim,) as one tensor for each layer."""
        ...

    def module(self, start: Tensor) -> nn.Module:
        """A module with parameters at `start`, (dim,), and the scalar loss of a step as forward(step)."""
        ...

    def loss_at(self, points: Tensor) -> Tensor:
        """The full-batch loss at many points, (..., dim) to (...). Differentiable twice."""
        ...
