"""What each pixel of a sweep looks like, and what the legend says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.engine import STATUSES, PreparedSweep, known_minima
from steepest.engine.recording.records import Array

Picture = NDArray[np.uint8]  # (..., 3)

_RUNNING, _CONVERGED, _DIVERGED = (STATUSES.index(name) for name in ("running", "converged", "diverged"))
_GREY, _PALE = (224, 224, 224), (245, 245, 240)
_NEVER = (64, 64, 64)
# Okabe & Ito 2008: told apart with every kind of colour vision. The first is for divergence.
_HUES = ((213, 94, 0), (0, 114, 178), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233), (120, 94, 60))
# From low to high, evenly lighter: points of Matplotlib's viridis.
_RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_DECADES = 1e-12  # of the highest value: what is less has the same colour on a log scale
_MOST, _FAR = 0.9, 100  # a share of the pixels, and how much higher than theirs is left out of the scale
_FAINTEST = 0.3  # share of a hue that is left at the last step


@dataclass(frozen=True)
class Key:
    """A line of the legend. colours: one, or more from left to right."""

    colours: Sequence[tuple[int, int, int]]
    words: str


def coloured(sweep: PreparedSweep, arrays: Mapping[str, Array]) -> tuple[Picture, list[Key]]:
    """The pixels, of the sweep's shape, and the legend."""
    if "status" in arrays:
        return _outcomes(sweep, arrays)
    median = "median" in arrays
    return _values(sweep, arrays["median" if median else "value"], median=median)


def _outcomes(sweep: PreparedSweep, arrays: Mapping[str, Array]) -> tuple[Picture, list[Key]]:
    status, minimum = arrays["status"], arrays["minimum"].astype(np.int64)
    share = np.log1p(arrays["step"]) / np.log1p(sweep.sweep.steps)  # the first steps differ most
    hue = np.where(status == _DIVERGED, 0, 1 + minimum % (len(_HUES) - 1))
    strength = (1 - (1 - _FAINTEST) * share)[..., None]
    tinted = 255 - (255 - np.array(_HUES)[hue]) * strength
    pixels = np.where((status == _RUNNING)[..., None], _GREY, np.round(tinted)).astype(np.uint8)
    keys = [Key([_GREY], "still going"), Key(_fading(0), "diverged: early to late")]
    points = known_minima(sweep.base)
    changes = any(axis.path[0] == "problem" for axis in sweep.axes)
    for number in np.unique(minimum[status == _CONVERGED]).tolist():
        place = "" if changes else " (" + ", ".join(f"{value:.3g}" for value in points[number].at) + ")"
        keys.append(Key(_fading(1 + number % (len(_HUES) - 1)), f"at minimum {number}{place}: early to late"))
    return pixels, keys


def _fading(hue: int) -> list[tuple[int, int, int]]:
    """A hue from the first step to the last."""
    strengths = np.linspace(1, _FAINTEST, 24)
    rows = np.round(255 - (255 - np.array(_HUES[hue])) * strengths[:, None]).astype(int).tolist()
    return [(red, green, blue) for red, green, blue in rows]


def _values(sweep: PreparedSweep, values: NDArray[np.float64], *, median: bool) -> tuple[Picture, list[Key]]:
    finite = np.isfinite(values)
    known = values[finite]
    low, highest = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    most = float(np.quantile(known, _MOST, method="inverted_cdf")) if known.size else highest
    above = low >= 0 and most > 0 and highest > _FAR * most  # a few runs that are about to diverge
    high = most if above else highest
    least = max(float(known[known > 0].min(initial=high)), _DECADES * high)
    log = low >= 0 and high > 100 * least
    with np.errstate(all="ignore"):  # what is not finite
        share = (values - low) / ((high - low) or 1.0)
        if log:
            share = np.log(np.maximum(values, least) / least) / np.log(high / least)
    pixels = _ramp(np.where(finite, np.clip(share, 0, 1), 0.0))
    pixels[~finite] = _NEVER
    name = sweep.sweep.measure.replace("_", " ") + (f" {sweep.sweep.loss:g}" if sweep.sweep.loss is not None else "")
    scale = ", log scale" if log else ""
    bar = _ramp(np.linspace(0, 1, 96)).tolist()
    first = f"at most {least:.3g}" if log and low < least else f"{low:.3g}"
    last = f"at least {high:.3g}" if above else f"{high:.3g}"
    words = f"{'median ' if median else ''}{name}: {first} to {last}{scale}"
    keys = [Key([(red, green, blue) for red, green, blue in bar], words)]
    if not finite.all():
        keys.append(Key([_NEVER], "never" if sweep.sweep.measure == "steps_to_loss" else "diverged"))
    return pixels, keys


def _ramp(shares: NDArray[np.float64]) -> Picture:
    """(...) from 0 to 1, to (..., 3)."""
    at = np.linspace(0, 1, len(_RAMP))
    parts = [np.interp(shares, at, [colour[part] for colour in _RAMP]) for part in range(3)]
    return np.round(np.stack(parts, axis=-1)).astype(np.uint8)
