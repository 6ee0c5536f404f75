"""An experiment as a report in one HTML file that needs no server, no network and no Steepest."""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from numpy.typing import NDArray

from steepest import __version__
from steepest.engine import STATUSES
from steepest.engine.diagnosis.words import label
from steepest.export.recording import Recording
from steepest.export.report.figures import figures, stride
from steepest.export.report.fits import fits, part_losses
from steepest.export.report.sentences import sentences
from steepest.export.report.words import word
from steepest.export.script.literals import literal
from steepest.optimizers import Optimizer, find_optimizer
from steepest.problems import LearningProblem, SurfaceProblem
from steepest.spec import Init, Text, Value, counted
from steepest.spec.text import Language

_LEAST, _MOST = 1e-37, 1e38  # within float32, rounding included
_MAX_RATES = 40  # of one run, listed; a schedule may have one for each step
_MAX_LISTED = 64  # numbers of a point; the experiment at the end of the report has them all
_MOST_IN_A_ROW = 4  # parameters


def html(recording: Recording, language: Language = "en") -> str:
    """The report: the experiment in words, figures, the results, and its JSON to open it again.

    All text from outside is escaped. The file's content security policy allows its own script and plotly.js, which that
    unpacks, by their hashes, and nothing else to run, and nothing to be fetched.
    """
    return _Report(recording, language).whole()


class _Report:
    def __init__(self, recording: Recording, language: Language) -> None:
        self.recording = recording
        self.experiment = recording.experiment
        self.language = language
        self.names = recording.names(language)

    def e(self, key: str, **values: object) -> str:
        """Words, with values put in, escaped."""
        return escape(word(key, self.language, **values))

    def text(self, text: Text) -> str:
        """A text of the catalog, escaped."""
        return escape(text.in_language(self.language))

    @property
    def title(self) -> str:
        """Escaped."""
        runs = len(self.names)
        problem = self.recording.prepared.problem
        if isinstance(problem, LearningProblem):
            titles = (problem.dataset.title, problem.model.title)
            data, model = (title.in_language(self.language) for title in titles)
            title = word("learning", self.language, data=data, model=model)
        else:
            assert isinstance(problem, SurfaceProblem)
            title = problem.surface.title.in_language(self.language)
        last = self.recording.last
        english = {"of_runs": counted(runs, "run"), "of_steps": counted(last, "step")}
        return self.e("title", problem=title, runs=runs, steps=last, **english)

    def whole(self) -> str:
        sections = [
            self.about(),
            *self.figures(),
            self.ends(),
            self.rates(),
            self.verdicts(),
            self.edits(),
            self.again(),
        ]
        (library, packed), script = _library(), _file("report.js")
        policy = (
            f"default-src 'none'; script-src {library} {_hash(script)}; style-src 'unsafe-inline'; "
            "img-src data: blob:; base-uri 'none'; form-action 'none'"
        )
        lang = "zh-CN" if self.language == "zh" else "en"
        head = (
            f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n'
            f"<title>{self.title}</title>\n<style>\n{_file('report.css')}</style>\n</head>\n"
        )
        made = f'<p class="muted">{self.e("made", version=__version__)}</p>'
        body = f"<body>\n<main>\n<header><h1>{self.title}</h1>{made}</header>\n" + "\n".join(sections)
        noscript = f"<noscript><p>{self.e('noscript')}</p></noscript>"
        data = f'<script type="application/gzip" id="library">{packed}</script>'
        scripts = f"{data}\n<script>{script}</script>"
        return f"{head}{body}\n{noscript}\n</main>\n{scripts}\n</body>\n</html>\n"

    def about(self) -> str:
        problem = self.recording.prepared.problem
        where = self.e("where.is", torch=torch.__version__, device=self.recording.device)
        if isinstance(problem, LearningProblem):
            about, described = problem.dataset.about, self.learning(problem)
        else:
            assert isinstance(problem, SurfaceProblem)
            about, described = problem.surface.about, [("problem", self.entry(problem.surface.title, problem.values))]
        rows = [
            *((self.e(key), words) for key, words in described),
            (self.e("dtype"), escape(self.experiment.dtype)),
            (self.e("seed"), str(self.experiment.seed)),
            (self.e("where"), where),
        ]
        listed = "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in rows)
        runs = [
            [
                self.run(n),
                escape(self.optimizer(plan.config.optimizer, plan.config.values)),
                self.start(n),
                ", ".join(self.e(f"engine.{engine}") for engine in self.recording.engines(n)),
            ]
            for n, plan in enumerate(self.recording.prepared.plans)
        ]
        table = _table([self.e(word) for word in ("run", "optimizer", "start", "engine")], runs)
        return _section(self.e("experiment"), f"<p>{self.text(about)}</p><dl>{listed}</dl>{table}")

    def entry(self, title: Text, values: Mapping[str, Value]) -> str:
        """An entry of the catalog with its params."""
        words = [self.text(title)]
        if "expression" in values:
            words.append(f"<code>{escape(str(values['expression']))}</code> ({self.e('typed')})")
        words += [escape(f"{name} = {_shown(value)}") for name, value in values.items() if name != "expression"]
        return ", ".join(words)

    def learning(self, problem: LearningProblem) -> list[tuple[str, str]]:
        """Data, model, loss and batches: HTML by the key of its term."""
        document, sizes = problem.document, problem.split_sizes
        rows = [
            ("dataset", self.entry(problem.dataset.title, problem.data_values)),
            ("model", f"{self.entry(problem.model.title, problem.model_values)}; {self.e('size', n=problem.dim)}"),
            ("loss", self.entry(problem.loss.title, problem.loss_values)),
            ("parts", self.e("parts.are", train=sizes.train, dev=sizes.dev, test=sizes.test)),
        ]
        key = "batch.all" if document.batch.size is None else f"batch.{document.batch.sampling}"
        rows.append(("batch", self.e(key, size=document.batch.size)))
        if document.penalty.l1 or document.penalty.l2:
            rows.append(("penalty", self.e("penalty.is", l1=document.penalty.l1, l2=document.penalty.l2)))
        return rows

    def run(self, n: int) -> str:
        """A run's name with its colour."""
        return f'<span class="swatch r{n}"></span>{escape(self.names[n])}'

    def start(self, n: int) -> str:
        """Where a run starts, and of which run it is a branch."""
        given = self.experiment.runs[n].start
        start = self.drawn(given) if isinstance(given, Init) else escape(_point(given))
        fork = self.experiment.runs[n].fork
        if fork is None:
            return start
        return f"{start}; {self.e('branch', run=self.names[fork.run], step=fork.step)}"

    def drawn(self, start: Init) -> str:
        """A start that is drawn from the seed."""
        given: list[str] = [start.init]
        given += [f"std = {start.std:g}"] if start.init == "normal" else []
        given += [f"draw = {start.draw}"] if start.draw > 0 else []
        return self.e("drawn", how=", ".join(given))

    def optimizer(self, optimizer: Optimizer, values: Mapping[str, Value]) -> str:
        """An optimizer with its rate and whatever is not the default; not escaped."""
        defaults = {param.id: param.default for param in optimizer.params}
        given = [
            f"{name} = {_shown(value)}"
            for name, value in values.items()
            if name == "lr" or repr(value) != repr(defaults[name])
        ]
        return f"{optimizer.title.in_language(self.language)}: {', '.join(given)}"

    def figures(self) -> list[str]:
        every = stride(self.recording)
        note = f"<p>{self.e('thinned', every=every)}</p>" if every > 1 else ""
        found = {}
        for name, figure in figures(self.recording, self.language).items():
            about = f"<p>{self.e('map.note')}</p>" if name == "map" else ""
            caption = f"<figcaption>{about}{note}</figcaption>" if about or note else ""
            found[name] = self.figure(name, self.e(name), figure, caption)
        problem = self.recording.prepared.problem
        if isinstance(problem, LearningProblem):
            losses = part_losses(self.recording, self.language)
            if losses is not None:
                found["parts"] = self.figure("parts", self.e("parts.loss"), losses)
            for name, (heading, figure) in fits(self.recording, self.language).items():
                found[name] = self.figure(name, escape(heading), figure)
        pair = f'<div class="pair">{found.pop("loss")}{found.pop("gradient")}</div>'
        return [*([found.pop("map")] if "map" in found else []), pair, *found.values()]

    def figure(self, name: str, label: str, figure: go.Figure, caption: str = "") -> str:
        """A figure under its heading, which is escaped already."""
        kind = "plot map" if name == "map" or name.startswith("fit") else "plot"
        figure.update_layout(template=None)
        for trace in figure.data:
            for axis in ("x", "y", "z", "customdata"):
                if isinstance(values := getattr(trace, axis, None), np.ndarray):
                    setattr(trace, axis, _short(values))
        packed = base64.b64encode(gzip.compress(str(figure.to_json()).encode(), mtime=0)).decode()
        data = f'<script type="application/gzip" id="{name}-data">{packed}</script>'
        place = f'<div class="{kind}" id="{name}" role="img" aria-label="{label}"></div>'
        return _section(label, f"<figure>{place}{caption}{data}</figure>")

    def ends(self) -> str:
        variables = self.recording.variables
        heads = [self.e("run"), self.e("last"), self.e("loss"), *map(escape, variables)]
        heads += [self.e("gradient"), self.e("status")]
        rows = []
        for n, run in enumerate(self.recording.runs):
            numbers = [run.loss[-1], *run.params[-1], run.grad_norm[-1]]
            status = self.e(STATUSES[int(run.status[-1])])
            rows.append([self.run(n), str(len(run) - 1), *(escape(str(each)) for each in numbers), status])
        if len(variables) > _MOST_IN_A_ROW:  # a column for each would be wider than a printed page
            heads, *rows = map(list, zip(heads, *rows, strict=True))
        return _section(self.e("ends"), _table(heads, rows))

    def verdicts(self) -> str:
        """A row for each verdict, which holds until the run's next one, with what the page says at its end.

        Repeated codes are one row.
        """
        rows = []
        for n, run in enumerate(self.recording.runs):
            spans = [list(same) for _, same in groupby(run.verdicts, lambda verdict: verdict.code)]
            ends = [*(span[0].step - 1 for span in spans[1:]), len(run) - 1]
            for span, end in zip(spans, ends, strict=False):  # a run without a verdict has its end alone
                first, last = span[0].step, span[-1]
                said = sentences(
                    last,
                    self.language,
                    name=self.names[n],
                    now=end,
                    loss=float(run.loss[end]),
                    first_loss=float(run.loss[0]),
                )
                steps = f"{first}–{end}" if end > first else str(first)
                rows.append([self.run(n), steps, escape(label(last.code).in_language(self.language)), escape(said)])
        if not rows:
            return ""
        return _section(self.e("verdicts"), _table([self.e(key) for key in ("run", "steps", "verdict", "said")], rows))

    def rates(self) -> str:
        """Every learning rate of every run, with the steps that were made at it."""
        rows = []
        for n, run in enumerate(self.recording.runs):
            rates = run.lr[1:].tolist()  # of the update to record k + 1, which is made at step k
            begins = [k for k, rate in enumerate(rates) if k == 0 or rate != rates[k - 1]]
            ends = [*(k - 1 for k in begins[1:]), len(rates) - 1]
            spans = [
                f"{literal(rates[begin])} ({f'{begin}–{end}' if end > begin else begin})"
                for begin, end in zip(begins, ends, strict=False)
            ]
            if len(spans) > _MAX_RATES:
                few = [*spans[: _MAX_RATES - 1], "…", spans[-1]]
                words = self.e("rates.many", count=len(spans), least=literal(min(rates)), most=literal(max(rates)))
                rows.append([self.run(n), f"{', '.join(few)}<br>{words}"])
            else:
                rows.append([self.run(n), ", ".join(spans)])
        return _section(self.e("rates"), _table([self.e("run"), self.e("rates.steps")], rows))

    def edits(self) -> str:
        found = []
        for edit in self.experiment.edits:
            if edit.set is not None:
                change = ", ".join(f"{name} = {_shown(value)}" for name, value in edit.set.items())
            elif edit.params is not None:
                change = word("edit.moved", self.language, point=_point(edit.params))
            else:
                assert edit.optimizer is not None
                optimizer = self.optimizer(find_optimizer(edit.optimizer.id), edit.optimizer.hyper)
                change = word("edit.replaced", self.language, optimizer=optimizer)
            found.append(f"<li>{self.e('edit', step=edit.step, run=self.names[edit.run], change=change)}</li>")
        body = f"<ul>{''.join(found)}</ul>" if found else f"<p>{self.e('edits.none')}</p>"
        return _section(self.e("edits"), body)

    def again(self) -> str:
        data = self.experiment.model_dump(mode="json")
        for part in (*data["edits"], *data["runs"]):  # without the fields that are not set
            for name in ("set", "optimizer", "params", "fork"):
                if name in part and part[name] is None:
                    del part[name]
        document = json.dumps(data, ensure_ascii=False, indent=2)
        return _section(self.e("again"), f"<p>{self.e('again.how')}</p><pre>{escape(document)}</pre>")


def _short(values: NDArray[Any]) -> NDArray[Any]:
    """The numbers in half the bytes, where float32 has their size; a plot shows no more digits."""
    if values.dtype == np.int64:
        return values.astype(np.int32) if np.abs(values).max(initial=0) < 2**31 else values
    if values.dtype != np.float64:
        return values
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    fits = len(sizes) == 0 or (sizes.min() > _LEAST and sizes.max() < _MOST)
    return values.astype(np.float32) if fits else values


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _shown(value: Value) -> str:
    return literal(value).strip('"') if isinstance(value, str) else literal(value)


def _point(numbers: Sequence[float]) -> str:
    listed = ", ".join(literal(each) for each in numbers[:_MAX_LISTED])
    return f"({listed}, …)" if len(numbers) > _MAX_LISTED else f"({listed})"


def _file(name: str) -> str:
    return files("steepest.export.report").joinpath(name).read_text(encoding="utf-8")


@cache
def _library() -> tuple[str, str]:
    """plotly.js with what the figures need: the hash of its source, and the source compressed, in base64."""
    packed = files("steepest.export.report").joinpath("plotly-cartesian.min.js.gz").read_bytes()
    return _hash(gzip.decompress(packed).decode()), base64.b64encode(packed).decode()


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
