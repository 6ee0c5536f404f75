"""One live socket: commands out, events in, binary events as the engine's own records."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_socket
from websockets.typing import Origin

from steepest.client.address import Address
from steepest.client.errors import ServerError, Unreachable
from steepest.engine.recording.records import Chunk
from steepest.protocol.binary import truncated, unpack, unpack_array, unpack_chunk
from steepest.protocol.commands import (
    Advance,
    CheckCommand,
    Close,
    Command,
    DataCommand,
    EditCommand,
    FitCommand,
    ForkCommand,
    GraphCommand,
    Inspect,
    NeuronsCommand,
    Open,
    PlaneCommand,
    PreviewCommand,
    RatesCommand,
    Rehearse,
    SurfaceCommand,
    TryScaling,
)
from steepest.protocol.events import (
    Checked,
    Closed,
    Edited,
    Error,
    Event,
    Forked,
    GraphEvent,
    Inspected,
    Opened,
    Rehearsed,
    ScalingTried,
)
from steepest.spec import Edit, Experiment, parse_experiment
from steepest.spec.text import Language

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_LARGEST = 64 * 2**20  # bytes of one event; a chunk of one slice of work is far smaller

Reply = TypeVar(
    "Reply",
    Opened,
    Edited,
    Forked,
    Inspected,
    Closed,
    GraphEvent,
    Checked,
    Rehearsed,
    ScalingTried,
    "Grid",
    "Arrays",
)


class Grid:
    """A `SurfaceEvent`. bounds: as requested. z: float32 (ny, nx), or (nx,) for one variable."""

    def __init__(self, bounds: list[list[float]], z: NDArray[np.float32]) -> None:
        self.bounds = bounds
        self.z = z


class Arrays(dict[str, Any]):
    """Any other binary event: its fields by name, with NumPy arrays."""


@contextmanager
def connect(url: str, *, token: str = "", timeout: float = 10.0) -> Iterator["Client"]:
    """A client of the server at `url`, disconnected at the end of the block.

    token: where the server needs one and `url` does not contain it.
    timeout: seconds for connecting.
    Raises `Invalid` for an invalid address, `Unreachable` where no server answers.
    """
    address = Address.parse(url)
    if token and not address.token:
        address = replace(address, token=token)
    with ExitStack() as stack:
        try:
            # No proxy: the server is on this machine or nearby. No compression: the server does not support it.
            socket = stack.enter_context(
                connect_socket(
                    address.live,
                    origin=Origin(address.origin),
                    additional_headers=address.headers,
                    compression=None,
                    proxy=None,
                    open_timeout=timeout,
                    max_size=_LARGEST,
                )
            )
        except InvalidStatus as error:
            status = error.response.status_code
            hint = "; it opens by the link that it printed, with ?token=" if status == 401 else ""
            raise Unreachable(f"{address.live} refused us: HTTP {status}{hint}") from None
        except (InvalidHandshake, InvalidMessage):
            raise Unreachable(f"{address.live} is no Steepest server") from None
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"no server at {address.live}: {_reason(error)}") from None
        yield Client(socket)


class Client:
    """Sends commands and waits for their replies. Chunks that arrive meanwhile are kept for `records`.

    A full server may let go of an experiment that was idle, or have this wait for a place: it is opened again by
    itself, and the command sent again.

    Every method raises `ServerError` for an error of the server and `Unreachable` where the connection ends.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._commands = 0
        self._revision = -1
        self._chunks: deque[Chunk] = deque()
        self._experiment: Experiment | None = None  # the one that is open
        self._language: Language = "en"
        self._last = -1  # step of the last record that came
        self._grant: Advance | None = None  # the last one

    def open(self, experiment: Experiment | Mapping[str, Any], *, after: int = -1, language: Language = "en") -> Opened:
        """Opens an experiment. after: records up to this step are not sent again."""
        document = experiment if isinstance(experiment, Experiment) else parse_experiment(experiment)
        command = Open(op="open", id=self._next(), experiment=document, after=after, language=language)
        opened = self._ask(command, Opened)
        self._chunks.clear()
        self._experiment, self._language, self._last, self._grant = opened.experiment, language, after, None
        self._revision = opened.revision
        return opened

    def advance(self, until: int, every: int = 1) -> None:
        """Grants records up to and including step `until`, without waiting. every: steps between two fits."""
        self._grant = Advance(op="advance", id=self._next(), until=until, every=every)
        self._send(self._grant)

    def records(self, until: int, every: int = 1) -> Iterator[Chunk]:
        """Grants steps, and yields chunks up to the one with step `until` or the end of every run."""
        self.advance(until, every)
        while True:
            chunk = self.chunk()
            yield chunk
            if chunk.stopped or chunk.last >= until:
                return

    def chunk(self) -> Chunk:
        """Waits for the next chunk of the present revision."""
        while not self._chunks:
            try:
                self._receive()
            except ServerError as error:
                self._come_back(error, self._grant)
        return self._chunks.popleft()

    def edit(self, edit: Edit) -> Edited:
        """Changes the experiment. Records after the edit's step are dropped, also those that wait in this client."""
        edited = self._ask(EditCommand(op="edit", id=self._next(), edit=edit), Edited)
        self._cut(edited)
        return edited

    def fork(self, edit: Edit) -> Forked:
        """Adds a branch that leaves a run at the edit's step, as the last run. Records after the step are dropped.

        The branch's records up to the step equal those of the run that it leaves, and are not sent again.
        """
        forked = self._ask(ForkCommand(op="fork", id=self._next(), edit=edit), Forked)
        self._cut(forked)
        return forked

    def _cut(self, event: Edited | Forked) -> None:
        self._revision, self._experiment = event.revision, event.experiment
        self._last = min(self._last, event.step)
        cut = (truncated(chunk, event.step) for chunk in self._chunks)
        self._chunks = deque(chunk for chunk in cut if chunk is not None)

    def inspect(self, step: int, run: int) -> Inspected:
        """One record in numbers."""
        return self._ask(Inspect(op="inspect", id=self._next(), step=step, run=run), Inspected)

    def surface(self, bounds: Sequence[Sequence[float]], shape: Sequence[int]) -> Grid:
        """The problem's loss on a grid. bounds: (low, high) per parameter. shape: points per parameter, x first."""
        pairs = [list(map(float, pair)) for pair in bounds]
        command = SurfaceCommand(op="surface", id=self._next(), bounds=pairs, shape=list(shape))
        return self._ask(command, Grid)

    def data(self) -> Arrays:
        """What a plot of the open experiment's data needs."""
        return self._ask(DataCommand(op="data", id=self._next()), Arrays)

    def fit(self, step: int, run: int) -> Arrays:
        """The outputs of a run's model at a step, at the plotted inputs."""
        return self._ask(FitCommand(op="fit", id=self._next(), step=step, run=run), Arrays)

    def rates(self, until: int | None = None) -> Arrays:
        """Future learning rates of runs whose schedule depends on the step alone. until: None for the whole course."""
        return self._ask(RatesCommand(op="rates", id=self._next(), until=until), Arrays)

    def preview(self, edit: Edit, until: int) -> Arrays:
        """The records that run `edit.run` would have up to step `until` if the edit were made. Nothing changes."""
        return self._ask(PreviewCommand(op="preview", id=self._next(), edit=edit, until=until), Arrays)

    def rehearse(self, remedy: Edit, step: int) -> Rehearsed:
        """Whether a verdict's remedy is better than the run as it is, recorded up to a step. Nothing changes."""
        return self._ask(Rehearse(op="rehearse", id=self._next(), remedy=remedy, step=step), Rehearsed)

    def try_scaling(self, run: int = 0) -> ScalingTried:
        """Whether a run would do better on a scaled table. Nothing changes."""
        return self._ask(TryScaling(op="try_scaling", id=self._next(), run=run), ScalingTried)

    def plane(
        self, step: int, runs: Sequence[int] = (0,), kind: Literal["principal", "random"] = "principal"
    ) -> Arrays:
        """A plane through the model's parameters, with the loss on it and the runs' paths up to a step."""
        return self._ask(PlaneCommand(op="plane", id=self._next(), runs=list(runs), kind=kind, step=step), Arrays)

    def graph(self, expression: str, values: Mapping[str, float]) -> GraphEvent:
        """Backpropagation through an expression in letters."""
        command = GraphCommand(op="graph", id=self._next(), expression=expression, values=dict(values))
        return self._ask(command, GraphEvent)

    def net_graph(self, step: int, run: int, sample: int) -> GraphEvent:
        """Backpropagation through the open net, for one training sample."""
        return self._ask(GraphCommand(op="graph", id=self._next(), run=run, step=step, sample=sample), GraphEvent)

    def neurons(self, step: int, run: int) -> Arrays:
        """What each neuron of a run's net gives out at a step, and the net's parameters: a `neurons` event."""
        return self._ask(NeuronsCommand(op="neurons", id=self._next(), step=step, run=run), Arrays)

    def check(self, step: int, run: int, delta: float = 0.1) -> Checked:
        """The gradient of a run at a step, compared with central differences."""
        return self._ask(CheckCommand(op="check", id=self._next(), step=step, run=run, delta=delta), Checked)

    def close(self) -> Closed:
        """Closes the open experiment; the connection stays."""
        self._experiment = None
        closed = self._ask(Close(op="close", id=self._next()), Closed)
        self._chunks.clear()
        return closed

    def send(self, message: str | bytes) -> None:
        """Sends any message, valid or not, for tests of the server."""
        try:
            self._socket.send(message)
        except ConnectionClosed as error:
            raise _ended(error) from None

    def _next(self) -> int:
        self._commands += 1
        return self._commands

    def _send(self, command: Command) -> None:
        self.send(command.model_dump_json())

    def _ask(self, command: Command, kind: type[Reply]) -> Reply:
        self._send(command)
        while True:
            try:
                event = self._receive()
            except ServerError as error:
                self._come_back(error, command)
            else:
                if isinstance(event, kind):
                    return event

    def _come_back(self, error: ServerError, command: Command | None) -> None:
        """Opens the experiment again, and sends the command again, where the server has let go of it; else raises."""
        if error.event.code != "no_experiment" or self._experiment is None:
            raise error
        document, after, language = self._experiment, self._last, self._language
        self._send(Open(op="open", id=self._next(), experiment=document, after=after, language=language))
        opened: object = None
        while not isinstance(opened, Opened):
            try:
                opened = self._receive()
            except ServerError as other:
                if other.event.code != "no_experiment":  # of a command sent meanwhile
                    raise
        self._revision = opened.revision
        if command is not None:
            self._send(command)

    def _receive(self) -> Event | Grid | Arrays | None:
        """The next event; None for a chunk, which is kept if it is of the present revision."""
        try:
            message = self._socket.recv()
        except ConnectionClosed as error:
            raise _ended(error) from None
        if isinstance(message, str):
            event = _EVENT.validate_json(message)
            if isinstance(event, Error):
                raise ServerError(event)
            return event
        body = unpack(message)
        if body["op"] == "surface":
            return Grid(body["bounds"], unpack_array(body["z"]))
        if body["op"] in ("data", "fit", "rates", "plane", "preview", "neurons"):
            return Arrays({name: _arrays(value) for name, value in body.items()})
        if body["revision"] == self._revision:
            self._chunks.append(unpack_chunk(body))
            self._last = body["last"]
        return None


def _arrays(value: Any) -> Any:
    """Any part of a message with NumPy arrays in place of wire arrays, nested ones too."""
    if isinstance(value, dict):
        return unpack_array(value) if "dtype" in value else {name: _arrays(item) for name, item in value.items()}
    return [_arrays(item) for item in value] if isinstance(value, list) else value


def _ended(error: ConnectionClosed) -> Unreachable:
    code = error.rcvd.code if error.rcvd else 1006  # 1006: without a close frame
    return Unreachable(f"the server ended the connection (code {code})")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error).splitlines()[0] if str(error) else "no answer in time"
