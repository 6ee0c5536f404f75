"""The report's figures of the runs, drawn by Plotly. The report's own script colours them, for light and dark.

A trace's `meta` says which run it shows, `{"run": 0}`, or that it is the background, `{"run": -1}`.
"""

from collections.abc import Callable, Iterator

import numpy as np
import plotly.graph_objects as go

from steepest.engine import RunRecords, loss_grid
from steepest.engine.recording.records import Array
from steepest.export.recording import Recording
from steepest.export.report.words import word
from steepest.problems import Scene
from steepest.spec.text import Language

_MAX_POINTS = 1000  # of one line: with eight runs the report stays below 1.5 MB
_CELLS = 140  # of the map, along each axis
_FAR = 1e3  # view widths from its middle: farther away a browser's coordinates lose precision


def figures(recording: Recording, language: Language) -> dict[str, go.Figure]:
    """By the key of their heading: the map, the loss, the gradient and the curvature over the steps.

    Map and curvature only for one or two parameters.
    """
    return _Figures(recording, language).all()


def stride(recording: Recording) -> int:
    """Every how many steps a point is drawn."""
    return -(-(recording.last + 1) // _MAX_POINTS)


def plotly_text(text: str) -> str:
    """Text without what Plotly takes for tags and template fields, such as a user's column names."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")


class _Figures:
    def __init__(self, recording: Recording, language: Language) -> None:
        self.recording = recording
        self.language = language
        self.problem = recording.prepared.problem

    def all(self) -> dict[str, go.Figure]:
        scene = self.problem.scene
        found = {} if scene is None else {"map": (self.map if scene.dim == 2 else self.curve)(scene)}
        found["loss"] = self.over_steps(lambda run: run.loss)
        found["gradient"] = self.over_steps(lambda run: run.grad_norm)
        if scene is not None:
            found["curvature"] = self.curvature()
        return found

    def runs(self) -> Iterator[tuple[int, RunRecords, str, Array]]:
        """Each run with its number, its name and the steps that are drawn, the last one included."""
        every = stride(self.recording)
        for n, (run, name) in enumerate(zip(self.recording.runs, self.recording.names(self.language), strict=True)):
            yield n, run, name, np.unique(np.append(np.arange(0, len(run), every), len(run) - 1))

    def bounds(self, scene: Scene) -> list[tuple[float, float]]:
        """The view, widened where the paths leave it, by at most its own width on each side."""
        found = []
        for n, (low, high) in enumerate(scene.bounds):
            values = np.concatenate([run.params[:, n].astype(np.float64) for run in self.recording.runs])
            values = values[np.isfinite(values)]
            width = high - low
            least, most = (values.min(), values.max()) if len(values) else (low, high)
            left = low if least >= low else max(least - 0.05 * width, low - width)
            right = high if most <= high else min(most + 0.05 * width, high + width)
            found.append((float(left), float(right)))
        return found

    def map(self, scene: Scene) -> go.Figure:
        bounds = self.bounds(scene)
        (x0, x1), (y0, y1) = bounds
        z = loss_grid(self.problem, bounds, (_CELLS, _CELLS)).astype(np.float64)
        figure = go.Figure(
            go.Contour(
                z=_colour_values(z, scene.log_height),
                x=np.linspace(x0, x1, _CELLS),
                y=np.linspace(y0, y1, _CELLS),
                customdata=z,
                ncontours=24,
                showscale=False,
                hovertemplate="x %{x:.4g}, y %{y:.4g}<br>%{customdata:.6g}<extra></extra>",
                meta={"run": -1},
            )
        )
        for n, run, name, steps in self.runs():
            _add_path(figure, n, name, steps, _near(run.params[steps, 0], x0, x1), _near(run.params[steps, 1], y0, y1))
        return figure.update_layout(
            xaxis={"title": scene.names[0], "range": [x0, x1]}, yaxis={"title": scene.names[1], "range": [y0, y1]}
        )

    def curve(self, scene: Scene) -> go.Figure:
        ((low, high),) = self.bounds(scene)
        x = np.linspace(low, high, 801)
        z = loss_grid(self.problem, [(low, high)], (len(x),)).astype(np.float64)
        z = np.where(np.isfinite(z), z, np.nan)
        figure = go.Figure(
            go.Scatter(x=x, y=z, mode="lines", meta={"run": -1}, showlegend=False, hoverinfo="skip", line={"width": 2})
        )
        finite = z[np.isfinite(z)]
        bottom, top = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        for n, run, name, steps in self.runs():
            _add_path(
                figure, n, name, steps, _near(run.params[steps, 0], low, high), _near(run.loss[steps], bottom, top)
            )
        room = 0.05 * (top - bottom) or 1.0
        return figure.update_layout(
            xaxis={"title": scene.names[0], "range": [low, high]},
            yaxis={"title": word("loss", self.language), "range": [bottom - room, top + room]},
        )

    def over_steps(self, values: Callable[[RunRecords], Array]) -> go.Figure:
        """One line a run, on a logarithmic axis where no value is negative."""
        figure = go.Figure()
        all_values = np.concatenate([values(run).astype(np.float64) for run in self.recording.runs])
        finite = all_values[np.isfinite(all_values)]
        logarithmic = bool(len(finite)) and bool((finite >= 0).all()) and bool((finite > 0).any())
        for n, run, name, steps in self.runs():
            y = values(run)[steps].astype(np.float64)
            _add_line(figure, n, name, steps, np.where(np.isfinite(y) & ((y > 0) | (not logarithmic)), y, np.nan))
        figure.update_layout(
            xaxis={"title": word("step", self.language)}, yaxis={"type": "log" if logarithmic else "linear"}
        )
        if not logarithmic and any(self.recording.diverged(n) for n in range(len(self.recording.runs))):
            # Limit the axis, so that a diverging run does not flatten all the others.
            firsts = np.array([values(run)[0] for run in self.recording.runs], np.float64)
            reach = float(np.nanmax(np.abs(firsts), initial=1.0))
            middle = finite[np.abs(finite) <= 3 * reach]
            if len(middle):
                limits = [float(middle.min()) - 0.1 * reach, float(middle.max()) + 0.1 * reach]
                figure.update_layout(yaxis={"range": limits})
        return figure

    def curvature(self) -> go.Figure:
        figure = go.Figure()
        for n, run, name, steps in self.runs():
            # Without what a browser cannot draw.
            values = np.where(np.abs(run.eigenvalues[steps]) < 1e30, run.eigenvalues[steps], np.nan)
            if self.problem.dim == 1:
                _add_line(figure, n, name, steps, values[:, 0])
                continue
            for column, key, dash in ((-1, "largest", "solid"), (0, "smallest", "dot")):
                title = word(f"curvature.{key}", self.language, run=name)
                _add_line(figure, n, title, steps, values[:, column], dash)
        return figure.update_layout(xaxis={"title": word("step", self.language)})


def _near(values: Array, low: float, high: float) -> Array:
    """The numbers with NaN, which is a gap in the line, for those far outside."""
    values = values.astype(np.float64)
    middle, reach = (low + high) / 2, _FAR * (high - low)
    return np.where(np.abs(values - middle) <= reach, values, np.nan)


def _colour_values(z: Array, logarithmic: bool) -> Array:
    """The loss above the lowest, as its logarithm or its root; NaN where it is not finite."""
    finite = z[np.isfinite(z)]
    if not len(finite):
        return np.full_like(z, np.nan)
    lowest, most = finite.min(), np.quantile(finite, 0.99)
    above: Array = np.clip(np.where(np.isfinite(z), z, np.nan) - lowest, 0, None)
    if logarithmic:
        above = np.log10(above + max((float(np.median(finite)) - lowest) / 3000, 1e-300))
    else:
        above = np.sqrt(np.minimum(above, max(most - lowest, 1e-300)))
    return above


def _add_path(figure: go.Figure, n: int, name: str, steps: Array, x: Array, y: Array) -> None:
    ends = np.array([0, *([len(x) - 1] if len(x) > 1 else [])])
    shared = {"name": name, "legendgroup": str(n), "meta": {"run": n}}
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers" if len(steps) <= 200 else "lines",
        customdata=steps,
        hovertemplate="%{customdata}: (%{x:.6g}, %{y:.6g})<extra>" + plotly_text(name) + "</extra>",
        line={"width": 2},
        marker={"size": 4},
        **shared,
    )
    figure.add_scatter(
        x=x[ends],
        y=y[ends],
        mode="markers",
        marker={"size": 10, "symbol": ["circle-open", "circle"][: len(ends)], "line": {"width": 2}},
        hoverinfo="skip",
        showlegend=False,
        **shared,
    )


def _add_line(figure: go.Figure, n: int, name: str, steps: Array, y: Array, dash: str = "solid") -> None:
    figure.add_scatter(
        x=steps,
        y=y,
        name=name,
        mode="lines" if len(steps) > 1 else "markers",
        line={"width": 2, "dash": dash},
        hovertemplate="%{x}: %{y:.6g}<extra>" + plotly_text(name) + "</extra>",
        meta={"run": n},
    )
