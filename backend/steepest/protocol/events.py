"""What the server sends: JSON text, or one binary MessagePack map for arrays. No field has a default."""

from typing import Annotated, Literal

from pydantic import Field

from steepest.engine.recording.records import Critical, Status
from steepest.optimizers.worked_step import Arrow
from steepest.problems import CriticalPoint, Layer, Scene
from steepest.protocol.binary_events import (
    ChunkEvent,
    DataEvent,
    FitEvent,
    NeuronsEvent,
    PlaneEvent,
    PreviewEvent,
    RatesEvent,
    SurfaceEvent,
    TileEvent,
)
from steepest.protocol.event_base import EventModel, Real, ReplyModel
from steepest.spec import Edit, Engine, Experiment

ErrorCode = Literal[
    "bad_message",  # not a command
    "invalid",  # a command whose content cannot be used; `field` says where
    "limit",  # a limit of this server; the message says which
    "no_experiment",  # no experiment is open
    "forbidden",  # the role in a room may not do that
    "no_room",  # there is no such room, or no longer
    "conflict",  # the room does something else by now
    "busy",  # all places of a kind are in use, of the server or of one address; the message says which
    "worker_lost",  # the worker died at every attempt
    "step_timeout",  # one step exceeded the time limit
    "internal",  # a bug; the server's log has the traceback
]


class Opened(ReplyModel):
    """The experiment is open.

    revision: of the chunks that follow.
    experiment: with every default filled in.
    engines: one a run: what makes its updates after its last edit.
    scene: what a plot of the loss needs; null with more than two parameters.
    layers: the tensors of the parameters.
    device: where steps run. torch: PyTorch's version.
    max_steps: the last step that this server computes.
    """

    op: Literal["opened"]
    revision: int
    experiment: Experiment
    engines: list[Engine]
    scene: Scene | None
    layers: list[Layer]
    device: str
    torch: str
    max_steps: int


class Waiting(ReplyModel):
    """The server is full, and the experiment is opened in its turn, without another command.

    It comes again whenever the place changes. A later `open` takes the place in the queue, a `close` gives it up.

    place: in the queue, from 1.
    """

    op: Literal["waiting"]
    place: int


class Released(EventModel):
    """The experiment is not open any more: nothing happened in it for a while, and another client needed the place.

    To go on, `open` it again with `after`.
    """

    op: Literal["released"]


class Edited(ReplyModel):
    """The edit is part of the experiment. Records after `step` are invalid; new ones carry `revision`.

    engines: as in `Opened`.
    """

    op: Literal["edited"]
    revision: int
    step: int
    experiment: Experiment
    engines: list[Engine]


class Forked(ReplyModel):
    """The branch is the experiment's last run; its records up to `step` equal those of the run it leaves.

    Records of all runs after `step` are invalid; new ones carry `revision`. engines: as in `Opened`.
    """

    op: Literal["forked"]
    revision: int
    step: int
    experiment: Experiment
    engines: list[Engine]


class Compiling(EventModel):
    """A kernel is being made for the records of `revision`, and has taken a while. The next chunk ends that."""

    op: Literal["compiling"]
    revision: int


class Line(EventModel):
    """One line of an update rule: `name = rule = numbers`, all LaTeX.

    numbers: the rule with numbers put in, ending with the result.
    value: the result, one number or one per parameter; null for a matrix.
    slot: the entry of the optimizer's state that it is.
    arrow: the arrow on the map that it is.
    """

    name: str
    rule: str
    numbers: str
    value: Real | list[Real] | None
    slot: str | None
    arrow: Arrow | None


class Worked(EventModel):
    """The update from record `step` to the next, with the edits at `step` applied. The last line is the update.

    optimizer: its id.
    start: the parameters before the update, which an edit may have moved.
    """

    step: int
    optimizer: str
    start: list[Real]
    lines: list[Line]


class Moved(EventModel):
    """Where the edits at a step have put a run, before the update that follows."""

    params: list[Real]
    loss: Real
    grad: list[Real]
    grad_norm: Real


class Inspected(ReplyModel):
    """One record in numbers; see the engine's RunRecords for each field.

    worked: the update that follows; null where the run ends, or where its optimizer's steps are not explained.
    moved: where the edits at this step have put the run; null where they move it nowhere.
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
    moved: Moved | None


class Points(ReplyModel):
    """The problem's critical points within the requested bounds: declared ones, and those found numerically."""

    op: Literal["points"]
    points: list[CriticalPoint]


class Closed(ReplyModel):
    """No experiment is open any more."""

    op: Literal["closed"]


class Error(EventModel):
    """The one shape of every error. An open experiment stays open.

    id: of the command that failed, 0 for none.
    field: path of the wrong field.
    step: where the run failed.
    column: 1-based, in text that the user typed.
    """

    op: Literal["error"]
    id: int
    code: ErrorCode
    message: str
    field: str | None
    step: int | None
    column: int | None


class GraphNode(EventModel):
    """See `problems.computation_graph.Node`."""

    name: str
    kind: Literal["variable", "operation", "output"]
    rule: str
    layer: int
    value: Real
    gradient: Real
    bias: Real | None
    bias_gradient: Real | None


class GraphEdge(EventModel):
    """See `problems.computation_graph.Edge`. start, end: numbers of nodes."""

    start: int
    end: int
    local: Real
    weight: Real | None
    weight_gradient: Real | None


class GraphEvent(ReplyModel):
    """Backpropagation as a graph. Nodes come after those they are computed from; the output is the last.

    run, step, sample: of a net. samples: of its training part; 0 for an expression.
    """

    op: Literal["graph"]
    run: int
    step: int
    sample: int
    samples: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class CheckedParameter(EventModel):
    """The derivative of the loss by one parameter, computed in several ways; see the engine's Check."""

    name: str
    value: Real
    autograd: Real
    exact: Real
    central: Real
    analytic: Real | None


class Checked(ReplyModel):
    """The gradient of one run at one step, checked at all `dim` parameters or some of them.

    errors32, errors64: relative errors of central differences with each of `deltas`, in float32 and float64.
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


class EngineDifference(EventModel):
    """A difference of one value at one record, as the engine has it.

    value: `loss`, `gradient`, `parameters`, or torch's name of a part of the optimizer's state.
    relative: to the value's largest element. ulps: in units in the last place of that element.
    share: of its tolerance; at most 1 where the engines agree.
    """

    value: str
    step: int
    relative: Real
    ulps: Real
    share: Real


class EngineCheckOfRun(EventModel):
    """How far one run is from PyTorch.

    engines: what makes its records; `["eager"]` where there is nothing to compare.
    first, last: records that were compared; last is before first where there were none.
    worst: the difference nearest to its tolerance, or farthest beyond; null where nothing was compared.
    within: whether all differences are within their tolerances.
    drift: how far the run has gone, since `first`, from one that PyTorch makes alone, relative to its parameters.
    """

    run: int
    engines: list[Engine]
    first: int
    last: int
    worst: EngineDifference | None
    within: bool
    drift: Real


class EngineChecked(ReplyModel):
    """Every run's steps up to `step`, made again by PyTorch and compared."""

    op: Literal["engine_checked"]
    step: int
    runs: list[EngineCheckOfRun]


class Outcome(EventModel):
    """What came of one try. loss: the mean of the last fifth of its records; infinite where it diverged."""

    loss: Real
    diverged: bool


class Rehearsed(ReplyModel):
    """What was tried of a remedy.

    run: its number. first, steps: where the tries began, and the steps that each made unless it diverged.
    begun: the loss at the first step. without: the run as it is.
    remedy, outcome: the edit that is better, and what comes of it; it may be another rate than was asked about. Null
        where none is better.
    """

    op: Literal["rehearsed"]
    run: int
    first: int
    steps: int
    begun: Real
    without: Outcome
    remedy: Edit | None
    outcome: Outcome | None


class ScalingTried(ReplyModel):
    """What was tried of a scaled table, for run `run`.

    what: is scaled; null where there was nothing to try: nothing that can be scaled, or nothing far from 1.
    steps: of each try, from the start.
    without: on the table as it is, its loss in the scaled target's unit; null where nothing was tried.
    at_least: the loss without is a lower bound.
    scaled, experiment: what comes of the scaled table, and its experiment; null where that is not clearly better.
    lr: the learning rate that this takes; null for the run's own.
    """

    op: Literal["scaling_tried"]
    run: int
    what: Literal["inputs", "target", "both"] | None
    steps: int
    without: Outcome | None
    at_least: bool
    scaled: Outcome | None
    experiment: Experiment | None
    lr: float | None


Event = Annotated[
    Opened
    | Waiting
    | Released
    | Edited
    | Forked
    | Compiling
    | Inspected
    | Points
    | Closed
    | Error
    | ChunkEvent
    | SurfaceEvent
    | DataEvent
    | FitEvent
    | NeuronsEvent
    | RatesEvent
    | PreviewEvent
    | PlaneEvent
    | TileEvent
    | GraphEvent
    | Checked
    | EngineChecked
    | Rehearsed
    | ScalingTried,
    Field(discriminator="op"),
]
