"""A sweep's picture, table and arrays."""

import csv as standard
import io
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.spec.sweeps import LR, MOMENTUM, NET, SEED, SURFACE, axis, changed, sweep_of

from steepest.engine import STATUSES, PreparedSweep, prepare_sweep, sweep
from steepest.engine.recording.records import Array
from steepest.export.sweeps import csv, npz, png
from steepest.export.sweeps.letters import lettering
from steepest.spec import parse_sweep

HIMMELBLAU = changed(SURFACE, problem__id="himmelblau")
BASINS = sweep_of(HIMMELBLAU, axis("runs[0].start[0]", -5, 5, 8), axis("runs[0].start[1]", -5, 5, 4), steps=200)
SHOWN: dict[str, dict[str, Any]] = {
    "outcome": BASINS,
    "outcome on one axis": sweep_of(SURFACE, LR),
    "median": sweep_of(NET, LR, repeat=SEED, measure="dev_accuracy"),
    "nothing finite": sweep_of(SURFACE, {**LR, "low": 5}, MOMENTUM, measure="final_loss"),
    "never": sweep_of(SURFACE, LR, MOMENTUM, measure="steps_to_loss", loss=1e-3),
}


def made(document: dict[str, Any]) -> tuple[PreparedSweep, dict[str, Array]]:
    prepared = prepare_sweep(parse_sweep(document))
    return prepared, sweep(prepared)


def read_png(data: bytes) -> tuple[NDArray[np.uint8], dict[str, str]]:
    """Pixels and texts, by the standard's own rules."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = list[tuple[bytes, bytes]](), 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + body),)
        chunks.append((kind, body))
        at += 12 + size
    assert [kind for kind, _ in chunks if kind != b"tEXt"] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">2I5B", chunks[0][1])
    assert rest == [8, 2, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(dict(chunks)[b"IDAT"]), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    texts = dict(body.decode("ascii").split("\0") for kind, body in chunks if kind == b"tEXt")
    return rows[:, 1:].reshape(height, width, 3), texts


def has_words(pixels: NDArray[np.uint8], words: str) -> bool:
    """Whether the words are written somewhere."""
    ink = lettering(words)
    dark = (pixels == 32).all(axis=2)
    views = np.lib.stride_tricks.sliding_window_view(dark[:, : ink.shape[1] + 200], (ink.shape[0], 12))
    first = (views == ink[:, :12]).all(axis=(2, 3))
    return any(
        np.array_equal(dark[row : row + ink.shape[0], column : column + ink.shape[1]], ink)
        for row, column in zip(*np.nonzero(first), strict=True)
    )


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_says_what_it_shows(name: str) -> None:
    pixels, texts = read_png(png(*made(SHOWN[name])))
    document = parse_sweep(SHOWN[name])
    assert parse_sweep(texts["sweep"]) == document
    assert pixels.shape[1] >= 512
    legend = {
        "outcome": ["still going", "diverged: early to late", "at minimum 0 (3, 2): early to late"],
        "outcome on one axis": ["across: runs[0].optimizer.lr, 0.001 to 10, log scale", "60 steps a run"],
        "median": ["median dev accuracy: ", "60 steps a run, 5 runs a pixel: seed 0 to 4"],
        "nothing finite": ["diverged", "up: runs[0].optimizer.momentum, 0 to 0.95"],
        "never": ["steps to loss 0.001: ", "never"],
    }
    for words in legend[name]:
        assert has_words(pixels, words), words
    assert not has_words(pixels, "at minimum 7")


def test_the_first_axis_goes_right_and_the_second_up() -> None:
    """8 by 4 pixels of 64 dots: the colours of two minima lie where the minima lie."""
    prepared, arrays = made(BASINS)
    pixels, _ = read_png(png(prepared, arrays))
    plot = pixels[16 : 16 + 4 * 64 : 64, 16 : 16 + 8 * 64 : 64][::-1].transpose(1, 0, 2)
    hues = {0: (0, 114, 178), 1: (0, 158, 115), 2: (204, 121, 167), 3: (230, 159, 0)}
    assert set(arrays["minimum"].flat) >= {0, 1, 2}
    for pixel in np.ndindex(8, 4):
        minimum, tint = int(arrays["minimum"][pixel]), 255.0 - plot[pixel]
        if minimum >= 0:
            hue = 255.0 - np.array(hues[minimum])
            assert np.allclose(tint / tint.sum(), hue / hue.sum(), atol=0.01)
        else:
            assert arrays["status"][pixel] == 2 or tuple(plot[pixel]) == (224, 224, 224)


def test_letters_are_all_different() -> None:
    drawn = {lettering(chr(letter)).tobytes() for letter in range(32, 127)}
    assert len(drawn) == 95
    assert lettering("é").tobytes() == lettering("?").tobytes()


def test_a_table_has_a_row_for_each_pixel() -> None:
    prepared, arrays = made(BASINS)
    header, *rows = standard.reader(io.StringIO(csv(prepared, arrays), newline=""))
    assert header == ["runs[0].start[0]", "runs[0].start[1]", "status", "step", "minimum"]
    assert len(rows) == 32
    for (i, j), row in zip(np.ndindex(8, 4), rows, strict=True):
        assert (float(row[0]), float(row[1])) == (prepared.value(0, i), prepared.value(1, j))
        assert row[2] == STATUSES[arrays["status"][i, j]]
        assert row[3:] == [str(arrays["step"][i, j]), str(arrays["minimum"][i, j])]


def test_a_table_of_medians_has_words_for_what_is_not_finite() -> None:
    starts = axis("runs[0].start[0]", 0.0, 4.0, 5)
    document = sweep_of(HIMMELBLAU, {**LR, "high": 1.0}, repeat=starts, measure="distance")
    header, *rows = csv(*made(document)).splitlines()
    assert header == "runs[0].optimizer.lr,low,median,high"
    assert rows[-1] == "1.0,inf,inf,inf"


def test_arrays_are_numpys_own() -> None:
    prepared, arrays = made(BASINS)
    with np.load(io.BytesIO(npz(prepared, arrays)), allow_pickle=False) as found:
        assert set(found) == {"status", "step", "minimum", "axis_0", "axis_1", "minima", "document"}
        for name, array in arrays.items():
            assert np.array_equal(found[name], array)
            assert found[name].dtype == array.dtype
        assert found["axis_0"].tolist() == [prepared.value(0, n) for n in range(8)]
        assert np.allclose(found["minima"][0], [3.0, 2.0])
        assert json.loads(str(found["document"])) == prepared.sweep.model_dump(mode="json")
