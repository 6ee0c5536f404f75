"""The course notes' figures: ours are the same to every digit that they print, wherever they fix start and data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.gallery.recordings import NOTES, figure, runs

from steepest.gallery.card import Note, Table

PRINTED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())
LAST_BITS = 2.0**-22  # relative


def cells() -> Iterator[Any]:
    for note in NOTES.values():
        for table in note.tables:
            if table.same:
                yield pytest.param(note, table, id=note.id)


def same(printed: str, ours: np.floating) -> bool:
    """To every printed digit, or but for the last two bits of a float32 of what it was summed from.

    The notes print up to nine digits, of sums in the order of another machine.
    """
    decimals = len(printed.partition(".")[2])
    if f"{float(ours):.{decimals}f}".removeprefix("-0.000") == printed.removeprefix("-0.000"):
        return True
    return abs(float(ours) - float(printed)) <= LAST_BITS * max(1.0, abs(float(printed)))


@pytest.mark.parametrize(("note", "table"), list(cells()))
def test_every_printed_figure_is_ours(note: Note, table: Table) -> None:
    run = runs(note.id)[table.run]
    wrong = []
    for row in table.rows:
        for column, printed in zip(table.columns, row.printed, strict=True):
            ours = figure(run, column.reads, column.index, row.step + column.after)
            if not same(printed, ours):
                wrong.append((row.label, column.title.en, printed, float(ours)))
    assert not wrong


def test_a_digit_more_or_less_is_noticed() -> None:
    assert same("0.562", np.float32(0.5625))
    assert not same("0.563", np.float32(0.5625))
    assert same("29.105242", np.float32(29.105247))
    assert not same("29.105242", np.float32(29.10530))
    assert not same("0.2324", np.float32(0.23246))


def test_every_entry_of_the_notes_has_a_card() -> None:
    entries = {note.entry for note in NOTES.values()}
    assert set(PRINTED) - {"about", "also_in_the_notes"} <= entries


def printed_rows(table: Table) -> list[tuple[float, ...]]:
    return [tuple(float(value) for value in row.printed) for row in table.rows]


def test_the_cards_figures_are_those_of_the_notes() -> None:
    (square,), (thermometer,) = NOTES["square"].tables, NOTES["thermometer"].tables
    (plane,), (again,), (single,) = NOTES["plane"].tables, NOTES["plane_again"].tables, NOTES["single_sample"].tables
    assert printed_rows(square) == [tuple(row[1:]) for row in PRINTED["square"]["rows"]]
    assert printed_rows(thermometer) == [
        (row["loss"], *row["after"], *row["gradient"]) for row in PRINTED["thermometer"]["rows"]
    ]
    assert printed_rows(plane) == [tuple(row[1:]) for row in PRINTED["plane"]["rows_after_loss_w"]]
    assert printed_rows(again) == [tuple(row[1:]) for row in PRINTED["plane"]["again_with_nn_linear_rows"][1:]]
    assert printed_rows(single) == [tuple(row[1:]) for row in PRINTED["single_sample"]["rows_step_loss_w"]]
    graph = {node.name: (int(node.value), int(node.gradient)) for node in NOTES["graph"].graph}
    values, gradients = PRINTED["graph"]["values"], PRINTED["graph"]["gradients"]
    assert graph == {name: (values[name], gradients[name]) for name in values}


@pytest.mark.parametrize("note", NOTES)
def test_it_runs_to_its_end(note: str) -> None:
    for run in runs(note):
        if note != "thermometer_diverges":
            assert len(run) == NOTES[note].until + 1


def test_the_gradient_of_the_plane_at_its_start() -> None:
    run = runs("plane")[0]
    assert [f"{value:.6f}" for value in run.grad[0]] == [
        f"{value:.6f}" for value in PRINTED["plane"]["gradient_at_start"]
    ]


def test_single_samples_end_where_the_notes_say() -> None:
    assert runs("single_sample")[0].params[-1][:2] == pytest.approx([-0.983, 1.944], abs=0.15)
