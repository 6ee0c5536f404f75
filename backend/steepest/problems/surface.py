"""A surface: an objective function of one or two variables, declared in one file of `surfaces/`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from steepest import spec
from steepest.problems.learning.model import Layer
from steepest.problems.problem import CriticalPoint, Scene
from steepest.spec import Init, Invalid, Param, Text, Value, complete

Bounds = tuple[tuple[float, float], ...]


class Start(BaseModel):
    """A starting point worth trying, shape (n,), and what is to be seen from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: tuple[float, ...]
    title: Text


@dataclass(frozen=True)
class Surface:
    """The declaration of one surface: everything that menus, pictures, tests and the engine need to know of it.

    f: the function. Takes one tensor a variable (any equal shape) and the params by name; returns that shape.
    formula: LaTeX of f. source: where it is written down. about: one sentence on what it teaches.
    bounds: the view, one (low, high) a variable; as many as there are variables (1 or 2).
    starts: the first one is the default.
    critical: declared critical points for given params; each is verified by the tests.
    lr: a learning rate at which plain gradient descent from the default start is known to do well.
    make: instead of f, for a surface whose function follows from its params: values to f, or raises `Invalid`; also
        says how many variables there are.
    """

    id: str
    title: Text
    about: Text
    formula: str
    source: str
    bounds: Bounds
    starts: tuple[Start, ...]
    lr: float
    f: Callable[..., Tensor] | None = None
    params: tuple[Param, ...] = ()
    critical: Callable[..., Sequence[CriticalPoint]] = field(default=lambda **_: ())
    log_height: bool = False
    bounded: bool = True
    smooth: bool = True  # False where autograd has no gradient at a point of interest, such as a cusp
    make: Callable[..., "SurfaceProblem"] | None = None

    @property
    def dim(self) -> int:
        """The number of variables; an expression's own problem may have fewer."""
        return len(self.bounds)

    def problem(self, given: Mapping[str, object]) -> "SurfaceProblem":
        """The surface with its params put in. Raises `Invalid` naming the param."""
        values = complete(self.params, given)
        if self.make is not None:
            return self.make(self, **values)
        assert self.f is not None
        return SurfaceProblem(self, self.f, values, self.scene(values))

    def scene(self, values: Mapping[str, Value]) -> Scene:
        """What a picture needs, for complete values of the params."""
        return Scene(
            dim=self.dim,
            names=("x", "y")[: self.dim],
            formula=self.formula,
            bounds=self.bounds,
            log_height=self.log_height,
            bounded=self.bounded,
            points=tuple(self.critical(**values)),
        )


@dataclass(frozen=True)
class SurfaceProblem:
    """A surface ready to run: `Problem` for the engine."""

    surface: Surface
    f: Callable[..., Tensor]
    values: Mapping[str, Value]
    scene: Scene

    @property
    def document(self) -> spec.Problem:
        """As written, with every default filled in."""
        return spec.SurfaceProblem(kind="surface", id=self.surface.id, params=dict(self.values))

    @property
    def dim(self) -> int:
        """The number of variables, 1 or 2."""
        return self.scene.dim

    @property
    def layers(self) -> tuple[Layer, ...]:
        """One: the position."""
        return (Layer(name="position", shape=(self.dim,), weight=True),)

    def start(self, start: Init, dtype: torch.dtype) -> Tensor:
        """Raises `Invalid`: a point on a surface is written out."""
        raise Invalid(
            "", Text("must be a list of numbers: a surface has places, no layers", "曲面上的起点应为数的列表")
        )

    def loss_at(self, points: Tensor) -> Tensor:
        """The function at many points: shape (..., dim) to shape (...)."""
        return self.f(*points.unbind(-1), **self.values)

    def module(self, start: Tensor) -> "SurfaceModule":
        """A module whose one parameter begins at `start`, shape (dim,)."""
        return SurfaceModule(self.loss_at, start)


class SurfaceModule(nn.Module):
    """A point on a surface as a module: one parameter, the position, shape (n,); forward() is the loss there."""

    def __init__(self, loss_at: Callable[[Tensor], Tensor], start: Tensor) -> None:
        super().__init__()
        self.loss_at = loss_at
        self.position = nn.Parameter(start.detach().clone())

    def forward(self, step: int = 0) -> Tensor:
        """The loss at the present position, shape (), the same at every step."""
        return self.loss_at(self.position)


def point(kind: str, at: Sequence[float], value: float) -> CriticalPoint:
    """Shorthand for declarations."""
    return CriticalPoint(kind=kind, at=tuple(at), value=value)  # type: ignore[arg-type]
