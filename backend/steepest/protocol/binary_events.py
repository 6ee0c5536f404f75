"""Events that consist of arrays: each is one binary MessagePack map."""

from typing import Literal

from steepest.engine.diagnosis.detectors import AnyVerdict
from steepest.problems.learning.loss import Shown
from steepest.problems.learning.plot_domain import PlotKind
from steepest.protocol.event_base import EventModel, ReplyModel
from steepest.spec import Text


class WireArray(EventModel):
    """An array inside a binary message. dtype: NumPy's, little-endian. data: raw bytes in C order."""

    dtype: Literal["<f4", "<f8", "<i4", "|u1"]
    shape: list[int]
    data: bytes


class FrameArrays(EventModel):
    """See the engine's Frames."""

    steps: WireArray
    fit: WireArray
    weights: WireArray


class MeasureArrays(EventModel):
    """See the engine's ModelMetrics."""

    steps: WireArray
    losses: WireArray
    accuracy: WireArray
    confusion: WireArray
    layers: WireArray
    histograms: WireArray
    sharpness: WireArray


class RunArrays(EventModel):
    """Records of one run; see the engine's RunRecords. The number of records is loss.shape[0]."""

    run: int
    first: int
    loss: WireArray
    params: WireArray
    grad: WireArray
    grad_norm: WireArray
    update: WireArray
    lr: WireArray
    state: dict[str, WireArray]
    eigenvalues: WireArray
    eigenvectors: WireArray
    rate_zones: WireArray
    status: WireArray
    critical: WireArray
    verdicts: list[AnyVerdict]
    frames: FrameArrays | None
    measures: MeasureArrays | None


class ChunkEvent(EventModel):
    """Binary. Records first..last of every run that has not ended before.

    stopped: every run has diverged; no record follows `last`, whatever is granted.
    """

    op: Literal["chunk"]
    revision: int
    first: int
    last: int
    stopped: bool
    runs: list[RunArrays]


class SurfaceEvent(ReplyModel):
    """Binary. The loss on a grid. z: `<f4` (ny, nx), or (nx,) for one variable; may be non-finite."""

    op: Literal["surface"]
    bounds: list[tuple[float, float]]
    z: WireArray


class DataEvent(ReplyModel):
    """Binary. What a plot of the data needs. At most s samples are plotted, evenly spread over a larger data set.

    kind: of the plot.
    shown: what a fit contains: the model's values, or probabilities of class 1 or of each class.
    outputs: numbers per fit.
    count: samples in all. sizes: of the training, development and test part.
    classes: their names; empty for regression.
    bounds: (low, high) of each input of a curve or map.
    shape: points at which fits are computed, x first and fastest: along the curve or on the map; else the samples.
    samples: `<i4` (s,), their numbers.
    inputs: `<f4` (s, ...), without entries for a table.
    targets: `<f4` (s, k), or `<i4` (s,) for classes.
    part: `|u1` (s,), 0 training, 1 development, 2 test.
    """

    op: Literal["data"]
    kind: PlotKind
    shown: Shown
    outputs: int
    count: int
    sizes: tuple[int, int, int]
    input_names: list[Text]
    target_names: list[Text]
    classes: list[Text]
    bounds: list[tuple[float, float]]
    shape: list[int]
    samples: WireArray
    inputs: WireArray
    targets: WireArray
    part: WireArray


class FitEvent(ReplyModel):
    """Binary. One frame of one run; see the engine's Frames. fit: (g, outputs). weights: (n,), or (0,)."""

    op: Literal["fit"]
    step: int
    run: int
    fit: WireArray
    weights: WireArray


class PlannedRates(EventModel):
    """One run's future rates. steps: `<i4` (m,) from 1, thinned. lr: `<f8` (m,), of the updates that lead there."""

    run: int
    steps: WireArray
    lr: WireArray


class RatesEvent(ReplyModel):
    """Binary. Future learning rates, with the present edits; see the engine's `preview_lr`.

    runs: those whose schedule depends on the step number alone.
    """

    op: Literal["rates"]
    runs: list[PlannedRates]


class PreviewArrays(EventModel):
    """See the engine's Preview. steps: `<i4` (m,), thinned. params: (m, n), of at most two parameters; else (m, 0)."""

    steps: WireArray
    loss: WireArray
    grad_norm: WireArray
    params: WireArray
    diverged: bool


class PreviewEvent(ReplyModel):
    """Binary. The records that a run would have if an edit were made at a step.

    arrays: null for a run that is not compiled, and for one that has ended before the step.
    """

    op: Literal["preview"]
    run: int
    step: int
    arrays: PreviewArrays | None


class TileEvent(ReplyModel):
    """Binary. The pixels of a sweep at `starts + k * strides`, k below `counts`, along each axis.

    number: of the tile, from 0. count: of all tiles; the last one ends the answer.
    values: for each axis `<f8`, those of the experiment's number at the pixels.
    arrays: by name, of shape `counts`. Of an outcome `|u1` status (0 running, 1 converged, 2 diverged), `<i4` step and
        `<i4` minimum; else `<f8` value, or low, median and high over a repeat. See the engine's `sweep`.
    minima: `<f8` (m, n), those that `minimum` counts; without any where no outcome is measured.
    curvature: the largest eigenvalue of the Hessian, where the loss is a quadratic function; else null.
    """

    op: Literal["tile"]
    number: int
    count: int
    starts: list[int]
    strides: list[int]
    counts: list[int]
    values: list[WireArray]
    arrays: dict[str, WireArray]
    minima: WireArray
    curvature: float | None


class PlanePath(EventModel):
    """One run's path.

    steps: `<i4` (m,), thinned.
    at: `<f8` (m, 2), coordinates of the nearest points of the plane.
    loss, on_plane: `<f8` (m,), the loss at the path's points, and at those nearest points.
    """

    run: int
    steps: WireArray
    at: WireArray
    loss: WireArray
    on_plane: WireArray


class PlaneEvent(ReplyModel):
    """Binary. A plane through parameter space; see the engine's Plane.

    step: where the paths end. centre: the step whose parameters are at (0, 0).
    shares: of the paths' variance, by direction.
    bounds: (low, high) of both coordinates.
    z: `<f4` (nv, nu), the loss on the grid.
    samples, train: the loss is computed on `samples` of the training part's `train` samples.
    """

    op: Literal["plane"]
    kind: Literal["principal", "random"]
    step: int
    centre: int
    shares: tuple[float, float]
    bounds: list[tuple[float, float]]
    z: WireArray
    samples: int
    train: int
    paths: list[PlanePath]


class NeuronColumnModel(EventModel):
    """See the engine's NeuronColumn."""

    size: int
    functions: list[str]


class NeuronsEvent(ReplyModel):
    """Binary. What each neuron gives out, inputs first, and the net's parameters; see the engine's Neurons.

    shape: of a map or a curve, () where there are neither.
    maps: `<f4` (k, g). means: `<f4` (k,), over `samples` training samples.
    params: (n,), in the run's dtype.
    """

    op: Literal["neurons"]
    step: int
    run: int
    columns: list[NeuronColumnModel]
    shape: list[int]
    maps: WireArray
    means: WireArray
    samples: int
    params: WireArray
