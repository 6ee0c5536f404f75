"""The report's pictures as Plotly figures. Their colours are the report's own script's affair: it knows light and dark.

A trace says in `meta` which run it shows, `{"run": 0}`, or that it is the ground, `{"run": -1}`.
"""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go

from steepest.engine import RunRecords, loss_grid
from steepest.engine.recording.records import Array
from steepest.export.recording import Recording
from steepest.export.report.words import WORDS
from steepest.problems import Scene
from steepest.spec.text import Language

_POINTS = 4000  # of one line; more would only make the file heavy
_CELLS = 160  # of the map, along each axis
_FAR = 1e3  # views from the middle: beyond it a browser's own numbers give out


def figures(recording: Recording, language: Language) -> dict[str, go.Figure]:
    """By the name of their words: the map, then loss, gradient and curvature over the steps; map and curvature where
    there are one or two parameters.
    """
    scene = recording.prepared.problem.scene
    found = {} if scene is None else {"map": (_map if scene.dim == 2 else _curve)(recording, language, scene)}
    found["loss"] = _over_steps(recording, language, lambda run: run.loss)
    found["gradient"] = _over_steps(recording, language, lambda run: run.grad_norm)
    if scene is not None:
        found["curvature"] = _curvature(recording, language)
    return found


def stride(recording: Recording) -> int:
    """Of how many steps one is drawn."""
    return -(-(recording.last + 1) // _POINTS)


def _shown(run: RunRecords, every: int) -> Array:
    """Places of the records that are drawn; the last is always among them."""
    return np.unique(np.append(np.arange(0, len(run), every), len(run) - 1))


def _bounds(recording: Recording, scene: Scene) -> list[tuple[float, float]]:
    """The view, wider where the paths go on outside, though by no more than its own width on each side."""
    found = []
    for n, (low, high) in enumerate(scene.bounds):
        values = np.concatenate([run.params[:, n].astype(np.float64) for run in recording.runs])
        values = values[np.isfinite(values)]
        width = high - low
        least, most = (values.min(), values.max()) if len(values) else (low, high)
        left = low if least >= low else max(least - 0.05 * width, low - width)
        right = high if most <= high else min(most + 0.05 * width, high + width)
        found.append((float(left), float(right)))
    return found


def _near(values: Array, low: float, high: float) -> Array:
    """Numbers far outside as NaN: a gap in the line."""
    values = values.astype(np.float64)
    middle, reach = (low + high) / 2, _FAR * (high - low)
    return np.where(np.abs(values - middle) <= reach, values, np.nan)


def _map(recording: Recording, language: Language, scene: Scene) -> go.Figure:
    bounds = _bounds(recording, scene)
    (x0, x1), (y0, y1) = bounds
    z = loss_grid(recording.prepared.problem, bounds, (_CELLS, _CELLS)).astype(np.float64)
    figure = go.Figure(
        go.Contour(
            z=_heights(z, scene.log_height),
            x=np.linspace(x0, x1, _CELLS),
            y=np.linspace(y0, y1, _CELLS),
            customdata=z,
            ncontours=24,
            showscale=False,
            hovertemplate="x %{x:.4g}, y %{y:.4g}<br>%{customdata:.6g}<extra></extra>",
            meta={"run": -1},
        )
    )
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        places = _shown(run, stride(recording))
        _path(figure, n, name, places, _near(run.params[places, 0], x0, x1), _near(run.params[places, 1], y0, y1))
    figure.update_layout(
        xaxis={"title": scene.names[0], "range": [x0, x1]}, yaxis={"title": scene.names[1], "range": [y0, y1]}
    )
    return figure


def _curve(recording: Recording, language: Language, scene: Scene) -> go.Figure:
    ((low, high),) = _bounds(recording, scene)
    z = loss_grid(recording.prepared.problem, [(low, high)], (801,)).astype(np.float64)
    z = np.where(np.isfinite(z), z, np.nan)
    at = np.linspace(low, high, 801)
    figure = go.Figure(
        go.Scatter(x=at, y=z, mode="lines", meta={"run": -1}, showlegend=False, hoverinfo="skip", line={"width": 2})
    )
    finite = z[np.isfinite(z)]
    bottom, top = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        places = _shown(run, stride(recording))
        x, y = _near(run.params[places, 0], low, high), _near(run.loss[places], bottom, top)
        _path(figure, n, name, places, x, y)
    room = 0.05 * (top - bottom) or 1.0
    figure.update_layout(
        xaxis={"title": scene.names[0], "range": [low, high]},
        yaxis={"title": WORDS["loss"].in_language(language), "range": [bottom - room, top + room]},
    )
    return figure


def _path(figure: go.Figure, n: int, name: str, places: Array, x: Array, y: Array) -> None:
    every = len(places) <= 200
    ends = np.array([0, *([len(x) - 1] if len(x) > 1 else [])])
    figure.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers" if every else "lines",
        customdata=places,
        hovertemplate="%{customdata}: (%{x:.6g}, %{y:.6g})<extra>" + _escaped(name) + "</extra>",
        line={"width": 2},
        marker={"size": 4},
        legendgroup=str(n),
        meta={"run": n},
    )
    figure.add_scatter(
        x=x[ends],
        y=y[ends],
        name=name,
        mode="markers",
        marker={"size": 10, "symbol": ["circle-open", "circle"][: len(ends)], "line": {"width": 2}},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=str(n),
        meta={"run": n},
    )


def _heights(z: Array, logarithm: bool) -> Array:
    """What the colours show: the loss above the lowest, its logarithm or its root; NaN where it is not finite."""
    finite = z[np.isfinite(z)]
    if not len(finite):
        return np.full_like(z, np.nan)
    lowest, most = finite.min(), np.quantile(finite, 0.99)
    above: Array = np.clip(np.where(np.isfinite(z), z, np.nan) - lowest, 0, None)
    if logarithm:
        soft = max((float(np.median(finite)) - lowest) / 3000, 1e-300)
        above = np.log10(above + soft)
    else:
        above = np.sqrt(np.minimum(above, max(most - lowest, 1e-300)))
    return above


def _over_steps(recording: Recording, language: Language, values: Callable[[RunRecords], Array]) -> go.Figure:
    """One line a run, on a logarithmic axis where all values are positive."""
    figure = go.Figure()
    all_values = np.concatenate([values(run).astype(np.float64) for run in recording.runs])
    finite = all_values[np.isfinite(all_values)]
    logarithm = bool(len(finite)) and bool((finite >= 0).all()) and bool((finite > 0).any())
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        places = _shown(run, stride(recording))
        y = values(run)[places].astype(np.float64)
        y = np.where(np.isfinite(y) & ((y > 0) | (not logarithm)), y, np.nan)
        _line(figure, n, name, places, y)
    figure.update_layout(
        xaxis={"title": WORDS["step"].in_language(language)}, yaxis={"type": "log" if logarithm else "linear"}
    )
    if not logarithm and any(recording.diverged(n) for n in range(len(recording.runs))):
        # What blows up leaves the picture visibly instead of pressing all else flat.
        firsts = np.array([values(run)[0] for run in recording.runs], np.float64)
        reach = float(np.nanmax(np.abs(firsts), initial=1.0))
        middle = finite[np.abs(finite) <= 3 * reach]
        if len(middle):
            figure.update_layout(
                yaxis={"range": [float(middle.min()) - 0.1 * reach, float(middle.max()) + 0.1 * reach]}
            )
    return figure


def _curvature(recording: Recording, language: Language) -> go.Figure:
    figure = go.Figure()
    two = recording.prepared.problem.dim > 1
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        places = _shown(run, stride(recording))
        largest = WORDS["curvature.largest"].in_language(language).format(run=name) if two else name
        _line(figure, n, largest, places, _tame(run.eigenvalues[places, -1]))
        if two:
            smallest = WORDS["curvature.smallest"].in_language(language).format(run=name)
            _line(figure, n, smallest, places, _tame(run.eigenvalues[places, 0]), dash="dot")
    figure.update_layout(xaxis={"title": WORDS["step"].in_language(language)})
    return figure


def _tame(values: Array) -> Array:
    """Without what is not finite and what a browser cannot draw."""
    return np.where(np.abs(values) < 1e30, values, np.nan)


def _line(figure: go.Figure, n: int, name: str, places: Array, y: Array, dash: str = "solid") -> None:
    figure.add_scatter(
        x=places,
        y=y,
        name=name,
        mode="lines" if len(places) > 1 else "markers",
        line={"width": 2, "dash": dash},
        hovertemplate="%{x}: %{y:.6g}<extra>" + _escaped(name) + "</extra>",
        meta={"run": n},
    )


def _escaped(name: str) -> str:
    """A name where Plotly would read tags and template places."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
