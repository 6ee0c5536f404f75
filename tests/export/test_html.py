"""The report: everything in one file, nothing fetched, and text that stays text. How it looks: tests/page/."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.export.learners import learned
from tests.export.scripts import own, recording

from steepest.engine.diagnosis.detectors import verdict_kinds
from steepest.engine.diagnosis.detectors.descending import Descending
from steepest.engine.diagnosis.detectors.diverged import Diverged
from steepest.engine.diagnosis.words import label
from steepest.export import Recording, export_text, record
from steepest.export.report.words import WORDS
from steepest.spec import Text, parse_experiment
from steepest.spec.text import Language

EDITS: list[dict[str, Any]] = [
    {"step": 3, "run": 0, "set": {"lr": 0.2}},
    {"step": 5, "run": 1, "params": [1.0, 2.0]},
    {"step": 6, "run": 1, "optimizer": {"id": "lbfgs", "max_eval": None}},
    {"step": 8, "run": 1, "set": {"max_eval": 7}},
    {"step": 9, "run": 1, "set": {"max_eval": None}},
]
RUNS = [({"id": "sgd", "lr": 0.1}, (-2.5, 2.5)), ({"id": "sgd", "lr": 0.25}, (-2.5, 2.5))]


class Reader(HTMLParser):
    """Every element with its attributes, and the text outside of scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style", "pre"):
            self._open.append((tag, dict(attrs)))
            if tag == "script":
                self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        inside = self._open[-1][0] if self._open else ""
        if inside == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        elif inside != "style":
            self.text += data


def report(made: Recording, language: Language = "en") -> Reader:
    return Reader(export_text(made, "html", language))


@pytest.fixture(scope="module")
def made() -> Recording:
    return recording("ravine", RUNS, EDITS, steps=60)


def test_nothing_is_fetched(made: Recording) -> None:
    reader = report(made)
    for tag, attributes in reader.elements:
        assert tag not in ("iframe", "object", "embed", "base", "img", "form")
        for name in ("src", "href", "action", "data", "srcset"):
            assert attributes.get(name) in (None, "data:,"), (tag, attributes)
    source = export_text(made, "html")
    styles = "".join(re.findall(r"<style>(.*?)</style>", source, re.DOTALL))
    assert "url(" not in styles
    assert "@import" not in styles
    # plotly.js, which is compressed, names addresses that it never asks for without a map of the world.
    assert "http" not in source.replace('http-equiv="Content', "")


def unpacked(reader: Reader) -> dict[str, str]:
    """What the report holds compressed, by id."""
    packed = {str(a["id"]): text for a, text in reader.scripts if a.get("type") == "application/gzip"}
    return {name: gzip.decompress(base64.b64decode(text)).decode() for name, text in packed.items()}


def figures(reader: Reader) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in unpacked(reader).items() if name != "library"}


def test_its_policy_names_its_two_scripts_and_nothing_else(made: Recording) -> None:
    reader = report(made)
    (policy,) = [a["content"] for tag, a in reader.elements if tag == "meta" and a.get("http-equiv")]
    assert policy is not None
    (script,) = [text for attributes, text in reader.scripts if "type" not in attributes]
    running = [unpacked(reader)["library"], script]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running]
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "connect-src" not in policy
    assert "unsafe-eval" not in policy


def test_its_figures_hold_the_paths(made: Recording) -> None:
    data = figures(report(made))
    assert data.keys() == {"map-data", "loss-data", "gradient-data", "curvature-data"}
    assert [trace["type"] for trace in data["map-data"]["data"]] == ["contour"] + ["scatter"] * 4
    assert [trace["meta"]["run"] for trace in data["loss-data"]["data"]] == [0, 1]
    assert data["loss-data"]["layout"]["yaxis"]["type"] == "log"


def test_one_variable_has_a_curve() -> None:
    reader = report(recording("square", [({"id": "sgd", "lr": 0.25}, (5.0,))], steps=5))
    data = figures(reader)
    assert [trace["type"] for trace in data["map-data"]["data"]] == ["scatter"] * 3


def test_words_and_numbers(made: Recording) -> None:
    text = report(made).text
    for words in (
        "Ravine: 2 runs, 60 steps",
        "kappa = 10.0",
        "step 3, SGD 1: lr = 0.2",
        "step 5, SGD 2: parameters moved to (1.0, 2.0)",
        "step 6, SGD 2: optimizer replaced by L-BFGS: lr = 1.0",
        str(made.runs[0].loss[-1]),
        str(made.runs[1].params[-1][0]),
    ):
        assert words in text


def test_one_of_a_thing_has_no_s() -> None:
    short = recording("square", [({"id": "sgd", "lr": 0.25}, (5.0,))], steps=1)
    assert "Parabola (one variable): 1 run, 1 step" in report(short).text
    assert "A Steepest experiment in plain PyTorch: 1 run, 1 step." in export_text(short, "python")
    assert "1 run, 1 step." in export_text(short, "notebook")


def test_in_chinese(made: Recording) -> None:
    reader = report(made, "zh")
    assert ("html", {"lang": "zh-CN"}) in reader.elements
    assert "峡谷：2 个运行，60 步" in reader.text
    own_words = [text.en for text in WORDS.values() if len(text.en.split()) > 2 and "{" not in text.en]
    assert [words for words in own_words if words in reader.text] == []


def test_its_json_opens_the_same_experiment(made: Recording) -> None:
    source = export_text(made, "html")
    document = re.findall(r"<pre>(.*?)</pre>", source, re.DOTALL)[0]
    import html

    again = parse_experiment(html.unescape(document))
    assert again.edits[4].set == {"max_eval": None}
    assert export_text(record(again, 60), "python") == export_text(made, "python")


def test_many_parameters_have_a_row_each_so_that_a_page_holds_them() -> None:
    made = learned("circle", model=("mlp", {"hidden": [4, 2]}), runs=[{}, {}], steps=3)
    rows = re.findall(r"<tr>(.*?)</tr>", export_text(made, "html").split("Where they ended")[1].split("</section>")[0])
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    assert {len(row) for row in cells} == {3}
    assert [row[0] for row in cells[:4]] == ["Run", "last step", "Loss", "w1"]
    assert [float(value) for value in cells[3][1:]] == [pytest.approx(float(run.params[-1][0])) for run in made.runs]


def test_verdicts_are_a_timeline() -> None:
    assert all(label(kind.model_fields["code"].default) for kind in verdict_kinds())
    plain = recording("ravine", RUNS[:1], steps=9)
    verdicts = (
        Descending(step=0),
        Descending(step=2),
        Diverged(step=7, cause="unknown", limit=None, last=None),
    )
    text = report(replace(plain, runs=(replace(plain.runs[0], verdicts=verdicts),))).text
    assert "SGD0–6descending" in text
    assert "SGD7–9diverged" in text


def test_verdicts_are_said_as_on_the_page() -> None:
    runs = [({"id": "sgd", "lr": 0.21}, (-2.5, 2.5)), ({"id": "sgd", "lr": 0.15}, (-2.5, 2.5))]
    text = report(recording("ravine", runs, steps=60)).text
    assert "lr × steepest curvature = 2.1, above the limit 2" in text
    assert "SGD 2 converged at step 48: it rests in the minimum at (0, 0), loss 5.24e−7." in text
    assert not re.search(r"[{}]|None", text[text.index("What happened") : text.index("Changes on the way")])


def test_every_rate_is_listed() -> None:
    edits = [{"step": 3, "run": 0, "set": {"lr": 0.2}}, {"step": 9, "run": 0, "set": {"lr": 0.125}}]
    text = report(recording("ravine", RUNS, edits, steps=12)).text
    assert "SGD 10.1 (0–2), 0.2 (3–8), 0.125 (9–11)" in text
    assert "SGD 20.25 (0–11)" in text


def test_rates_of_a_schedule_are_counted() -> None:
    document = {
        "version": 1,
        "problem": {"kind": "surface", "id": "ravine"},
        "runs": [
            {
                "optimizer": {"id": "sgd", "lr": 0.1},
                "start": [1.0, 1.0],
                "schedule": {"id": "exponential"},
            }
        ],
    }
    text = report(record(parse_experiment(document), 100)).text
    assert "100 rates in all" in text


@pytest.mark.parametrize("steps", [60, 20_000])
def test_it_is_small(steps: int) -> None:
    ids = ("sgd", "adam", "adamw", "rmsprop", "nadam", "radam", "adagrad", "adamax")
    runs = [({"id": name, "lr": 0.01}, [-2.5, 2.5]) for name in ids]
    document = {
        "version": 1,
        "problem": {"kind": "surface", "id": "ravine"},
        "engine": "compiled",
        "runs": [{"optimizer": optimizer, "start": start} for optimizer, start in runs],
    }
    assert len(export_text(record(parse_experiment(document), steps), "html").encode()) < 1_500_000


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</pre><svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "&lt;b&gt;",
    "%{customdata}",
    "{title}",
    "<!--",
    "\u202e\u200b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_stays_text(name: str) -> None:
    plain = recording("beale", RUNS, steps=3)
    tags = [tag for tag, _ in report(plain).elements]
    plans = tuple(
        replace(plan, config=replace(plan.config, optimizer=replace(plan.config.optimizer, title=Text(name, name))))
        for plan in plain.prepared.plans
    )
    surface = replace(plain.prepared.problem.surface, title=Text(name, name))  # type: ignore[attr-defined]
    problem = replace(plain.prepared.problem, surface=surface)  # type: ignore[type-var]
    hostile = replace(plain, prepared=replace(plain.prepared, plans=plans, problem=problem))
    reader = report(hostile)
    assert [tag for tag, _ in reader.elements] == tags
    assert reader.text.count(f"{name} 1") >= 2
    assert all(key not in ("onerror", "onload", "onmouseover") for _, a in reader.elements for key in a)
    for attributes, text in reader.scripts:
        if "type" in attributes:
            assert not set("<>&") & set(text)


def test_an_expression_stays_text() -> None:
    typed = "min(x, y) + x**2 * (1 - 0.5)"
    reader = report(own(typed))
    assert reader.text.count(typed) == 2  # in words, and in the JSON


def test_many_steps_are_thinned_and_it_says_so() -> None:
    made = recording("square", [({"id": "sgd", "lr": 0.001}, (5.0,))], steps=9000)
    reader = report(made)
    assert "Drawn is every 3th step" not in reader.text
    assert "A point is drawn every 10 steps" in reader.text
    assert len(export_text(made, "html")) < 1_500_000


def test_its_plotly_is_that_of_the_page() -> None:
    source = Path(__file__).parents[2] / "frontend/node_modules/plotly.js/dist/plotly-cartesian.min.js"
    if not source.exists():
        pytest.skip("the page's packages are not installed")
    packed = files("steepest.export.report").joinpath("plotly-cartesian.min.js.gz").read_bytes()
    assert packed == gzip.compress(source.read_bytes(), 9, mtime=0), (
        "compress it again, with `gzip.compress(…, 9, mtime=0)`"
    )
