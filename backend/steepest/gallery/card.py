"""The cards of the galleries: an experiment with words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from steepest.spec import Experiment, Text

Panel = Literal["step", "layers", "backprop", "check", "runmap"]


class _Declared(BaseModel):
    # Readers of a card find every field in it, so the schema calls them all required.
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Column(_Declared):
    """A column of printed numbers.

    reads: of a record: the loss, or element `index` of the parameters or of the gradient.
    after: how many steps after the row's step the record is.
    """

    title: Text
    reads: Literal["loss", "param", "grad"]
    index: int = 0
    after: int = 0


class Row(_Declared):
    """step: of the record. label: the notes' name for it. printed: one number for each column, as printed."""

    step: int
    label: str
    printed: tuple[str, ...]


class Table(_Declared):
    """The numbers of one run, as the notes print them. same: ours agree in every printed digit."""

    run: int
    head: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    same: bool


class PrintedNode(_Declared):
    """A node of a computation graph, as the notes print it: value forward, gradient backward."""

    name: str
    value: str
    gradient: str


class Note(_Declared):
    """One entry of the course notes as a live experiment.

    entry: its name in the notes. look: one sentence on what to look for.
    until: the step to play to, where the last number of the tables is known.
    run: the run that the words are about, whose sentence is shown.
    panel: the panel to open with it. remark: what differs from the notes.
    """

    id: str
    entry: str
    title: Text
    look: Text
    experiment: Experiment
    until: int
    tables: tuple[Table, ...] = ()
    graph: tuple[PrintedNode, ...] = ()
    run: int = 0
    panel: Panel | None = None
    remark: Text | None = None


class Exercise(_Declared):
    """An exercise: predict, run, read why.

    ask: the question. choices: possible answers. right: index of the correct one.
    until: the step at which the answer is visible. explain: why.
    run: the run that the words are about, whose sentence is shown.
    map: for the map of runs, which is shown with the answer: the numbers to the right and up, as a sweep names them.
    """

    id: str
    title: Text
    ask: Text
    choices: tuple[Text, ...]
    right: int
    experiment: Experiment
    until: int
    explain: Text
    run: int = 0
    panel: Panel | None = None
    map: tuple[str, str] | None = None


class Topic(_Declared):
    """What cards are about. cards: their ids."""

    id: str
    title: Text
    cards: tuple[str, ...]


class Gallery(_Declared):
    """All cards and topics, in the order shown."""

    notes: tuple[Note, ...]
    pieces: tuple[Exercise, ...]
    topics: tuple[Topic, ...]
