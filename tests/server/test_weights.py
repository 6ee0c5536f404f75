"""`POST /api/weights`: numbers for an edit, or an error."""

import base64
import json
import pickle
from typing import Any

import httpx
import pytest
from tests.export.learners import learned
from tests.server.test_export import client

from steepest.export import export, read_weights
from steepest.server.http.weights import MAX_BODY

MADE = learned("circle", model=("mlp", {"hidden": [3]}), steps=4)
EXPERIMENT = MADE.experiment.model_dump(mode="json", exclude_none=True)


async def asked(body: Any) -> httpx.Response:
    async with client() as http:
        return await http.post("/api/weights", content=body if isinstance(body, bytes) else json.dumps(body).encode())


def packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


async def test_the_numbers_are_those_in_the_file() -> None:
    content = export(MADE, "weights")
    answer = await asked({"experiment": EXPERIMENT, "file": packed(content)})
    assert answer.status_code == 200
    assert answer.json() == {"params": read_weights(content, MADE.prepared)}
    assert answer.headers["cache-control"] == "no-store"


NET = {**EXPERIMENT, "problem": {**EXPERIMENT["problem"], "model": {"id": "mlp", "params": {"hidden": [0]}}}}
REFUSED: dict[str, tuple[Any, int, str, str]] = {
    "a pickle": ({"experiment": EXPERIMENT, "file": packed(pickle.dumps({}))}, 400, "file", "a pickle"),
    "no base64": ({"experiment": EXPERIMENT, "file": "é!"}, 400, "file", "base64"),
    "no file": ({"experiment": EXPERIMENT}, 400, "file", "must be given"),
    "no such model": ({"experiment": NET, "file": ""}, 400, "experiment.problem.model.params.hidden[0]", "[1, 64]"),
    "a newer version": ({"experiment": {**EXPERIMENT, "version": 2}, "file": ""}, 400, "experiment.version", "newer"),
    "too large": (b" " * (MAX_BODY + 1), 413, "file", "at most"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_refusals(name: str) -> None:
    body, status, field, words = REFUSED[name]
    answer = await asked(body)
    event = answer.json()
    assert (answer.status_code, event["op"], event["field"]) == (status, "error", field)
    assert words in event["message"]


async def test_a_refusal_in_chinese() -> None:
    answer = await asked({"experiment": EXPERIMENT, "file": packed(b"PK\x03\x04"), "language": "zh"})
    assert "权重只从 .safetensors 文件读取" in answer.json()["message"]
