"""What the server says: JSON text, or for arrays one binary MessagePack map. Fields have no defaults."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.engine.diagnosis.detectors import AnyVerdict
from steepest.engine.recording.records import Critical, Status
from steepest.optimizers.worked_step import Arrow
from steepest.problems import CriticalPoint, Layer, Scene
from steepest.problems.learning.loss import Shown
from steepest.problems.learning.plot_domain import PlotKind
from steepest.spec import Experiment, Text

# A number that may be NaN or infinite: JSON has no such numbers, so an event holds these words instead.
Real = float | Literal["NaN", "Infinity", "-Infinity"]

ErrorCode = Literal[
    "bad_message",  # not a command
    "invalid",  # a command whose content cannot be used; `field` says where
    "limit",  # a cap of this server; the message says which
    "no_experiment",  # nothing is open
    "busy",  # no room for one more session
    "worker_lost",  # the work was tried again and its worker died each time
    "step_timeout",  # one step took longer than a step may
    "internal",  # our fault; the server's log has it
]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True, ser_json_inf_nan="strings")


class _Reply(_Event):
    """id: that of the command this answers."""

    id: int


class Opened(_Reply):
    """The experiment is open. experiment: with every default filled in. revision: the chunks of it carry it.

    scene: what a picture of the loss needs, null where it has more than two parameters. layers: the tensors of the
    parameters. device: where steps run. torch: its version. max_steps: the last
    step that this server makes.
    """

    op: Literal["opened"]
    revision: int
    experiment: Experiment
    scene: Scene | None
    layers: list[Layer]
    device: str
    torch: str
    max_steps: int


class Edited(_Reply):
    """The edit is part of the experiment; records after `step` are forgotten, and new ones carry `revision`."""

    op: Literal["edited"]
    revision: int
    step: int
    experiment: Experiment


class Forked(_Reply):
    """The branch is the experiment's last run; its records up to `step` are those of the run it left.

    Records of all runs after `step` are forgotten, and new ones carry `revision`.
    """

    op: Literal["forked"]
    revision: int
    step: int
    experiment: Experiment


class Line(_Event):
    """One line of the rule: `name = rule = numbers`, all LaTeX; numbers ends with the result.

    value: the result, a number or one a parameter; null for a matrix. slot: entry of the optimizer's state that it is.
    arrow: which arrow on the map it is.
    """

    name: str
    rule: str
    numbers: str
    value: Real | list[Real] | None
    slot: str | None
    arrow: Arrow | None


class Worked(_Event):
    """The update from record `step` to the next, with the edits at `step` in force; the last line is the update.

    optimizer: its id. start: where the update begins, which an edit may have moved.
    """

    step: int
    optimizer: str
    start: list[Real]
    lines: list[Line]


class Inspected(_Reply):
    """One record in numbers; see the engine's RunRecords for each field's meaning.

    worked: the step that leads on from it; null where the run ends, or its optimizer's steps are not worked out.
    """

    op: Literal["inspected"]
    step: int
    run: int
    loss: Real
    params: list[Real]
    grad: list[Real]
    grad_norm: Real
    update: list[Real]
    state: dict[str, Real | list[Real]]
    eigenvalues: list[Real]
    eigenvectors: list[list[Real]]
    status: Status
    critical: Critical
    worked: Worked | None


class Points(_Reply):
    """The problem's critical points within the bounds that were asked for: declared ones, and those that were found."""

    op: Literal["points"]
    points: list[CriticalPoint]


class Closed(_Reply):
    """Nothing is open any more."""

    op: Literal["closed"]


class Error(_Event):
    """The one shape of every error. What was open stays open.

    id: the command's own number, 0 where there is none. field: path of the wrong field. step: where it happened.
    column: for text that the user typed, the 1-based column.
    """

    op: Literal["error"]
    id: int
    code: ErrorCode
    message: str
    field: str | None
    step: int | None
    column: int | None


class WireArray(_Event):
    """An array inside a binary message. dtype: NumPy's, little-endian; data: raw, C order."""

    dtype: Literal["<f4", "<f8", "<i4", "|u1"]
    shape: list[int]
    data: bytes


class FrameArrays(_Event):
    """See the engine's Frames."""

    steps: WireArray
    fit: WireArray
    weights: WireArray


class MeasureArrays(_Event):
    """See the engine's ModelMetrics."""

    steps: WireArray
    losses: WireArray
    accuracy: WireArray
    confusion: WireArray
    layers: WireArray
    histograms: WireArray
    sharpness: WireArray


class RunArrays(_Event):
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
    status: WireArray
    critical: WireArray
    verdicts: list[AnyVerdict]
    frames: FrameArrays | None
    measures: MeasureArrays | None


class ChunkEvent(_Event):
    """Binary. Records first..last of every run that has not stopped before.

    stopped: every run has diverged; nothing comes after `last`, whatever is granted.
    """

    op: Literal["chunk"]
    revision: int
    first: int
    last: int
    stopped: bool
    runs: list[RunArrays]


class SurfaceEvent(_Reply):
    """Binary. The loss on a grid: z, `<f4`, has shape (ny, nx), or (nx,) for one variable; not all of it is finite."""

    op: Literal["surface"]
    bounds: list[tuple[float, float]]
    z: WireArray


class DataEvent(_Reply):
    """Binary. What a picture of the data needs. s samples are drawn, evenly spread over the set where it has more.

    kind: what it is drawn as. bounds: (low, high) of each input of a curve or map. shape: inputs at which fits are, x
    first and fastest: along the curve, or on the map; elsewhere they are the samples, in order. shown: what a fit is
    of: the model's values, or the probabilities that it makes of them, of class 1 or of each class. count: samples in
    all; sizes: of those in the training, development and test part. samples: `<i4` (s,), their numbers. inputs: `<f4`
    (s, ...), of a table none. targets: `<f4` (s, k), or `<i4` (s,) where there are classes. part: `|u1` (s,): 0
    training, 1 development, 2 test.
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


class FitEvent(_Reply):
    """Binary. One frame of one run; see the engine's Frames. fit: (g, outputs). weights: (n,), or (0,)."""

    op: Literal["fit"]
    step: int
    run: int
    fit: WireArray
    weights: WireArray


class PlannedRates(_Event):
    """One run's rates ahead. steps: `<i4` (m,) from 1 on, thinned. lr: `<f8` (m,), of the updates that lead there."""

    run: int
    steps: WireArray
    lr: WireArray


class RatesEvent(_Reply):
    """Binary. The learning rates ahead, with the edits that there are; see the engine's `preview_lr`.

    runs: those whose schedule follows from the number of the step alone.
    """

    op: Literal["rates"]
    runs: list[PlannedRates]


class PlanePath(_Event):
    """One run's path. steps: `<i4` (m,), thinned. at: `<f8` (m, 2), coordinates of its points' nearest places.

    loss, on_plane: `<f8` (m,), the true loss at the points themselves, and at those places of the plane.
    """

    run: int
    steps: WireArray
    at: WireArray
    loss: WireArray
    on_plane: WireArray


class PlaneEvent(_Reply):
    """Binary. A plane through parameter space; see the engine's Plane.

    step: the paths end there. centre: the step whose point is (0, 0). shares: of the paths' variance, by direction.
    bounds: (low, high) of both coordinates. z: `<f4` (nv, nu), the loss on the grid. samples: so many of the training
    part's `train` samples the losses are of.
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


class GraphNode(_Event):
    """See `problems.graph.Node`."""

    name: str
    kind: Literal["variable", "operation", "output"]
    rule: str
    layer: int
    value: Real
    gradient: Real
    bias: Real | None
    bias_gradient: Real | None


class GraphEdge(_Event):
    """See `problems.graph.Edge`. start, end: numbers of nodes."""

    start: int
    end: int
    local: Real
    weight: Real | None
    weight_gradient: Real | None


class GraphEvent(_Reply):
    """Backpropagation as a graph; nodes in an order in which each comes after all it is made of, the output last.

    run, step, sample: of a net; samples: of its training part, 0 for an expression.
    """

    op: Literal["graph"]
    run: int
    step: int
    sample: int
    samples: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class CheckedParameter(_Event):
    """The slope of the loss along one parameter, found in several ways; see the engine's Check."""

    name: str
    value: Real
    autograd: Real
    exact: Real
    central: Real
    analytic: Real | None


class Checked(_Reply):
    """The gradient of one run at one step, checked at `dim` parameters or some of them.

    errors32, errors64: relative, of central differences at each of `deltas`, in either dtype.
    """

    op: Literal["checked"]
    run: int
    step: int
    delta: float
    dim: int
    parameters: list[CheckedParameter]
    deltas: list[float]
    errors32: list[Real]
    errors64: list[Real]


Event = Annotated[
    Opened
    | Edited
    | Forked
    | Inspected
    | Points
    | Closed
    | Error
    | ChunkEvent
    | SurfaceEvent
    | DataEvent
    | FitEvent
    | RatesEvent
    | PlaneEvent
    | GraphEvent
    | Checked,
    Field(discriminator="op"),
]
