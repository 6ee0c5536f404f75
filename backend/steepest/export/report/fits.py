"""The report's pictures of a model: its losses on each part of the data, and what it says at its end.

A trace's `meta` says whose colour it has: `run`, or `label` for samples of a class.
"""

import numpy as np
import plotly.graph_objects as go
import torch

from steepest.engine.recording.records import Array
from steepest.export.recording import Recording
from steepest.export.report.words import WORDS
from steepest.problems import LearningProblem
from steepest.spec import Text
from steepest.spec.text import Language

_PARTS = ("train", "dev", "test")
_COUNTED = 1000  # samples, at most
_DASHES = ("solid", "dash", "dot")


def part_losses(recording: Recording, language: Language) -> go.Figure | None:
    """The loss on all of each part, as it was measured now and then; None where nothing was."""
    figure = go.Figure()
    lowest = np.inf
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        if run.metrics is None:
            continue
        for part, dash, losses in zip(_PARTS, _DASHES, run.metrics.losses.T, strict=True):
            there = np.isfinite(losses) & (np.abs(losses) < 1e30)
            if not there.any():
                continue
            lowest = min(lowest, float(losses[there].min()))
            words = WORDS[f"part.{part}"].in_language(language)
            figure.add_scatter(
                x=run.metrics.steps[there],
                y=losses[there],
                name=f"{_plain(name)}: {words}",
                mode="lines+markers" if there.sum() <= 50 else "lines",
                line={"width": 2, "dash": dash},
                marker={"size": 5},
                meta={"run": n},
            )
    if not figure.data:
        return None
    figure.update_layout(
        xaxis={"title": WORDS["step"].in_language(language)}, yaxis={"type": "log" if lowest > 0 else "linear"}
    )
    return figure


def fits(recording: Recording, language: Language) -> dict[str, tuple[str, go.Figure]]:
    """By an id of letters: heading and picture of what the models say at the end; those that diverged say nothing.

    One picture of all runs for one input; else one for each run: a map for two inputs, and for more the share of each
    class given, or what was predicted against what was true.
    """
    problem = recording.prepared.problem
    assert isinstance(problem, LearningProblem)
    names = [_plain(name) for name in recording.names(language)]
    found: dict[str, tuple[str, go.Figure]] = {}
    heading = WORDS["fit"].in_language(language)
    if problem.plot_domain.kind == "curve":
        return {"fit": (heading, _curves(recording, problem, names, language))}
    for n, name in enumerate(names):
        said = _said(recording, problem, n)
        if said is None:
            continue
        if problem.plot_domain.kind == "map":
            figure, words = _map(problem, said, language), heading
        elif problem.shape.classes:
            figure, words = _confusion(recording, problem, n, language), WORDS["confusion"].in_language(language)
        else:
            figure, words = _scatter(problem, said, n, language), WORDS["predicted"].in_language(language)
        found[f"fit{n}"] = (f"{words}: {name}" if len(names) > 1 else words, figure)
    return found


def _said(recording: Recording, problem: LearningProblem, run: int) -> Array | None:
    """(g, outputs) at the problem's `fit_inputs`, as it is shown; None of a run that diverged."""
    if recording.diverged(run):
        return None
    end = torch.tensor(recording.final_params[run])
    with torch.no_grad():
        said = problem.module(end).fit(problem.fit_inputs(end.dtype))
    return said.double().numpy()


def _curves(recording: Recording, problem: LearningProblem, names: list[str], language: Language) -> go.Figure:
    figure = _samples_on_a_line(problem, language)
    at = problem.fit_inputs(torch.float64)[:, 0].numpy()
    for n, name in enumerate(names):
        said = _said(recording, problem, n)
        for output in range(0 if said is None else said.shape[1]):
            assert said is not None
            figure.add_scatter(x=at, y=said[:, output], name=name, mode="lines", line={"width": 2}, meta={"run": n})
    x, y = _axes(problem, language)
    figure.update_layout(xaxis={"title": x, "range": list(problem.plot_domain.bounds[0])}, yaxis={"title": y})
    return figure


def _samples_on_a_line(problem: LearningProblem, language: Language) -> go.Figure:
    chosen = problem.plot_domain.samples
    x = problem.data.inputs[chosen][:, 0].double().numpy()
    targets = problem.data.targets[chosen].double().numpy()
    figure = go.Figure()
    for column in targets.reshape(len(targets), -1).T:
        figure.add_scatter(
            x=x,
            y=column,
            name=WORDS["samples"].in_language(language),
            mode="markers",
            marker={"size": 7},
            meta={"run": -1},
        )
    return figure


def _axes(problem: LearningProblem, language: Language) -> tuple[str, str]:
    """Names of the input and of what is predicted."""
    targets = problem.shape.target_names
    key = "probability" if problem.shape.classes else "value"
    named = targets[0] if len(targets) == 1 else WORDS[key]
    return _plain(problem.shape.input_names[0].in_language(language)), _plain(named.in_language(language))


def _map(problem: LearningProblem, said: Array, language: Language) -> go.Figure:
    """What it says over the plane of two inputs: a value, the probability of class 1, or the class; and the samples."""
    (x0, x1), (y0, y1) = problem.plot_domain.bounds
    width, height = problem.plot_domain.shape
    classes = problem.shape.classes
    z = said[:, 0] if said.shape[1] == 1 else said[:, 1] if len(classes) == 2 else said.argmax(axis=1).astype(float)
    shared = {
        "z": z.reshape(height, width),
        "x": np.linspace(x0, x1, width),
        "y": np.linspace(y0, y1, height),
        "showscale": False,
    }
    probable = len(classes) == 2 and problem.loss.shown != "value"
    levels = {"start": 0.0, "end": 1.0, "size": 0.1} if probable else {}
    hover = "%{x:.4g}, %{y:.4g}: %{z:.4g}<extra></extra>"
    figure = go.Figure(go.Contour(**shared, contours=levels, hovertemplate=hover, meta={"run": -1}))
    if probable:
        half = {"start": 0.5, "end": 0.5, "size": 1.0, "coloring": "none"}
        figure.add_contour(**shared, contours=half, hoverinfo="skip", showlegend=False, meta={"run": -1, "edge": True})
    chosen = problem.plot_domain.samples
    points, targets = problem.data.inputs[chosen].double().numpy(), problem.data.targets[chosen].numpy()
    groups = enumerate(classes) if classes else [(-1, WORDS["samples"])]
    for label, title in groups:
        mine = targets.reshape(-1) == label if label >= 0 else np.full(len(points), True)
        figure.add_scatter(
            x=points[mine, 0],
            y=points[mine, 1],
            name=_plain(title.in_language(language)),
            mode="markers",
            marker={"size": 6, "line": {"width": 1}},
            meta={"run": -1, "label": label} if label >= 0 else {"run": -1},
        )
    names = [_plain(name.in_language(language)) for name in problem.shape.input_names]
    figure.update_layout(xaxis={"title": names[0], "range": [x0, x1]}, yaxis={"title": names[1], "range": [y0, y1]})
    return figure


def _confusion(recording: Recording, problem: LearningProblem, run: int, language: Language) -> go.Figure:
    """How many samples of each class are given each class: of the development part, or of what it was trained on."""
    end = torch.tensor(recording.final_params[run])
    train, dev, _ = problem.splits(end.dtype)
    part = dev if len(dev) else train
    with torch.no_grad():
        said = problem.module(end).fit(part.inputs[:_COUNTED]).numpy()
    true = part.targets[:_COUNTED].long().numpy().reshape(-1)
    given = said.argmax(axis=1) if said.shape[1] > 1 else (said[:, 0] >= 0.5).astype(int)
    names = [_plain(each.in_language(language)) for each in problem.shape.classes]
    table = np.zeros((len(names), len(names)), np.int64)
    np.add.at(table, (true, given), 1)
    figure = go.Figure(
        go.Heatmap(z=table, text=table, texttemplate="%{text}", showscale=False, hoverinfo="skip", meta={"run": -1})
    )
    places = list(range(len(names)))
    ticks = {"tickvals": places, "ticktext": names}
    figure.update_layout(
        xaxis={"title": WORDS["class.given"].in_language(language), **ticks},
        yaxis={"title": WORDS["class.true"].in_language(language), "autorange": "reversed", **ticks},
    )
    return figure


def _scatter(problem: LearningProblem, said: Array, run: int, language: Language) -> go.Figure:
    """Predictions against targets: on the diagonal all is right."""
    true = problem.data.targets[problem.plot_domain.samples].double().numpy()
    ends = [float(true.min()), float(true.max())]
    figure = go.Figure()
    figure.add_scatter(x=ends, y=ends, mode="lines", line={"dash": "dot"}, showlegend=False, meta={"run": -1})
    titles = problem.shape.target_names or tuple(Text(str(n), str(n)) for n in range(true.shape[1]))
    for column, title in enumerate(titles):
        symbol = ("circle", "square", "diamond", "cross")[column % 4]
        figure.add_scatter(
            x=true[:, column],
            y=said[:, column],
            name=_plain(title.in_language(language)),
            mode="markers",
            marker={"size": 7, "symbol": symbol},
            meta={"run": run},
        )
    words = [WORDS[key].in_language(language) for key in ("value.true", "value")]
    figure.update_layout(xaxis={"title": words[0]}, yaxis={"title": words[1]})
    return figure


def _plain(name: str) -> str:
    """A name where Plotly would read tags and template places: a user's own table names its columns."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("%{", "% {")
