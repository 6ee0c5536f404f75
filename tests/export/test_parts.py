"""Files made in parts are those made from the whole recording, and their size is known before the work."""

from itertools import pairwise
from typing import Any

import pytest
from tests.export.learners import learned

from steepest.engine import Prepared, advance, prepare
from steepest.export import (
    FORMATS,
    Format,
    check_format,
    export,
    export_parts,
    join_chunks,
    most_steps,
    record,
    size_at_most,
    split_chunk,
)
from steepest.spec import Experiment, Invalid, parse_experiment

SURFACE: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.5}, "start": [1.0, 1.0]},  # diverges
        {"optimizer": {"id": "adam", "lr": 0.01}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "nadam", "lr": 0.01}, "start": [1.0, 1.0]},
    ],
    "edits": [{"step": 5, "run": 1, "set": {"lr": 0.1}}],
}


def model(dataset: str, model: dict[str, Any], loss: str, **rest: Any) -> dict[str, Any]:
    problem = {"kind": "learning", "dataset": {"id": dataset}, "model": model, "loss": {"id": loss}, **rest}
    runs = [{"optimizer": {"id": name, "lr": 0.02}, "start": {"init": "default"}} for name in ("adam", "sgd")]
    return {"version": 1, "problem": problem, "runs": runs}


DOCUMENTS = {
    "surface": SURFACE,
    "float64": {**SURFACE, "dtype": "float64"},
    "compiled": {**SURFACE, "engine": "compiled"},
    "net": {**model("moons", {"id": "mlp", "params": {"hidden": [8]}}, "cross_entropy", split={"dev": 0.2})}
    | {"engine": "compiled"},
    "image": model("digits", {"id": "softmax"}, "cross_entropy", batch={"size": 32}),
}


def experiment(name: str) -> Experiment:
    return parse_experiment(DOCUMENTS[name])


def prepared(name: str) -> Prepared:
    return prepare(experiment(name))


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_parts_are_the_file(name: str, to: Format) -> None:
    made = record(experiment(name), 333)
    try:
        whole = export(made, to, "zh", 1)
    except Invalid as error:
        with pytest.raises(Invalid, match=error.text.en):
            next(export_parts(experiment(name), 333, to, "zh", 1))
        return
    parts = b"".join(export_parts(experiment(name), 333, to, "zh", 1))
    # The order of a weights file's metadata changes from one call to the next.
    assert len(parts) == len(whole) if to == "weights" else parts == whole


def test_a_long_table_has_many_small_parts() -> None:
    parts = list(export_parts(experiment("net"), 1500, "csv"))
    assert len(parts) > 10
    assert max(map(len, parts)) < 2_000_000


@pytest.mark.parametrize("name", DOCUMENTS)
def test_of_each_record_little_is_kept_for_the_other_formats(name: str) -> None:
    experiment = prepared(name)
    chunk, end = advance(experiment, None, 200)
    _, kept = split_chunk(experiment, chunk, "html", "en", "cpu")
    assert kept is not None
    for run in kept.runs:
        arrays = [*vars(run).values(), *(vars(run.metrics).values() if run.metrics else ())]
        assert sum(getattr(array, "nbytes", 0) for array in arrays) < 100 * len(run) + 1000
    join_chunks(experiment, [kept], end)


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("steps", [0, 600])
def test_no_file_is_larger_than_said_before(name: str, to: Format, steps: int) -> None:
    try:
        size = sum(map(len, export_parts(experiment(name), steps, to)))
    except Invalid:
        return
    said = size_at_most(prepared(name), to, steps)
    assert size <= said
    if to == "csv" and steps:
        assert said < 2 * size, "nor much smaller"


def test_the_samples_of_a_stored_data_set_are_part_of_a_script() -> None:
    document = DOCUMENTS["image"]
    few = {**document["problem"], "dataset": {"id": "digits", "params": {"count": 100}}}
    small, large = (prepare(parse_experiment({**document, "problem": each})) for each in (few, document["problem"]))
    assert size_at_most(large, "python", 0) - size_at_most(small, "python", 0) > 1_600 * 64


@pytest.mark.parametrize("to", ["csv", "html"])
def test_the_most_steps_are_the_last_that_fit(to: Format) -> None:
    experiment = prepared("net")
    limit = size_at_most(experiment, to, 321)
    right = most_steps(experiment, to, 10_000, limit)
    assert right is not None
    sizes = [size_at_most(experiment, to, steps) for steps in (right, right + 1)]
    assert sizes[0] <= limit < sizes[1]
    assert most_steps(experiment, to, 10_000, 10**12) == 10_000
    assert most_steps(experiment, to, 10_000, 10) is None
    growth = [size_at_most(experiment, to, steps) for steps in range(0, 5000, 50)]
    assert all(low <= high for low, high in pairwise(growth))


def test_weights_of_a_surface_are_refused_before_the_work() -> None:
    with pytest.raises(Invalid, match="only models have"):
        check_format(prepared("surface"), "weights", 0)
    with pytest.raises(Invalid, match="no run 2"):
        check_format(learned("moons").prepared, "weights", 2)
