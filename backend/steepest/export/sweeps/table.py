"""The pixels as rows of CSV, and all arrays as NumPy's own file."""

import csv as standard
import io
from collections.abc import Mapping

import numpy as np

from steepest.engine import STATUSES, PreparedSweep, known_minima
from steepest.engine.recording.records import Array


def csv(sweep: PreparedSweep, arrays: Mapping[str, Array]) -> str:
    """The header, and a row for each pixel, the last axis first; lines end with CR LF.

    Columns: the axes by what they set, then the arrays; `status` is a word, and infinity and NaN are `inf` and `nan`.
    """
    out = io.StringIO()
    writer = standard.writer(out)
    axes = range(len(sweep.sweep.axes))
    writer.writerow([*(sweep.axes[axis].set for axis in axes), *arrays])
    values = [[sweep.value(axis, place) for place in range(sweep.axes[axis].count)] for axis in axes]
    columns = [array.reshape(-1).tolist() for array in arrays.values()]
    if "status" in arrays:
        columns[list(arrays).index("status")] = [STATUSES[place] for place in arrays["status"].reshape(-1)]
    for pixel, row in zip(np.ndindex(*sweep.sweep.shape), zip(*columns, strict=True), strict=True):
        writer.writerow([*(values[axis][pixel[axis]] for axis in axes), *row])
    return out.getvalue()


def npz(sweep: PreparedSweep, arrays: Mapping[str, Array]) -> bytes:
    """A file for `numpy.load`, compressed.

    Has the arrays; `axis_0`, `axis_1`: the values of the axes; `minima`: of a problem of one or two parameters, (k, n),
    as the experiment has it where an axis changes it; `document`: the sweep, JSON.
    """
    out = io.BytesIO()
    axes = {
        f"axis_{axis}": np.array([sweep.value(axis, place) for place in range(count)])
        for axis, count in enumerate(sweep.sweep.shape)
    }
    minima = np.array([point.at for point in known_minima(sweep.base)], np.float64).reshape(-1, sweep.base.problem.dim)
    if sweep.base.problem.scene is not None:
        axes["minima"] = minima
    np.savez_compressed(out, allow_pickle=False, **arrays, **axes, document=np.array(sweep.sweep.model_dump_json()))
    return out.getvalue()
