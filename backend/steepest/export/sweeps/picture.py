"""A sweep as a picture with axes and a legend."""

import json
from collections.abc import Mapping

import numpy as np

from steepest.engine import PreparedSweep
from steepest.engine.recording.records import Array
from steepest.export.sweeps.colours import Key, Picture, coloured
from steepest.export.sweeps.letters import lettering
from steepest.export.sweeps.png_file import png_file
from steepest.spec import Axis

_LEAST = 512  # dots of the map's longer side at least
_STRIP = 96  # dots of the height of a map with one axis
_MARGIN, _LINE, _BAR = 16, 24, 96  # dots
_LONGEST = 70  # letters
_PAPER, _INK, _FRAME = 255, 32, 128


def png(sweep: PreparedSweep, arrays: Mapping[str, Array]) -> bytes:
    """The first axis to the right, the second one up; the legend below. The file keeps the sweep as text, `sweep`."""
    pixels, keys = coloured(sweep, arrays)
    plot = pixels[None] if pixels.ndim == 2 else pixels.transpose(1, 0, 2)[::-1]
    scale = max(1, -(-_LEAST // max(sweep.sweep.shape)))
    up = _STRIP if pixels.ndim == 2 else scale
    plot = plot.repeat(up, axis=0).repeat(scale, axis=1)
    words = [_axis("across", sweep.axes[0])]
    if len(sweep.sweep.axes) > 1:
        words.append(_axis("up", sweep.axes[1]))
    words.append(f"{sweep.sweep.steps} steps a run" + _repeat(sweep.sweep.repeat))
    height = plot.shape[0] + 3 * _MARGIN + _LINE * (len(words) + len(keys))
    lines = [lettering(line[:_LONGEST]) for line in words]
    legend = [lettering(key.words[:_LONGEST]) for key in keys]
    widths = [plot.shape[1], *(line.shape[1] for line in lines), *(_BAR + _MARGIN + line.shape[1] for line in legend)]
    canvas = np.full((height, max(widths) + 2 * _MARGIN, 3), _PAPER, np.uint8)
    canvas[_MARGIN - 1 : _MARGIN + plot.shape[0] + 1, _MARGIN - 1 : _MARGIN + plot.shape[1] + 1] = _FRAME
    canvas[_MARGIN : _MARGIN + plot.shape[0], _MARGIN : _MARGIN + plot.shape[1]] = plot
    top = plot.shape[0] + 2 * _MARGIN
    for key, line in zip(keys, legend, strict=True):
        _write_key(canvas[top:], key)
        _write(canvas[top:, 2 * _MARGIN + _BAR :], line)
        top += _LINE
    for line in lines:
        _write(canvas[top:, _MARGIN:], line)
        top += _LINE
    return png_file(canvas, {"Software": "Steepest", "sweep": json.dumps(sweep.sweep.model_dump(mode="json"))})


def _axis(direction: str, axis: Axis) -> str:
    return f"{direction}: {axis.set}, {axis.low:g} to {axis.high:g}{', log scale' if axis.scale == 'log' else ''}"


def _repeat(axis: Axis | None) -> str:
    return "" if axis is None else f", {axis.count} runs a pixel: {axis.set} {axis.low:g} to {axis.high:g}"


def _write(canvas: Picture, ink: np.ndarray) -> None:
    """Writes a line at the canvas's upper left."""
    canvas[: ink.shape[0], : ink.shape[1]][ink] = _INK


def _write_key(canvas: Picture, key: Key) -> None:
    """Draws a line's colours."""
    colours = np.array(key.colours, np.uint8)
    canvas[: _LINE - 8, _MARGIN : _MARGIN + _BAR] = colours[np.arange(_BAR) * len(colours) // _BAR]
