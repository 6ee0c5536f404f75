"""Weights as safetensors, and case 35 of the faults: what must not be opened is refused, and never run."""

import io
import json
import pickle
import re
import zipfile
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from tests.export.learners import learned
from tests.export.scripts import ROOT, recording

from steepest.engine import prepare
from steepest.export import MAX_READ, export, read_weights, record
from steepest.export.weights import experiment_hash
from steepest.spec import Invalid, parse_experiment

NET = ("mlp", {"hidden": [3], "activation": "tanh"})
MADE = learned("circle", model=NET, runs=[{}, {"start": {"init": "xavier"}}], steps=4)
FILE = export(MADE, "weights")
TENSORS = load(FILE)


def refused(document: bytes, match: str) -> None:
    with pytest.raises(Invalid, match=match) as caught:
        read_weights(document, MADE.prepared)
    assert caught.value.field == "file"
    assert re.search("[\u4e00-\u9fff]", caught.value.text.zh)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("dataset", ["circle", "digits"])
def test_they_are_those_of_the_last_step(dataset: str, dtype: str) -> None:
    made = learned(dataset, dtype=dtype, steps=3, runs=[{}, {"start": {"init": "kaiming"}}])
    for run in range(2):
        document = export(made, "weights", run=run)
        tensors = load(document)
        module: Any = made.prepared.problem.network()  # type: ignore[attr-defined]
        assert [(name, parameter.shape) for name, parameter in module.named_parameters()] == sorted(
            ((name, tensor.shape) for name, tensor in tensors.items()),
            key=lambda item: [name for name, _ in module.named_parameters()].index(item[0]),
        )
        whole = torch.cat([tensors[name].reshape(-1) for name, _ in module.named_parameters()])
        assert whole.numpy().tobytes() == made.final_params[run].tobytes()
        assert torch.tensor(read_weights(document, made.prepared), dtype=whole.dtype).equal(whole)


def test_the_file_says_where_it_is_from() -> None:
    length = int.from_bytes(export(MADE, "weights", run=1)[:8], "little")
    metadata = json.loads(export(MADE, "weights", run=1)[8 : 8 + length])["__metadata__"]
    assert metadata == {"experiment": experiment_hash(MADE.experiment), "run": "1", "step": "4"}


def test_a_run_goes_on_from_them_as_from_its_own() -> None:
    """Plain descent has no state: moved there, another run follows the first one to the bit."""
    document = {**MADE.experiment.model_dump(mode="json"), "edits": []}
    document["edits"] = [{"step": 0, "run": 1, "params": read_weights(FILE, MADE.prepared)}]
    again = record(parse_experiment(document), 3)
    assert again.final_params[1].tobytes() == learned("circle", model=NET, steps=7).final_params[0].tobytes()


class Bomb:
    def __reduce__(self) -> Any:
        return exec, ("raise SystemExit('it ran')",)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    return out.getvalue()


def saved_by_torch(new: bool) -> bytes:
    out = io.BytesIO()
    torch.save(TENSORS, out, _use_new_zipfile_serialization=new)
    return out.getvalue()


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_fault_35_a_pickle(protocol: int) -> None:
    refused(pickle.dumps(Bomb(), protocol), "a pickle, which may hold code")


def test_fault_35_other_files() -> None:
    refused(pickle.dumps(Bomb(), 0), "not a safetensors file")
    refused(zipped(), "zip archive, as .pt")
    refused(saved_by_torch(new=True), "zip archive, as .pt")
    refused(saved_by_torch(new=False), "a pickle")
    out = io.BytesIO()
    np.save(out, np.ones(3))
    refused(out.getvalue(), "array of NumPy")
    refused(b'{"version": 1}', "not a safetensors file")
    refused(b"", "not a safetensors file")
    refused(b"\x08", "not a safetensors file")


def headed(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(**other: Any) -> dict[str, Any]:
    return {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **other}}


@pytest.mark.parametrize(
    "document",
    [
        (2**63).to_bytes(8, "little") + FILE[8:],
        (10**8).to_bytes(8, "little") + FILE[8:],
        FILE[:-1],
        FILE + b"\0",
        FILE[:40],
        headed(b"\xff\xfe{}"),
        headed(b"[" * 5000),
        headed(b"[]"),
        headed(entry(), b"\0" * 4),
        headed(entry(shape=[3]), b"\0" * 8),
        headed(entry(shape=[-2]), b"\0" * 8),
        headed(entry(shape=[2**62, 2**62]), b"\0" * 8),
        headed(entry(data_offsets=[8, 0]), b"\0" * 8),
        headed(entry(data_offsets=[0, 2**63]), b"\0" * 8),
        headed(entry(dtype="F31"), b"\0" * 8),
        headed({**entry(), "v": entry()["w"]}, b"\0" * 8),
    ],
    ids=range(16),
)
def test_fault_35_a_header_that_lies(document: bytes) -> None:
    refused(document, "not a safetensors file")


def test_fault_35_wrong_names_shapes_dtypes_and_numbers() -> None:
    first = next(iter(TENSORS))
    whole = {name: tensor.clone() for name, tensor in TENSORS.items()}
    refused(save({name: tensor for name, tensor in whole.items() if name != first}), "its tensors are")
    refused(save({**whole, "more": torch.ones(1)}), "its tensors are .*more")
    refused(save({**whole, "0.weight": torch.ones(2, 3)}), r"0.weight has shape \[2, 3\]; this model's is \[3, 2\]")
    refused(save({**whole, "0.weight": whole["0.weight"].half()}), "0.weight is of dtype F16")
    refused(save({**whole, "0.weight": whole["0.weight"].long()}), "0.weight is of dtype I64")
    for value in (torch.nan, torch.inf, -torch.inf):
        refused(save({**whole, "0.bias": torch.tensor([0.0, value, 0.0])}), "not finite")
    refused(save({**whole, "0.bias": torch.tensor([0.0, 1e300, 0.0], dtype=torch.float64)}), "not finite")


def test_no_surface_and_no_model_that_is_too_large() -> None:
    surface = recording("ravine", [({"id": "sgd"}, (1.0, 1.0))], steps=1)
    with pytest.raises(Invalid, match="to: a surface has no weights"):
        export(surface, "weights")
    with pytest.raises(Invalid, match="file: a surface has no weights"):
        read_weights(FILE, surface.prepared)
    with pytest.raises(Invalid, match="run: there is no run 2; the last one is 1"):
        export(MADE, "weights", run=2)
    large = learned("digits", model=("mlp", {"hidden": [64]}), data={"count": 20}, steps=0)
    assert len(load(export(large, "weights"))) == 4
    with pytest.raises(Invalid, match=f"4810 parameters; at most {MAX_READ}"):
        read_weights(export(large, "weights"), large.prepared)


def test_the_largest_that_may_be_read_fits_into_a_message() -> None:
    assert MAX_READ * len("-1.2345678901234567e-05, ") < 65536 - 2048


def test_fault_35_an_experiment_of_a_newer_schema_is_refused() -> None:
    with pytest.raises(Invalid, match="version: made for a newer Steepest: version 2"):
        prepare(parse_experiment({**MADE.experiment.model_dump(mode="json"), "version": 2}))


UNPICKLES = r"torch\.load\b|\b(?:import|from) (?:pickle|shelve|dill|joblib)\b|allow_pickle=True"


def test_nothing_is_ever_unpickled() -> None:
    """In no source of ours stands a call that could run what a file brings along."""
    sources = [*(ROOT / "backend").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
    assert len(sources) > 100
    for path in sources:
        source = path.read_text(encoding="utf-8")
        found = re.findall(UNPICKLES, source)
        assert not found, f"{path}: {found}"


def test_the_search_would_find_one() -> None:
    for source in ("weights = torch.load(path)", "import pickle", "from joblib import load", "allow_pickle=True"):
        assert re.search(UNPICKLES, source)
