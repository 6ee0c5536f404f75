"""A surface: an objective function of one or two variables, declared in one file of `surfaces/`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from steepest import spec
from steepest.problems.learning.model import Layer
from steepest.problems.problem import CriticalPoint, Scene
from steepest.spec import DeclaredEntry, Init, Text, Value, invalid

Bounds = tuple[tuple[float, float], ...]


class Start(BaseModel):
    """A suggested starting point, shape (n,), with a title."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: tuple[float, ...]
    title: Text


@dataclass(frozen=True, eq=False, kw_only=True)
class Surface(DeclaredEntry):
    """The declaration of one surface.

    about: what it teaches. formula: LaTeX of f.
    bounds: the view, one (low, high) for each of the 1 or 2 variables.
    starts: the first one is the default.
    lr: a learning rate at which gradient descent from the default start works well.
    f: one tensor for each variable (any equal shape) and the params by name, to that shape.
    critical: params to the declared critical points; the tests verify each.
    log_height: colours and heights show the logarithm of the loss.
    bounded: False where the loss has no lower bound.
    smooth: False where autograd has no gradient at a point of interest, such as a cusp.
    make: instead of f, where the function itself is a param: params to the problem; raises `Invalid`.
    letters: names of further params that `make` takes, according to the function.
    """

    formula: str
    bounds: Bounds
    starts: tuple[Start, ...]
    lr: float
    f: Callable[..., Tensor] | None = None
    critical: Callable[..., Sequence[CriticalPoint]] = field(default=lambda **_: ())
    log_height: bool = False
    bounded: bool = True
    smooth: bool = True
    make: Callable[..., "SurfaceProblem"] | None = None
    letters: tuple[str, ...] = ()

    @property
    def dim(self) -> int:
        """The number of variables; the problem of a typed expression may have fewer."""
        return len(self.bounds)

    def problem(self, given: Mapping[str, object]) -> "SurfaceProblem":
        """The surface with its params put in. Raises `Invalid` naming the param."""
        further = {name: value for name, value in given.items() if name in self.letters}
        values = self.complete({name: value for name, value in given.items() if name not in further})
        if self.make is not None:
            return self.make(self, **values, **further)
        assert self.f is not None
        return SurfaceProblem(self, self.f, values, self.scene(values))

    def scene(self, values: Mapping[str, Value]) -> Scene:
        """How to draw the surface, for complete params."""
        return Scene(
            dim=self.dim,
            names=("x", "y")[: self.dim],
            formula=self.formula,
            bounds=self.bounds,
            log_height=self.log_height,
            bounded=self.bounded,
            points=tuple(self.critical(**values)),
        )


@dataclass(frozen=True, eq=False)
class SurfaceProblem:
    """A surface ready to run: `Problem` for the engine. Equal to itself only, so that it can be an owner in `CACHE`."""

    surface: Surface
    f: Callable[..., Tensor]
    values: Mapping[str, Value]
    scene: Scene

    @property
    def document(self) -> spec.Problem:
        """The problem as written, with every default filled in."""
        return spec.SurfaceProblem(kind="surface", id=self.surface.id, params=dict(self.values))

    @property
    def dim(self) -> int:
        """The number of variables, 1 or 2."""
        return self.scene.dim

    @property
    def layers(self) -> tuple[Layer, ...]:
        """One tensor: the position."""
        return (Layer(name="position", shape=(self.dim,), weight=True),)

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """Raises `Invalid`: the start on a surface is a list of numbers."""
        raise invalid(
            "", "must be a list of numbers: a surface has no layers to initialise", "曲面上的起点应为数的列表"
        )

    def loss_at(self, points: Tensor) -> Tensor:
        """The function at many points: shape (..., dim) to shape (...)."""
        return self.f(*points.unbind(-1), **self.values)

    def parameter_tensors(self, point: Tensor) -> list[Tensor]:
        """(dim,) as the module's one tensor."""
        return [point]

    def module(self, start: Tensor) -> "SurfaceModule":
        """A module whose parameter begins at `start`, shape (dim,)."""
        return SurfaceModule(self.loss_at, start)


class SurfaceModule(nn.Module):
    """A point on a surface as a module: one parameter, the position, shape (n,); forward() is the loss there."""

    def __init__(self, loss_at: Callable[[Tensor], Tensor], start: Tensor) -> None:
        super().__init__()
        self.loss_at = loss_at
        self.position = nn.Parameter(start.detach().clone())

    def forward(self, step: int = 0) -> Tensor:
        """The loss at the current position, shape (), the same at every step."""
        return self.loss_at(self.position)


def point(kind: str, at: Sequence[float], value: float) -> CriticalPoint:
    """A `CriticalPoint`, for declarations."""
    return CriticalPoint(kind=kind, at=tuple(at), value=value)  # type: ignore[arg-type]
