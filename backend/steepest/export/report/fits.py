"""The report's figures of a model: its losses on each part of the data, and its outputs at the end.

A trace's `meta` selects its colour: `run`, or `label` for samples of a class.
"""

import numpy as np
import plotly.graph_objects as go
import torch

from steepest.engine.recording.records import Array
from steepest.export.recording import Recording
from steepest.export.report.figures import plotly_text
from steepest.export.report.words import word
from steepest.problems import LearningProblem
from steepest.spec import Text
from steepest.spec.text import Language

_PARTS = (("train", "solid"), ("dev", "dash"), ("test", "dot"))
_MAX_COUNTED = 1000  # samples


def part_losses(recording: Recording, language: Language) -> go.Figure | None:
    """The measured losses on each part; None where there are none."""
    figure = go.Figure()
    lowest = np.inf
    for n, (run, name) in enumerate(zip(recording.runs, recording.names(language), strict=True)):
        if run.metrics is None:
            continue
        for (part, dash), losses in zip(_PARTS, run.metrics.losses.T, strict=True):
            drawn = np.isfinite(losses) & (np.abs(losses) < 1e30)
            if not drawn.any():
                continue
            lowest = min(lowest, float(losses[drawn].min()))
            figure.add_scatter(
                x=run.metrics.steps[drawn],
                y=losses[drawn],
                name=f"{plotly_text(name)}: {word(f'part.{part}', language)}",
                mode="lines+markers" if drawn.sum() <= 50 else "lines",
                line={"width": 2, "dash": dash},
                marker={"size": 5},
                meta={"run": n},
            )
    if not figure.data:
        return None
    return figure.update_layout(
        xaxis={"title": word("step", language)}, yaxis={"type": "log" if lowest > 0 else "linear"}
    )


def fits(recording: Recording, language: Language) -> dict[str, tuple[str, go.Figure]]:
    """By an id of letters: heading and figure of the models' outputs at the end, without those that diverged.

    For one input, one figure of all runs; else one for each run: for two inputs a map, for more the confusion matrix,
    or predictions against targets.
    """
    return _Fits(recording, language).all()


class _Fits:
    def __init__(self, recording: Recording, language: Language) -> None:
        assert isinstance(recording.prepared.problem, LearningProblem)
        self.recording = recording
        self.problem = recording.prepared.problem
        self.language = language
        self.names = [plotly_text(name) for name in recording.names(language)]

    def word(self, key: str) -> str:
        return word(key, self.language)

    def text(self, text: Text) -> str:
        """A text of the catalog or of a user's table."""
        return plotly_text(text.in_language(self.language))

    def all(self) -> dict[str, tuple[str, go.Figure]]:
        kind = self.problem.plot_domain.kind
        if kind == "curve":
            return {"fit": (self.word("fit"), self.curves())}
        found: dict[str, tuple[str, go.Figure]] = {}
        for n, name in enumerate(self.names):
            outputs = self.outputs(n)
            if outputs is None:
                continue
            if kind == "map":
                key, figure = "fit", self.map(outputs)
            elif self.problem.shape.classes:
                key, figure = "confusion", self.confusion(n)
            else:
                key, figure = "predicted", self.predictions(outputs, n)
            found[f"fit{n}"] = (f"{self.word(key)}: {name}" if len(self.names) > 1 else self.word(key), figure)
        return found

    def outputs(self, run: int) -> Array | None:
        """(g, outputs) at the problem's `fit_inputs`, as shown; None for a run that diverged."""
        if self.recording.diverged(run):
            return None
        params = torch.tensor(self.recording.final_params[run])
        with torch.no_grad():
            return self.problem.module(params).fit(self.problem.fit_inputs(params.dtype)).double().numpy()

    def samples(self) -> tuple[Array, Array]:
        """Inputs and targets of the samples on the plot."""
        chosen, data = self.problem.plot_domain.samples, self.problem.data
        return data.inputs[chosen].double().numpy(), data.targets[chosen].double().numpy()

    def curves(self) -> go.Figure:
        figure = go.Figure()
        inputs, targets = self.samples()
        for column in targets.reshape(len(targets), -1).T:
            figure.add_scatter(
                x=inputs[:, 0],
                y=column,
                name=self.word("samples"),
                mode="markers",
                marker={"size": 7},
                meta={"run": -1},
            )
        x = self.problem.fit_inputs(torch.float64)[:, 0].numpy()
        for n, name in enumerate(self.names):
            outputs = self.outputs(n)
            for y in () if outputs is None else outputs.T:
                figure.add_scatter(x=x, y=y, name=name, mode="lines", line={"width": 2}, meta={"run": n})
        shape = self.problem.shape
        title = self.word("probability" if shape.classes else "value")
        if len(shape.target_names) == 1:
            title = self.text(shape.target_names[0])
        return figure.update_layout(
            xaxis={"title": self.text(shape.input_names[0]), "range": list(self.problem.plot_domain.bounds[0])},
            yaxis={"title": title},
        )

    def map(self, outputs: Array) -> go.Figure:
        """Over the plane of two inputs a value, the probability of class 1, or the class; and the samples."""
        (x0, x1), (y0, y1) = self.problem.plot_domain.bounds
        width, height = self.problem.plot_domain.shape
        classes = self.problem.shape.classes
        if outputs.shape[1] == 1:
            z = outputs[:, 0]
        else:
            z = outputs[:, 1] if len(classes) == 2 else outputs.argmax(axis=1).astype(float)
        shared = {
            "z": z.reshape(height, width),
            "x": np.linspace(x0, x1, width),
            "y": np.linspace(y0, y1, height),
            "showscale": False,
        }
        probability = len(classes) == 2 and self.problem.loss.shown != "value"
        levels = {"start": 0.0, "end": 1.0, "size": 0.1} if probability else {}
        hover = "%{x:.4g}, %{y:.4g}: %{z:.4g}<extra></extra>"
        figure = go.Figure(go.Contour(**shared, contours=levels, hovertemplate=hover, meta={"run": -1}))
        if probability:
            half = {"start": 0.5, "end": 0.5, "size": 1.0, "coloring": "none"}
            edge = {"run": -1, "edge": True}
            # The script gives it the values of the contours before, so that the file has them once.
            figure.add_contour(contours=half, showscale=False, hoverinfo="skip", showlegend=False, meta=edge)
        inputs, targets = self.samples()
        groups = [(self.text(title), {"run": -1, "label": label}) for label, title in enumerate(classes)]
        for title, meta in groups or [(self.word("samples"), {"run": -1})]:
            mine = targets.reshape(-1) == meta["label"] if classes else np.full(len(inputs), True)
            figure.add_scatter(
                x=inputs[mine, 0],
                y=inputs[mine, 1],
                name=title,
                mode="markers",
                marker={"size": 6, "line": {"width": 1}},
                meta=meta,
            )
        x, y = (self.text(name) for name in self.problem.shape.input_names)
        return figure.update_layout(xaxis={"title": x, "range": [x0, x1]}, yaxis={"title": y, "range": [y0, y1]})

    def confusion(self, run: int) -> go.Figure:
        """Counts by true and predicted class, on the development part, else on the test part, else on training."""
        params = torch.tensor(self.recording.final_params[run])
        train, dev, test = self.problem.splits(params.dtype)
        part = next((part for part in (dev, test) if len(part)), train)
        with torch.no_grad():
            outputs = self.problem.module(params).fit(part.inputs[:_MAX_COUNTED]).numpy()
        true = part.targets[:_MAX_COUNTED].long().numpy().reshape(-1)
        predicted = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] >= 0.5).astype(int)
        names = [self.text(each) for each in self.problem.shape.classes]
        table = np.zeros((len(names), len(names)), np.int64)
        np.add.at(table, (true, predicted), 1)
        figure = go.Figure(
            go.Heatmap(z=table, text=table, texttemplate="%{text}", showscale=False, hoverinfo="skip", meta={"run": -1})
        )
        ticks = {"tickvals": list(range(len(names))), "ticktext": names}
        return figure.update_layout(
            xaxis={"title": self.word("class.given"), **ticks},
            yaxis={"title": self.word("class.true"), "autorange": "reversed", **ticks},
        )

    def predictions(self, outputs: Array, run: int) -> go.Figure:
        """Predictions against targets; a correct one is on the diagonal."""
        _, true = self.samples()
        ends = [float(true.min()), float(true.max())]
        figure = go.Figure()
        figure.add_scatter(x=ends, y=ends, mode="lines", line={"dash": "dot"}, showlegend=False, meta={"run": -1})
        titles = self.problem.shape.target_names or tuple(Text(str(n), str(n)) for n in range(true.shape[1]))
        for column, title in enumerate(titles):
            figure.add_scatter(
                x=true[:, column],
                y=outputs[:, column],
                name=self.text(title),
                mode="markers",
                marker={"size": 7, "symbol": ("circle", "square", "diamond", "cross")[column % 4]},
                meta={"run": run},
            )
        return figure.update_layout(xaxis={"title": self.word("value.true")}, yaxis={"title": self.word("value")})
