"""What a client sends: JSON text, one object with an `op`."""

from functools import cache
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import Field, TypeAdapter, ValidationError

from steepest.spec import Edit, Experiment, Invalid, Sweep, Text
from steepest.spec.strict import Finite, Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.text import Language
from steepest.spec.validation_errors import to_invalid

Result = TypeVar("Result")

_MAX_ID = 2**53 - 1  # JavaScript's Number.MAX_SAFE_INTEGER


class CommandBase(Strict):
    """id: the client's own number for this command; the reply or the error repeats it."""

    id: int = Field(default=0, ge=0, le=_MAX_ID)


class Open(CommandBase):
    """Opens an experiment and closes the one that is open. On an error that one stays open.

    after: the client has the records up to and including this step, and they are not sent (-1: it has none).
    language: of error messages.
    """

    op: Literal["open"]
    experiment: Experiment
    after: int = Field(default=-1, ge=-1)
    language: Language = "en"


class Advance(CommandBase):
    """Grants records up to and including step `until`. A later grant replaces it.

    every: distance in steps between two fits of a model.
    """

    op: Literal["advance"]
    until: int = Field(ge=0)
    every: int = Field(default=1, ge=1)


class EditCommand(CommandBase):
    """Changes the open experiment at a step. Records after that step are invalid and computed again."""

    op: Literal["edit"]
    edit: Edit


class ForkCommand(CommandBase):
    """Adds a branch that leaves run `edit.run` at `edit.step`, with the edit applied; `"set": {}` changes nothing.

    The branch is the experiment's last run. Records of all runs after that step are invalid and computed again.
    """

    op: Literal["fork"]
    edit: Edit


class Inspect(CommandBase):
    """Asks for one record of one run in numbers."""

    op: Literal["inspect"]
    step: int = Field(ge=0)
    run: int = Field(ge=0)


class SurfaceCommand(CommandBase):
    """Asks for the loss on a grid. bounds: (low, high) per parameter. shape: points per parameter, x first."""

    op: Literal["surface"]
    bounds: list[Annotated[list[Finite], Field(min_length=2, max_length=2)]] = Field(min_length=1, max_length=2)
    shape: list[Annotated[int, Field(ge=2)]] = Field(min_length=1, max_length=2)


class PointsCommand(CommandBase):
    """Asks for the problem's critical points. bounds: (low, high) per parameter."""

    op: Literal["points"]
    bounds: list[Annotated[list[Finite], Field(min_length=2, max_length=2)]] = Field(min_length=1, max_length=2)


class DataCommand(CommandBase):
    """Asks for what a plot of the open experiment's data needs."""

    op: Literal["data"]


class FitCommand(CommandBase):
    """Asks for the outputs of one run's model at one step, at the plotted inputs."""

    op: Literal["fit"]
    step: int = Field(ge=0)
    run: int = Field(ge=0)


class RatesCommand(CommandBase):
    """Asks for the future learning rates of every run whose schedule depends on the step number alone.

    until: the last record; null: as far as each schedule needs to show its whole course.
    """

    op: Literal["rates"]
    until: int | None = Field(default=None, ge=1)


class PreviewCommand(CommandBase):
    """Asks for the records that run `edit.run` would have from `edit.step` on, if the edit were made. Nothing changes.

    until: the last record; fewer come where they take long.
    """

    op: Literal["preview"]
    edit: Edit
    until: int = Field(ge=0)


class Rehearse(CommandBase):
    """Asks whether a verdict's remedy keeps what it promises: the run is tried with and without it. Nothing changes.

    remedy: as the verdict has it. step: a recorded one, such as the verdict's; the tries go some hundred steps beyond.
    """

    op: Literal["rehearse"]
    remedy: Edit
    step: int = Field(ge=0)


class TryScaling(CommandBase):
    """Asks whether a run would do better on a scaled table: it is tried on both from its start. Nothing changes."""

    op: Literal["try_scaling"]
    run: int = Field(ge=0)


class PlaneCommand(CommandBase):
    """Asks for a plane through the model's parameters, the loss on it, and runs' paths up to `step` projected onto it.

    runs: whose paths. The plane contains the first one's parameters at `centre`, or at `step` where that is null.
    kind: `principal` lies along the paths, `random` has filter-normalised directions.
    draw: number of the random directions.
    shape: points of the grid; fewer are computed where a loss takes long.
    """

    op: Literal["plane"]
    runs: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=8)
    kind: Literal["principal", "random"]
    step: int = Field(ge=0)
    centre: int | None = Field(default=None, ge=0)
    draw: int = Field(default=0, ge=0, le=_MAX_ID)
    shape: list[Annotated[int, Field(ge=2)]] = Field(default=[41, 41], min_length=2, max_length=2)


class GraphCommand(CommandBase):
    """Asks for backpropagation as a graph: of an expression in letters, or of the open net where that is null.

    values: of the expression's letters; 1 where missing.
    run, step, sample: of the net; the sample's number in the training part.
    """

    op: Literal["graph"]
    expression: str | None = None
    values: dict[str, Finite] = Field(default_factory=dict)
    run: int = Field(default=0, ge=0)
    step: int = Field(default=0, ge=0)
    sample: int = Field(default=0, ge=0)


class NeuronsCommand(CommandBase):
    """Asks what each neuron of a run's net gives out at a step, and for the net's parameters."""

    op: Literal["neurons"]
    step: int = Field(ge=0)
    run: int = Field(ge=0)


class CheckCommand(CommandBase):
    """Asks for a check of a run's gradient at a step. delta: of the central differences, in units of parameters."""

    op: Literal["check"]
    run: int = Field(ge=0)
    step: int = Field(ge=0)
    delta: float = Field(gt=0, le=1000)


class CheckEngine(CommandBase):
    """Asks how far the compiled runs are from PyTorch, over at most the last 200 steps up to `step`."""

    op: Literal["check_engine"]
    step: int = Field(ge=0)


class SweepCommand(CommandBase):
    """Asks for the pixels of a sweep, tile by tile, coarse to fine. A later one cancels it.

    after: the client has so many of its tiles already, from the first on, and they are not sent.
    """

    op: Literal["sweep"]
    sweep: Sweep
    after: int = Field(default=0, ge=0)


class CancelSweep(CommandBase):
    """Cancels the sweep that runs; without one this does nothing."""

    op: Literal["cancel_sweep"]


class Close(CommandBase):
    """Closes the open experiment."""

    op: Literal["close"]


Command = Annotated[
    Open
    | Advance
    | EditCommand
    | ForkCommand
    | Inspect
    | SurfaceCommand
    | PointsCommand
    | DataCommand
    | FitCommand
    | RatesCommand
    | PreviewCommand
    | Rehearse
    | TryScaling
    | PlaneCommand
    | GraphCommand
    | NeuronsCommand
    | CheckCommand
    | CheckEngine
    | SweepCommand
    | CancelSweep
    | Close,
    Field(discriminator="op"),
]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)


class BadMessage(ValueError):
    """A message that is no command. error: why. id: the command's number, 0 where it could not be read."""

    def __init__(self, error: Invalid, command: int = 0) -> None:
        self.error = error
        self.id = command
        super().__init__(str(error))


def decode(message: str | bytes) -> Command:
    """The command in a message. Raises `BadMessage` and nothing else.

    A field inside the experiment is named as in the experiment's document: `runs[0].start`.
    """
    return decode_with(COMMAND, Command, message)


def decode_with(adapter: TypeAdapter[Result], union: object, message: str | bytes) -> Result:
    """The command of a union of commands in a message, as `decode` has it. adapter: of the union."""
    command = 0
    try:
        data = strict_json(message)
        if not isinstance(data, dict):
            raise Invalid("", Text("a command is a JSON object with an op", "命令应为带 op 的 JSON 对象"))
        given = data.get("id", 0)
        command = given if type(given) is int and 0 <= given <= _MAX_ID else 0
        op, known = data.get("op"), _ops(union)
        if op not in known:
            words = ", ".join(known)
            raise Invalid("op", Text(f"must be one of: {words}", f"应为以下之一：{words}"))
        try:
            return adapter.validate_python(data)
        except ValidationError as error:
            raise _inside(to_invalid(error), f"{op}.") from None
    except Invalid as error:
        raise BadMessage(error, command) from None


@cache
def _ops(union: object) -> tuple[str, ...]:
    """The names of a union's commands."""
    return tuple(get_args(kind.model_fields["op"].annotation)[0] for kind in get_args(get_args(union)[0]))


def _inside(error: Invalid, prefix: str) -> Invalid:
    """`open.experiment.seed`, pydantic's path with the union's tag, becomes `seed`."""
    field = error.field.removeprefix(prefix).removeprefix("experiment.")
    return Invalid(field, error.text, column=error.column)
