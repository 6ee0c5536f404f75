"""`GET /api/sketch`: a small picture of each card of the gallery."""

import base64
import json
from typing import Any

import httpx
import pytest
from tests.server.test_export import client

from steepest.gallery import gallery
from steepest.server.worker.sketch_tasks import sketch

CARDS = {card.id: card.experiment for card in gallery().pieces} | {card.id: card.experiment for card in gallery().notes}
UNTIL = {card.id: card.until for card in gallery().pieces} | {card.id: card.until for card in gallery().notes}


def drawn(card: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sketch(CARDS[card].model_dump_json(), UNTIL[card]))
    return found


async def asked(card: str) -> httpx.Response:
    async with client() as http:
        return await http.get("/api/sketch", params={"card": card})


@pytest.mark.parametrize("card", CARDS)
def test_every_card_has_a_small_picture_within_its_frame(card: str) -> None:
    found = drawn(card)
    assert len(json.dumps(found)) < 12_000
    assert len(base64.b64decode(found["pixels"])) == found["shape"][0] * found["shape"][1]
    assert all(0 <= at <= 1 for at in found["curve"])
    assert all(0 <= at <= 1 for run in found["losses"] for at in run)
    assert all(0 <= point["x"] <= 1 and 0 <= point["y"] <= 1 for point in found["points"])
    # There is something to see: a surface, samples, images, or losses that fall.
    assert found["pixels"] or found["curve"] or found["points"] or any(len(run) > 1 for run in found["losses"])
    assert len(found["losses"]) == len(CARDS[card].runs)


def test_a_map_is_low_where_the_loss_is_low_and_paths_go_there() -> None:
    found = drawn("ravine_momentum")
    columns, rows = found["shape"]
    heights = base64.b64decode(found["pixels"])
    middle, corner = heights[rows // 2 * columns + columns // 2], heights[0]
    assert middle < 60 < 200 < corner
    plain, heavy = found["paths"]
    assert plain[0] == heavy[0]
    # The minimum is in the middle of the view.
    assert abs(heavy[-1][0] - 0.5) < abs(plain[-1][0] - 0.5)


def test_a_curve_has_its_runs_on_it_and_a_run_that_diverges_leaves() -> None:
    found = drawn("four_rates")
    assert min(found["curve"]) == 0
    slow, right, _, diverging = found["paths"]
    assert right[-1][1] < 0.01 < slow[-1][1]
    assert len(diverging) < len(slow)


def test_samples_have_their_classes_and_digits_are_images() -> None:
    spiral = drawn("spiral")
    assert spiral["classes"] == 2
    assert {point["kind"] for point in spiral["points"]} == {0, 1}
    digits = drawn("pictures_of_weights")
    assert digits["shape"] == [24, 8]
    assert max(base64.b64decode(digits["pixels"])) == 255


async def test_the_route_answers_with_it_and_says_what_it_does_not_know() -> None:
    answer = await asked("ravine_momentum")
    assert answer.status_code == 200
    assert answer.json()["shape"] == drawn("ravine_momentum")["shape"]
    assert answer.json()["pixels"] == drawn("ravine_momentum")["pixels"]
    unknown = await asked("no_such_card")
    assert (unknown.status_code, unknown.json()["field"]) == (400, "card")


def test_every_card_has_a_topic_and_every_topic_has_cards() -> None:
    found = gallery().topics
    assert {card for topic in found for card in topic.cards} == set(CARDS)
    for topic in found:
        assert len(set(topic.cards)) == len(topic.cards) >= 3
        assert len(topic.cards) < len(CARDS) / 2
        assert topic.title.en
        assert topic.title.zh
