"""The sweep's document: what it accepts, what it refuses and how; and the tiles of its picture."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.spec.sweeps import LR, MOMENTUM, NET, SEED, SURFACE, changed, sweep_of

from steepest.spec import Axis, Invalid, coarse_to_fine, parse_sweep, slabs, whole
from steepest.spec.path import has_place, parse_path, value_at, with_value

GOOD = sweep_of(SURFACE, LR, MOMENTUM)
RUN = SURFACE["runs"][0]


@pytest.mark.parametrize(
    ("document", "field", "english", "chinese"),
    [
        ({**GOOD, "version": 2}, "version", "newer Steepest", "更新版本"),
        ({**GOOD, "version": True}, "version", "whole number", "整数"),
        ({**GOOD, "colour": 1}, "colour", "unknown field", "未知字段"),
        ({**GOOD, "axes": []}, "axes", "at least 1", "至少 1"),
        ({**GOOD, "axes": [LR, MOMENTUM, SEED]}, "axes", "at most 2", "最多 2"),
        ({**GOOD, "axes": [LR, LR]}, "axes[1].set", "runs[0].optimizer.lr has an axis already", "已有一条轴"),
        ({**GOOD, "axes": [LR], "repeat": LR, "measure": "final_loss"}, "repeat.set", "has an axis", "已有一条轴"),
        ({**GOOD, "axes": [{**LR, "set": "lr of run 0"}]}, "axes[0].set", "must name a number", "应指明"),
        ({**GOOD, "axes": [{**LR, "low": 20.0}]}, "axes[0].low", "below high", "小于 high"),
        ({**GOOD, "axes": [{**LR, "low": 0.0}]}, "axes[0].low", "above 0 on a log scale", "对数刻度"),
        ({**GOOD, "axes": [{**LR, "count": 1}]}, "axes[0].count", "at least 2", "至少为 2"),
        ({**GOOD, "axes": [{**LR, "count": 1025}]}, "axes[0].count", "at most 1024", "至多为 1024"),
        ({**GOOD, "axes": [{**LR, "high": math.inf}]}, "axes[0].high", "finite", "有限"),
        ({**GOOD, "axes": [{**LR, "scale": "square"}]}, "axes[0].scale", "'linear' or 'log'", "应为"),
        ({**GOOD, "steps": 0}, "steps", "at least 1", "至少为 1"),
        ({**GOOD, "steps": 1_000_001}, "steps", "at most 1000000", "至多为"),
        ({**GOOD, "measure": "beauty"}, "measure", "'outcome'", "应为"),
        ({**GOOD, "measure": "steps_to_loss"}, "loss", "must be given", "必须给出"),
        ({**GOOD, "loss": 1.0}, "loss", "only steps_to_loss", "只有"),
        ({**GOOD, "repeat": SEED}, "measure", "no median", "没有中位数"),
        (sweep_of(changed(SURFACE, runs=[RUN, RUN]), LR), "experiment.runs", "one run; there are 2", "现有 2 个"),
        (sweep_of(changed(SURFACE, problem__kind="hill"), LR), "experiment.problem.kind", "must be", "应为"),
        (sweep_of(changed(SURFACE, runs__0__start=["a"]), LR), "experiment.runs[0].start[0]", "a number", "应为数"),
        (
            sweep_of(NET, {**LR, "count": 1024}, {**MOMENTUM, "count": 1024}, repeat=SEED, measure="final_loss"),
            "axes",
            "5242880 runs in all; at most 4194304",
            "至多 4194304",
        ),
        (
            {**sweep_of(SURFACE, {**LR, "count": 1000}, {**MOMENTUM, "count": 1000}), "steps": 10_001},
            "steps",
            "10001000000 updates; at most 10000000000",
            "10001000000",
        ),
    ],
)
def test_refusals_name_the_field(document: dict[str, Any], field: str, english: str, chinese: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_sweep(document)
    assert refused.value.field == field
    assert english in refused.value.text.en
    assert chinese in refused.value.text.zh


def test_a_document_is_written_as_it_was_read() -> None:
    sweep = parse_sweep(sweep_of(SURFACE, LR, SEED, repeat=MOMENTUM, measure="steps_to_loss", loss=0.5))
    assert parse_sweep(sweep.model_dump_json()) == sweep
    assert (sweep.shape, sweep.runs, [each.set for each in sweep.all_axes]) == (
        (9, 5),
        225,
        ["runs[0].optimizer.lr", "seed", "runs[0].optimizer.momentum"],
    )


def test_values_are_evenly_spaced_and_the_ends_exact() -> None:
    linear = Axis(set="seed", low=-0.3, high=0.7, count=11)
    assert np.allclose([linear.value(n) for n in range(11)], np.linspace(-0.3, 0.7, 11), rtol=0, atol=1e-15)
    log = Axis(set="seed", scale="log", low=1e-7, high=3.0, count=30)
    values = [log.value(n) for n in range(30)]
    assert np.allclose(values, np.geomspace(1e-7, 3.0, 30), rtol=1e-14)
    assert (values[0], values[-1]) == (1e-7, 3.0)
    huge = Axis(set="seed", low=-1.7e308, high=1.7e308, count=5)
    assert all(math.isfinite(huge.value(n)) for n in range(5))


def test_a_zoom_reaches_neighbouring_numbers() -> None:
    low = 0.1
    narrow = Axis(set="seed", low=low, high=math.nextafter(math.nextafter(low, 1), 1), count=3)
    assert all(first < second for first, second in pairwise(narrow.value(n) for n in range(3)))


@pytest.mark.parametrize("text", ["", ".lr", "runs[0", "runs[-1]", "runs[0]..lr", "a b", "runs[0]lr", "[0]", "a.1"])
def test_what_is_no_path(text: str) -> None:
    assert parse_path(text) is None


def test_a_path_reads_and_replaces_one_number() -> None:
    document = {"runs": [{"start": [1.0, 2.0]}, {"start": [3.0]}], "seed": 0}
    path = parse_path("runs[0].start[1]")
    assert path == ("runs", 0, "start", 1)
    assert value_at(document, path) == 2.0
    assert with_value(document, path, 5.0) == {"runs": [{"start": [1.0, 5.0]}, {"start": [3.0]}], "seed": 0}
    assert document["runs"] == [{"start": [1.0, 2.0]}, {"start": [3.0]}]
    places = ["runs[0].start[1]", "runs[0].start[2]", "runs[2].start", "seed.low", "runs[1].optimizer", "runs.start"]
    assert [has_place(document, parse_path(place) or ()) for place in places] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("shape", [(1,), (7,), (256, 256), (100, 3), (17, 130)])
def test_tiles_have_each_pixel_once_coarse_to_fine(shape: tuple[int, ...]) -> None:
    seen = np.zeros(shape, int)
    finest = 16
    for tile in coarse_to_fine(shape):
        assert seen[tile.places].shape == tile.counts
        assert all(count <= 64 for count in tile.counts)
        assert [range(*place.indices(10**6)) for place in tile.places] == [tile.along(n) for n in range(len(shape))]
        assert tile.strides[0] <= finest
        finest = tile.strides[0]
        seen[tile.places] += 1
    assert (seen == 1).all()
    assert seen[whole(shape).places].shape == shape


def test_the_first_tile_spans_the_picture() -> None:
    first = next(coarse_to_fine((256, 256)))
    assert (first.starts, first.strides, first.counts) == ((0, 0), (16, 16), (16, 16))


@pytest.mark.parametrize(("shape", "axis"), [((7,), 0), ((256, 3), 0), ((3, 256), 1), ((5, 4), 1)])
def test_slabs_have_each_pixel_once(shape: tuple[int, ...], axis: int) -> None:
    seen = np.zeros(shape, int)
    tiles = list(slabs(shape, axis, 10))
    for tile in tiles:
        assert all(tile.counts[n] == shape[n] for n in range(len(shape)) if n != axis)
        seen[tile.places] += 1
    assert (seen == 1).all()
    assert len(tiles) <= 10
