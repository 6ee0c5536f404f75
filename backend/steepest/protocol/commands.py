"""What a client may say: JSON text, one object with an `op`."""

from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from steepest.spec import Edit, Experiment, Invalid, Text
from steepest.spec.strict import Finite, Strict
from steepest.spec.strict_json import strict_json
from steepest.spec.text import Language
from steepest.spec.validation_errors import to_invalid

_MAX_ID = 2**53 - 1  # the largest whole number that JavaScript tells from its neighbours


class _Command(Strict):
    """id: the client's own number for this command; the reply, or the error, carries it."""

    id: int = Field(default=0, ge=0, le=_MAX_ID)


class Open(_Command):
    """Begin this experiment; what was open is left. An error leaves what was open as it is.

    after: records up to and including this step are already held by the client and are not sent (-1: none are).
    """

    op: Literal["open"]
    experiment: Experiment
    after: int = Field(default=-1, ge=-1)
    language: Language = "en"


class Advance(_Command):
    """Grant: records up to and including step `until` may be made and sent. A later grant replaces it.

    every: of a model, how many steps apart the frames are that will be drawn.
    """

    op: Literal["advance"]
    until: int = Field(ge=0)
    every: int = Field(default=1, ge=1)


class EditCommand(_Command):
    """Change the open experiment at a step; records after that step are forgotten and made anew."""

    op: Literal["edit"]
    edit: Edit


class ForkCommand(_Command):
    """Let a branch leave run `edit.run` at `edit.step`, and change it there; `"set": {}` changes nothing yet.

    Records of all runs after that step are forgotten and made anew. The branch is the experiment's last run.
    """

    op: Literal["fork"]
    edit: Edit


class Inspect(_Command):
    """One record of one run in numbers."""

    op: Literal["inspect"]
    step: int = Field(ge=0)
    run: int = Field(ge=0)


class SurfaceCommand(_Command):
    """The open problem's loss on a grid. bounds: (low, high) a parameter; shape: points a parameter, x first."""

    op: Literal["surface"]
    bounds: list[Annotated[list[Finite], Field(min_length=2, max_length=2)]] = Field(min_length=1, max_length=2)
    shape: list[Annotated[int, Field(ge=2)]] = Field(min_length=1, max_length=2)


class PointsCommand(_Command):
    """The open problem's critical points. bounds: (low, high) a parameter."""

    op: Literal["points"]
    bounds: list[Annotated[list[Finite], Field(min_length=2, max_length=2)]] = Field(min_length=1, max_length=2)


class DataCommand(_Command):
    """What a picture of the open experiment's data needs."""

    op: Literal["data"]


class FitCommand(_Command):
    """What the model of one run says at one step, where it is drawn."""

    op: Literal["fit"]
    step: int = Field(ge=0)
    run: int = Field(ge=0)


class RatesCommand(_Command):
    """The learning rates ahead, of every run whose schedule follows from the number of the step.

    until: the last record; null: as far as each schedule takes to show its whole course.
    """

    op: Literal["rates"]
    until: int | None = Field(default=None, ge=1)


class PlaneCommand(_Command):
    """A plane through the parameters of the open model, the loss on it, and runs' paths up to `step` seen from there.

    runs: whose paths; the plane goes through the first one's point at `centre`, or at `step` where that is null. kind:
    `principal` lies along the paths, `random` in filter-normalised directions. draw: other random directions. shape:
    points of the grid; fewer are made where a loss takes long.
    """

    op: Literal["plane"]
    runs: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=8)
    kind: Literal["principal", "random"]
    step: int = Field(ge=0)
    centre: int | None = Field(default=None, ge=0)
    draw: int = Field(default=0, ge=0, le=_MAX_ID)
    shape: list[Annotated[int, Field(ge=2)]] = Field(default=[41, 41], min_length=2, max_length=2)


class GraphCommand(_Command):
    """Backpropagation as a graph: of an expression in letters, or where that is null of the open net.

    values: of the expression's letters, 1 where none is given. run, step, sample: of the net; the sample's number in
    the training part.
    """

    op: Literal["graph"]
    expression: str | None = None
    values: dict[str, Finite] = Field(default_factory=dict)
    run: int = Field(default=0, ge=0)
    step: int = Field(default=0, ge=0)
    sample: int = Field(default=0, ge=0)


class CheckCommand(_Command):
    """The gradient of one run at one step, checked. delta: of the central differences, in units of the parameters."""

    op: Literal["check"]
    run: int = Field(ge=0)
    step: int = Field(ge=0)
    delta: float = Field(gt=0, le=1000)


class Close(_Command):
    """Forget the open experiment."""

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
    | PlaneCommand
    | GraphCommand
    | CheckCommand
    | Close,
    Field(discriminator="op"),
]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_OPS = tuple(get_args(kind.model_fields["op"].annotation)[0] for kind in get_args(get_args(Command)[0]))


class BadMessage(ValueError):
    """A message that is no command at all; `error` says why. id: the command's own number, where it could be read."""

    def __init__(self, error: Invalid, command: int = 0) -> None:
        self.error = error
        self.id = command
        super().__init__(str(error))


def decode(message: str | bytes) -> Command:
    """The command in a message. Raises `BadMessage` and nothing else, whatever the message holds.

    A field inside the experiment is named as in the experiment's own document: `runs[0].start`.
    """
    command = 0
    try:
        data = strict_json(message)
        if not isinstance(data, dict):
            raise Invalid("", Text("a command is a JSON object with an op", "命令应为带 op 的 JSON 对象"))
        given = data.get("id", 0)
        command = given if type(given) is int and 0 <= given <= _MAX_ID else 0
        op = data.get("op")
        if op not in _OPS:
            words = ", ".join(_OPS)
            raise Invalid("op", Text(f"must be one of: {words}", f"应为以下之一：{words}"))
        try:
            return COMMAND.validate_python(data)
        except ValidationError as error:
            raise _inside(to_invalid(error), f"{op}.") from None
    except Invalid as error:
        raise BadMessage(error, command) from None


def _inside(error: Invalid, prefix: str) -> Invalid:
    """What pydantic calls, by the tag of the union, `open.experiment.seed` is `seed` to the client."""
    field = error.field.removeprefix(prefix).removeprefix("experiment.")
    return Invalid(field, error.text, column=error.column)
