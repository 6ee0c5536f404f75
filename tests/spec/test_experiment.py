"""The experiment's document is strict: each refusal names the field's path and what would be right."""

import math
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.documents import EXAMPLE, as_json, example, spoilt, without

from steepest.spec import MAX_EDITS, MAX_RUNS, Invalid, SurfaceProblem, Text, parse_experiment

EDIT = {"step": 1, "run": 0, "set": {"lr": 0.1}}
A_VALUE = "must be true, false, a finite number, text, a list of finite numbers, or null"

# Path of what is put in, the value, the path that the error names (None: the same), and its words.
REFUSED: list[tuple[str, object, str | None, str]] = [
    ("version", 0, None, "must be 1"),
    ("version", 2, None, "made for a newer Steepest: version 2, and this one reads version 1"),
    ("version", "1", None, "must be a whole number"),
    ("version", True, None, "must be a whole number"),
    ("version", 1.0, None, "must be a whole number"),
    ("problem", None, None, "must be an object"),
    ("problem", "beale", None, "must be an object"),
    ("problem.kind", "lesson", None, "must be 'surface', 'learning'"),
    ("problem.id", 7, None, "must be text"),
    ("problem.id", None, None, "must be text"),
    ("problem.params", [], None, "must be an object"),
    ("problem.params.a", {"b": 1}, None, A_VALUE),
    ("problem.params.a", [1, [2]], None, A_VALUE),
    ("problem.params.a", [True], None, A_VALUE),
    ("problem.params.a", math.inf, None, "must be finite"),
    ("problem.scale", 1, None, "unknown field; known here: kind, id, params"),
    ("seed", -1, None, "must be at least 0"),
    ("seed", 2**63, None, "must be at most 9223372036854775807"),
    ("seed", True, None, "must be a whole number"),
    ("seed", 1.0, None, "must be a whole number"),
    ("seed", "0", None, "must be a whole number"),
    ("seed", None, None, "must be a whole number"),
    ("dtype", "float16", None, "must be 'float32' or 'float64'"),
    ("dtype", None, None, "must be 'float32' or 'float64'"),
    ("runs", [], None, "needs at least 1; there are 0"),
    ("runs", {}, None, "must be a list"),
    ("runs", EXAMPLE["runs"] * (MAX_RUNS + 1), None, "holds at most 8; there are more"),
    ("runs.0", [], "runs[0]", "must be an object"),
    (
        "runs.0.colour",
        "red",
        "runs[0].colour",
        "unknown field; known here: optimizer, start, fork, zero_grad, schedule",
    ),
    ("runs.0.start", [], "runs[0].start", "needs at least 1; there are 0"),
    ("runs.0.start", 1.0, "runs[0].start", "must be a list"),
    ("runs.0.start", [1.0, True], "runs[0].start[1]", "must be a number"),
    ("runs.0.start", [1.0, "1"], "runs[0].start[1]", "must be a number"),
    ("runs.0.start", [1.0, None], "runs[0].start[1]", "must be a number"),
    ("runs.0.start", [math.nan, 1.0], "runs[0].start[0]", "must be finite"),
    ("runs.0.start", [-math.inf, 1.0], "runs[0].start[0]", "must be finite"),
    ("runs.0.optimizer", "sgd", "runs[0].optimizer", "must be an object"),
    ("runs.0.optimizer.id", 1, "runs[0].optimizer.id", "must be text"),
    ("runs.0.optimizer.lr", {"at": 0.1}, "runs[0].optimizer.lr", A_VALUE),
    ("runs.0.optimizer.lr", math.nan, "runs[0].optimizer.lr", "must be finite"),
    ("runs.0.optimizer.lr", 10**400, "runs[0].optimizer.lr", "must be finite"),
    ("runs.0.optimizer.lr", 2**64, "runs[0].optimizer.lr", "must be within 64 bits, as a whole number"),
    ("runs.0.fork", {"run": 8, "step": 3}, "runs[0].fork.run", "must be less than 8"),
    ("runs.0.fork", {"run": 0, "step": -1}, "runs[0].fork.step", "must be at least 0"),
    ("runs.0.fork", {"run": 0}, "runs[0].fork.step", "must be given"),
    ("runs.0.fork", 0, "runs[0].fork", "must be an object"),
    ("runs.0.optimizer.betas", [0.9, math.inf], "runs[0].optimizer.betas", "must be finite"),
    ("edits", None, None, "must be a list"),
    ("edits", [EDIT] * (MAX_EDITS + 1), None, "holds at most 1000; there are more"),
    ("edits.0.step", -1, "edits[0].step", "must be at least 0"),
    ("edits.0.step", 1.5, "edits[0].step", "must be a whole number"),
    ("edits.0.step", 10_000_001, "edits[0].step", "must be at most 10000000"),
    ("edits.0.step", True, "edits[0].step", "must be a whole number"),
    ("edits.0.run", -1, "edits[0].run", "must be at least 0"),
    ("edits.0.run", 1, "edits[0].run", "there is no run 1; the last one is 0"),
    ("edits.0.run", 8, "edits[0].run", "must be less than 8"),
    ("edits.0.set", {"lr": math.nan}, "edits[0].set.lr", "must be finite"),
    ("edits.0.set", [], "edits[0].set", "must be an object"),
    (
        "edits.0.set",
        {"id": "adam"},
        "edits[0].set.id",
        "not a hyperparameter; to change the optimizer give `optimizer`",
    ),
    ("edits.0.set", None, "edits[0]", "needs exactly one of: set, optimizer, params"),
    ("edits.0.params", [1.0, 1.0], "edits[0]", "needs exactly one of: set, optimizer, params"),
    ("edits.0.optimizer", {"id": "adam"}, "edits[0]", "needs exactly one of: set, optimizer, params"),
    ("edits.0.when", 3, "edits[0].when", "unknown field; known here: step, run, set, optimizer, params"),
    ("editz", [], None, "unknown field; known here: version, problem, seed, dtype, engine, runs, edits"),
]


@pytest.mark.parametrize(("path", "value", "field", "words"), REFUSED, ids=lambda value: str(value)[:30])
def test_refuses(path: str, value: object, field: str | None, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_experiment(spoilt(path, value))
    assert (refused.value.field, refused.value.text.en) == (field or path, words)


@pytest.mark.parametrize(("path", "value", "field", "words"), REFUSED, ids=lambda value: str(value)[:30])
def test_says_it_in_chinese_too(path: str, value: object, field: str | None, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_experiment(spoilt(path, value))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.text.zh)


@pytest.mark.parametrize(
    "path", ["version", "problem", "problem.kind", "problem.id", "runs", "runs.0.optimizer", "runs.0.optimizer.id"]
)
def test_what_has_no_default_must_be_given(path: str) -> None:
    with pytest.raises(Invalid, match="must be given") as refused:
        parse_experiment(without(path))
    assert refused.value.field == path.replace(".0", "[0]")


def test_what_has_a_default_need_not_be_given() -> None:
    short = parse_experiment(
        {
            "version": 1,
            "problem": {"kind": "surface", "id": "beale"},
            "runs": [{"optimizer": {"id": "sgd"}, "start": [0]}],
        }
    )
    assert isinstance(short.problem, SurfaceProblem)
    assert isinstance(short.problem, SurfaceProblem)
    assert (short.seed, short.dtype, short.edits, short.problem.params) == (0, "float32", [], {})


@pytest.mark.parametrize("document", ["[]", "null", "1", '"text"'])
def test_a_document_is_an_object(document: str) -> None:
    with pytest.raises(Invalid, match=r"^must be an object$"):
        parse_experiment(document)


def test_whole_numbers_are_numbers() -> None:
    assert parse_experiment(spoilt("runs.0.start", [1, -2])).runs[0].start == [1.0, -2.0]


def test_the_example_comes_back_from_its_own_json() -> None:
    experiment = parse_experiment(as_json(EXAMPLE))
    assert experiment.runs[0].optimizer.hyper == {"lr": 0.01, "momentum": 0.9}
    assert parse_experiment(experiment.model_dump_json()) == experiment


@pytest.mark.parametrize("value", [True, 0, -1.5, "text", [0.9, None], [], None])
def test_a_value_keeps_its_type(value: object) -> None:
    hyper = parse_experiment(spoilt("runs.0.optimizer.lr", value)).runs[0].optimizer.hyper["lr"]
    assert (type(hyper), hyper) == (type(value), value)


def test_a_field_of_any_name_fits_one_line() -> None:
    for name in ("x" * 100_000, "a\nb", "\x1b[31m", "\u202eabc"):
        with pytest.raises(Invalid) as refused:
            parse_experiment(example(**{name: 1}))
        assert len(refused.value.field) <= 201
        assert refused.value.field.isprintable()


def test_an_experiment_cannot_be_changed() -> None:
    experiment = parse_experiment(EXAMPLE)
    with pytest.raises(ValueError, match="frozen"):
        experiment.seed = 1  # type: ignore[misc]


def test_a_refusal_crosses_between_processes() -> None:
    with pytest.raises(Invalid) as refused:
        parse_experiment(spoilt("seed", -1))
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.field, again.text, again.column, str(again)) == ("seed", refused.value.text, None, str(refused.value))


def test_a_refusal_read_from_higher_up() -> None:
    element = Invalid("[1]", Text("wrong", "有误"))
    assert element.under("betas").under("runs[0].optimizer").field == "runs[0].optimizer.betas[1]"
    assert Invalid("", Text("wrong", "有误")).under("problem").field == "problem"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PLACES = ["version", "problem", "problem.params", "seed", "dtype", "runs", "runs.0", "runs.0.start", "runs.0.optimizer"]
PLACES += [
    "runs.0.optimizer.id",
    "runs.0.optimizer.lr",
    "edits",
    "edits.0",
    "edits.0.step",
    "edits.0.set",
    "edits.0.run",
]


@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_in_a_place_only_invalid_escapes(place: str, value: object) -> None:
    try:
        experiment = parse_experiment(spoilt(place, value))
    except Invalid:
        return
    assert parse_experiment(experiment.model_dump_json()) == experiment


def test_spec_imports_nothing_heavy() -> None:
    code = "import steepest.spec, sys; print([name for name in ('torch', 'numpy', 'fastapi') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
