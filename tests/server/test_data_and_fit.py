"""The `data` and `fit` events: the plotted data, and a model's outputs at a step."""

from typing import Any

import numpy as np
import pytest
from tests.problems.learning_cases import document, problem
from tests.server.in_process import Client, service
from tests.server.running import BEALE, Json

from steepest.engine import advance
from steepest.protocol.binary import unpack_array, unpack_chunk
from steepest.server.settings import Settings
from steepest.spec import parse_experiment


def learning(dataset: str, lr: float = 0.01, **changes: Any) -> Json:
    run = {"optimizer": {"id": "sgd", "lr": lr}, "start": {"init": "default"}}
    return {"version": 1, "seed": 3, "problem": document(dataset, **changes), "runs": [run, run]}


async def opened(experiment: Json) -> Client:
    client = Client(service(Settings(workers=1)))
    assert (await client.ask(op="open", experiment=experiment))["op"] == "opened"
    return client


@pytest.mark.parametrize(
    ("dataset", "kind", "inputs"),
    [("thermometer", "curve", (11, 1)), ("circle", "map", (200, 2)), ("fruit", "table", (5, 0))],
)
async def test_data_are_the_samples_with_their_parts(dataset: str, kind: str, inputs: tuple[int, ...]) -> None:
    split = {"dev": 0.2, "test": 0.2}
    client = await opened(learning(dataset, split=split))
    reply = await client.ask(op="data", id=4)
    ready = problem(dataset, seed=3, split=split)
    assert (reply["op"], reply["id"], reply["kind"], reply["count"]) == ("data", 4, kind, ready.shape.count)
    assert unpack_array(reply["inputs"]).shape == inputs
    if inputs[1]:
        assert np.array_equal(unpack_array(reply["inputs"]), ready.data.inputs.float().numpy())
    assert np.array_equal(unpack_array(reply["targets"]), ready.data.targets.numpy().astype(np.float32))
    part = unpack_array(reply["part"])
    assert reply["sizes"] == [int((part == number).sum()) for number in range(3)]
    train = ready.splits(ready.data.inputs.dtype)[0]
    assert np.array_equal(ready.data.inputs.numpy()[part == 0], train.inputs.numpy())
    await client.leave()


async def test_images_come_as_pictures_with_their_classes() -> None:
    client = await opened(learning("digits"))
    reply = await client.ask(op="data", id=4)
    images = unpack_array(reply["inputs"])
    assert (reply["kind"], images.shape, reply["shape"]) == ("images", (64, 1, 8, 8), [64])
    assert images.min() >= 0
    assert images.max() <= 1
    samples = unpack_array(reply["samples"])
    data = problem("digits").data
    assert np.array_equal(unpack_array(reply["targets"]), data.targets.numpy()[samples])
    assert len(reply["classes"]) == reply["outputs"] == 10
    await client.leave()


async def test_chunks_hold_frames_at_the_steps_that_were_asked_for() -> None:
    client = await opened(learning("circle"))
    client.send(op="advance", until=25, every=10)
    steps: list[int] = []
    last = -1
    while last < 25:
        event = await client.event()
        chunk = unpack_chunk(event)
        frames = chunk.runs[1].fits
        assert frames is not None
        steps += frames.steps.tolist()
        last = chunk.last
    assert steps == [0, 10, 20]
    await client.leave()


async def test_a_fit_is_that_of_the_step_whatever_frames_were_sent() -> None:
    experiment = learning("circle", batch={"size": 10})
    client = await opened(experiment)
    client.send(op="advance", until=40, every=100)
    while (await client.event())["last"] < 40:
        pass
    whole, _ = advance(parse_experiment(experiment), None, 40, every=1)
    for step in (0, 1, 23, 40):
        reply = await client.ask(op="fit", id=5, step=step, run=1)
        frames = whole.runs[1].fits
        assert frames is not None
        assert (reply["op"], reply["id"], reply["step"], reply["run"]) == ("fit", 5, step, 1)
        assert np.array_equal(unpack_array(reply["fit"]), frames.fit[step])
        assert np.array_equal(unpack_array(reply["weights"]), frames.weights[step])
    await client.leave()


async def test_a_query_without_an_answer_is_refused() -> None:
    client = await opened(BEALE)
    for ask in ({"op": "data", "id": 2}, {"op": "fit", "id": 2, "step": 0, "run": 0}):
        reply = await client.ask(**ask)
        assert (reply["op"], reply["id"], reply["code"]) == ("error", 2, "invalid")
    await client.ask(op="open", experiment=learning("thermometer", lr=1.0))
    client.send(op="advance", until=300)
    while not (await client.event())["stopped"]:
        pass
    for step, run, field in ((3000, 0, "step"), (0, 5, "run")):
        reply = await client.ask(op="fit", id=3, step=step, run=run)
        assert (reply["code"], reply["field"]) == ("invalid", field)
    await client.leave()


async def test_nothing_is_reported_where_nothing_is_open() -> None:
    client = Client(service(Settings(workers=1)))
    for ask in ({"op": "data", "id": 2}, {"op": "fit", "id": 2, "step": 0, "run": 0}):
        assert (await client.ask(**ask))["code"] == "no_experiment"
    await client.leave()
