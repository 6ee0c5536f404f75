"""Tables as people have them, compared cell by cell."""

import math
from pathlib import Path

import numpy as np
import pytest
from tests.problems.table_samples import SAMPLES, Cell, Sample

from steepest.problems.table import Table, read_csv
from steepest.spec import Invalid

FOLDER = Path(__file__).with_name("tables")


def cells_of(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table, with the texts of its classes."""
    numbers, codes = iter(table.numbers.T.tolist()), iter(table.codes.T.tolist())
    columns: list[list[Cell]] = [
        next(numbers) if column.kind == "number" else [column.labels[code] for code in next(codes)]
        for column in table.columns
    ]
    return tuple(zip(*columns, strict=True))


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_a_table_is_read_cell_by_cell(sample: Sample) -> None:
    table = read_csv(sample.text.encode(sample.encoding))
    assert tuple(column.name for column in table.columns) == sample.head
    assert cells_of(table) == sample.rows
    said = [repair.en for repair in table.repairs]
    assert any(sample.note in each for each in (*said, "")), said
    assert all(repair.zh and repair.zh != repair.en for repair in table.repairs)


FILES: dict[str, tuple[tuple[str, ...], list[list[float]], str]] = {
    "decimal_comma_head": (
        ("breite", "hoehe", "preis"),
        [[1.5, 2.5, 4.0], [2.5, 1.0, 3.5], [3.0, 2.0, 5.0], [4.5, 0.5, 5.0]],
        "decimal commas: columns 1 (breite), 2 (hoehe), 3 (preis)",
    ),
    "decimal_comma_no_head": (
        ("x1", "x2", "x3"),
        [[9.5, 3.65, 10.5], [8.2, 2.89, 11.1], [8.6, 3.15, 4.8], [8.3, 2.83, 2.9]],
        "no header",
    ),
    "na": (
        ("power", "weight", "mpg"),
        [[100, 1000, 30], [150, 1500, 22], [160, 1400, 21], [90, 900, 33]],
        "empty cells are marked NA: column 1 (power)",
    ),
    "pipe": (("a", "b", "y"), [[1, 4, 2], [2, 3, 4], [3, 8, 6]], "vertical bars"),
    "quoted_head_with_commas": (
        ("Price, net, EUR", "Weight, g"),
        [[1.5, 100], [2.5, 160], [3.5, 240]],
        "cells are separated by semicolons",
    ),
    "sep_line": (("x", "y"), [[1, 3], [2, 5], [3, 7]], "the line sep= is not a row"),
    "thousands": (
        ("area", "rooms", "price"),
        [[50, 2, 150_000], [80, 3, 240_000], [120, 4, 355_500], [65, 2, 190_000]],
        "commas between thousands: column 3 (price)",
    ),
    "unicode_minus": (("x", "z", "y"), [[-1, 2, 3], [0, 1, 4], [1, 5, 6], [-2, 0, 1]], "column 1 (x)"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_cell_by_cell(name: str) -> None:
    head, numbers, note = FILES[name]
    table = read_csv((FOLDER / f"{name}.csv").read_bytes())
    assert tuple((column.name, column.kind) for column in table.columns) == tuple((each, "number") for each in head)
    assert table.numbers.tolist() == numbers
    assert any(note in repair.en for repair in table.repairs)


def test_every_file_is_expected() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == FILES.keys()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"sep=;\nx;y\n1;2\n3\n", "row 4: has 1 cells, and the first row has 2"),
        (b"# a\nx,y\n1,2\n3,4,5\n", "row 4: has 3 cells, and the first row has 2"),
        (b"x;y\n1,5;2\n1e300;3\n", "row 3, column 1 (x): '1e300' is not a number of at most 1e+30"),
        (b"x;y\n1,5;2\ninf;3\n", "row 3, column 1 (x): 'inf' is not a number of at most 1e+30"),
        (b"x;y\n1,5;2\n=A1;3\n", "row 3, column 1 (x): '=A1' is a formula"),
        (b"x;y\n1,5;a\n2,5x;b\n", "row 3, column 1 (x): '2,5x' is not a number"),
        ("小时,成绩\n1,2\n".encode() + b"3,\xe9\n", "row 3: not UTF-8 text"),
        ("x,y\n1,2\n\x01é,4\n".encode("latin-1"), "row 3: not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_names_row_and_column(content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_csv(content)
    assert words in refused.value.text.en


def test_a_large_table_of_decimal_commas_is_that_of_decimal_points() -> None:
    values = np.random.default_rng(0).normal(size=(5000, 4)).round(5)
    points = "\n".join(";".join(f"{value:.5f}" for value in row) for row in values)
    table = read_csv(points.replace(".", ",").encode())
    assert table.numbers.tolist() == read_csv(points.encode()).numbers.tolist() == values.tolist()


def test_a_large_table_with_gaps_leaves_their_rows_out() -> None:
    lines = [f"{n}.5,{'NA' if n % 7 == 3 else n * n}" for n in range(10_000)]
    table = read_csv(("x,y\n" + "\n".join(lines)).encode())
    kept = [n for n in range(10_000) if n % 7 != 3]
    assert table.numbers.tolist() == [[n + 0.5, n * n] for n in kept]
    assert not any(math.isnan(number) for row in table.numbers.tolist() for number in row)
    assert f"{10_000 - len(kept)} rows with an empty cell left out" in [repair.en for repair in table.repairs]
