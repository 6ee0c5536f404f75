"""What a card of the gallery says: an experiment, and words around it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.spec import Experiment, Text

Panel = Literal["step", "layers", "backprop", "check"]


class _Declared(BaseModel):
    # Whoever reads a card finds every field in it, so the schema calls them all required.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Column(_Declared):
    """A figure that the notes print once a row.

    reads: what it is of a record: the loss, or number `index` of the parameters or of the gradient. after: how many
    steps behind the row's own the record lies.
    """

    title: Text
    reads: Literal["loss", "param", "grad"]
    index: int = 0
    after: int = 0


class Row(_Declared):
    """step: of the record. label: what the notes call it. printed: the figures as they are printed, one a column."""

    step: int
    label: str
    printed: tuple[str, ...]


class Table(_Declared):
    """Figures of one run, as the notes print them. same: ours are the same, so far as they are printed."""

    run: int
    head: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    same: bool


class PrintedNode(_Declared):
    """A node of a computation, as the notes print it: its value forward, its gradient backward."""

    name: str
    value: str
    gradient: str


class Note(_Declared):
    """One entry of the course notes, live.

    entry: its name there. look: one sentence on what to look for. remark: what differs from the notes, where something
    does. until: the step to play to, where the last of the figures can be read. panel: what to open beside it.
    """

    id: str
    entry: str
    title: Text
    look: Text
    experiment: Experiment
    until: int
    tables: tuple[Table, ...] = ()
    graph: tuple[PrintedNode, ...] = ()
    panel: Panel | None = None
    remark: Text | None = None


class Exercise(_Declared):
    """Something to try: predict, run, read why.

    ask: what will happen? choices: what one may think; right: place of the true one. until: the step at which it has
    happened. explain: why.
    """

    id: str
    title: Text
    ask: Text
    choices: tuple[Text, ...]
    right: int
    experiment: Experiment
    until: int
    explain: Text
    panel: Panel | None = None


class Gallery(_Declared):
    """All cards, in the order in which they are shown."""

    notes: tuple[Note, ...]
    pieces: tuple[Exercise, ...]
