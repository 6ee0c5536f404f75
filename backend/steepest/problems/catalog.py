"""All surfaces: the built-in ones and those that other packages bring as entry points `steepest.surfaces`."""

from functools import cache
from importlib.metadata import entry_points

from steepest import spec
from steepest.problems.problem import Problem
from steepest.problems.surface import Surface
from steepest.problems.surfaces import BUILT_IN
from steepest.spec import Invalid, Text


@cache
def surfaces() -> dict[str, Surface]:
    """Every surface by id, in menu order; a built-in id cannot be taken over."""
    found = {surface.id: surface for surface in BUILT_IN}
    for entry in entry_points(group="steepest.surfaces"):
        surface: Surface = entry.load()
        found.setdefault(surface.id, surface)
    return found


def prepare_problem(problem: spec.SurfaceProblem) -> Problem:
    """The problem ready to run. Raises `Invalid` with a path inside the problem: `id` or `params.<name>`."""
    surface = surfaces().get(problem.id)
    if surface is None:
        words = ", ".join(surfaces())
        raise Invalid("id", Text(f"no surface {problem.id[:50]!r}; there are: {words}", f"没有该函数；可用：{words}"))
    try:
        return surface.problem(problem.params)
    except Invalid as error:
        raise error.under("params") from None
