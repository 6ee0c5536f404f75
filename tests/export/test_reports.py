"""The table and the report of models that learn. How the report looks: tests/page/test_export.py."""

import csv as standard
import io
from typing import Any

import numpy as np
import pytest
from tests.export.learners import learned
from tests.export.test_html import Reader, report
from tests.export.test_html import figures as all_figures

from steepest.export import Recording, export_text
from steepest.spec.text import Language

TWO: list[dict[str, Any]] = [{}, {"optimizer": {"id": "adam", "lr": 0.05}}]
SPLIT = {"dev": 0.2, "test": 0.1}
CIRCLE = learned("circle", runs=TWO, batch={"size": 20}, split=SPLIT, steps=25)
DIGITS = learned("digits", data={"count": 90}, split={"dev": 0.2}, steps=12)


def rows(made: Recording) -> list[dict[str, str]]:
    return list(standard.DictReader(io.StringIO(export_text(made, "csv"), newline="")))


def test_the_table_of_a_net() -> None:
    found = [row for row in rows(CIRCLE) if row["run"] == "1"]
    run = CIRCLE.runs[1]
    assert np.array([np.float32(row["loss"]) for row in found]).tobytes() == run.loss.tobytes()
    assert np.array([np.float32(row["params_b1"]) for row in found]).tobytes() == run.params[:, 16].tobytes()
    assert [float(row["lr"]) for row in found[1:]] == run.lr[1:].tolist()
    assert run.metrics is not None
    for row, step in zip(found, range(26), strict=True):
        measured = step in run.metrics.steps
        assert (row["loss_dev"] != "") == measured
        if measured:
            (place,) = np.flatnonzero(run.metrics.steps == step)
            assert float(row["loss_test"]) == run.metrics.losses[place, 2]
            assert float(row["accuracy_train"]) == run.metrics.accuracy[place, 0]


def test_the_table_of_many_parameters_leaves_them_out() -> None:
    found = rows(DIGITS)
    assert len(found) == 13
    assert not any(name.startswith(("params", "update", "eigenvalue")) for name in found[0])
    assert found[0]["loss_train"] != ""
    assert found[0]["loss_test"] == ""  # there is no such part


def figures(reader: Reader) -> dict[str, Any]:
    return {name.removesuffix("-data"): figure for name, figure in all_figures(reader).items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_map_for_each_run(language: Language) -> None:
    reader = report(CIRCLE, language)
    found = figures(reader)
    assert set(found) == {"loss", "gradient", "parts", "fit0", "fit1"}
    assert len(found["parts"]["data"]) == 2 * 3
    contour, half, *classes = found["fit1"]["data"]
    assert (contour["type"], half["contours"]["start"], len(classes)) == ("contour", 0.5, 2)
    for words in (
        ("140", "40", "20", "0.3", "{") if language == "en" else ("训练 140，开发 40，测试 20", "圆：神经网络")
    ):
        assert words in reader.text


def test_a_line_with_its_surface() -> None:
    found = figures(report(learned("thermometer", runs=TWO, steps=5)))
    assert set(found) == {"map", "loss", "gradient", "curvature", "parts", "fit"}
    samples, first, second = found["fit"]["data"]
    assert samples["mode"] == "markers"
    assert (first["meta"], second["meta"]) == ({"run": 0}, {"run": 1})


def test_classes_of_images_and_values_of_a_table() -> None:
    table = figures(report(DIGITS))["fit0"]["data"][0]
    assert table["type"] == "heatmap"
    found = figures(report(learned("fruit", steps=3)))["fit0"]["data"]
    assert [trace["mode"] for trace in found] == ["lines", "markers", "markers"]


def test_a_model_that_diverged_says_nothing() -> None:
    made = learned("thermometer", runs=[{}, {"optimizer": {"id": "sgd", "lr": 1.0}}], steps=60)
    assert made.diverged(1)
    assert len(figures(report(made))["fit"]["data"]) == 2


def test_long_starts_are_cut_in_words_and_whole_in_the_experiment() -> None:
    start = [round(0.001 * n, 3) for n in range(650)]
    reader = report(learned("digits", data={"count": 30}, runs=[{"start": start}], steps=1))
    assert "0.063, …)" in reader.text
    assert "0.649" in reader.text
