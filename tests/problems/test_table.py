"""Case 31: CSV files of every oddity, each read with a repair that is reported or refused with its row and column."""

import hashlib
import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.problems.test_datasets import made

from steepest.problems.catalog import datasets
from steepest.problems.table import decode, load_columns, read_csv, remove_table, save_table, stored_tables, touch_table
from steepest.problems.table.table import MAX_CLASSES, MAX_COLUMNS, MAX_ROWS
from steepest.spec import Invalid

CSV = datasets()["csv"]
MOST = 100_000_000


def body(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


GOOD = body("hours,sleep,grade", "1,7.5,2.0", "2,6,3.5", "3.5,8,4")


def read(content: bytes) -> dict[str, Any]:
    table = read_csv(content)
    return {
        "rows": table.rows,
        "columns": [(column.name, column.kind) for column in table.columns],
        "numbers": table.numbers.tolist(),
        "repairs": [repair.en for repair in table.repairs],
    }


def test_a_plain_file() -> None:
    assert read(GOOD) == {
        "rows": 3,
        "columns": [("hours", "number"), ("sleep", "number"), ("grade", "number")],
        "numbers": [[1, 7.5, 2], [2, 6, 3.5], [3.5, 8, 4]],
        "repairs": [],
    }


# What is not quite right and can be read: the numbers are those of GOOD, and the repair is reported.
SAME = [
    ("utf-8 mark", b"\xef\xbb\xbf" + GOOD, None),
    ("utf-16 little", b"\xff\xfe" + GOOD.decode().encode("utf-16-le"), "read as UTF-16, as its byte-order mark says"),
    ("utf-16 big", b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "read as UTF-16, as its byte-order mark says"),
    ("utf-32", b"\xff\xfe\0\0" + GOOD.decode().encode("utf-32-le"), "read as UTF-32, as its byte-order mark says"),
    ("CRLF", GOOD.replace(b"\n", b"\r\n"), None),
    ("CR alone", GOOD.replace(b"\n", b"\r"), None),
    ("no last line end", GOOD.rstrip(), None),
    ("mixed line ends", GOOD.replace(b"\n", b"\r\n", 2), "mixed line ends"),
    ("semicolons", GOOD.replace(b",", b";"), "cells are separated by semicolons"),
    ("tabs", GOOD.replace(b",", b"\t"), "cells are separated by tabs"),
    ("blanks around", GOOD.replace(b",", b" , "), None),
    ("quotes", b'"hours","sleep","grade"\n"1","7.5","2.0"\n2,6,"3.5"\n3.5,8,4\n', None),
    ("an empty line at the end", GOOD + b"\n", "1 empty row left out"),
    ("empty lines", b"\n" + GOOD.replace(b"\n", b"\n\n") + b" , , \n", "6 empty rows left out"),
    ("an empty cell", GOOD + b"9,,9\n", "1 row with an empty cell left out"),
    ("an empty column", GOOD.replace(b"\n", b",\n"), "column 4 (x4) left out: more than half of it is empty"),
    ("a constant", GOOD.replace(b"\n", b",5\n"), "column 4 (5) left out: it has the same value in every row"),
    ("a constant of numbers", b"hours,sleep,c,grade\n1,7.5,8,2\n2,6,8,3.5\n3.5,8,8,4\n", "column 3 (c) left out"),
    ("other ways to write", GOOD.replace(b"3.5,8,4", b"35e-1,+8.,4.000"), None),
]


@pytest.mark.parametrize(("name", "content", "repair"), SAME, ids=[name for name, *_ in SAME])
def test_fault_31_what_is_repaired(name: str, content: bytes, repair: str | None) -> None:
    found = read(content)
    assert found["numbers"] == read(GOOD)["numbers"]
    if repair is None:
        assert found["repairs"] == []
    else:
        assert any(repair in each for each in found["repairs"])


REFUSED: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "the file is empty"),
    ("line ends only", b"\r\n\n\r", "the file is empty"),
    ("a mark only", b"\xef\xbb\xbf", "the file is empty"),
    ("0 rows", b"a,b\n", "has 0 rows of data; at least 2 are needed"),
    ("1 row", b"a,b\n1,2\n", "has 1 row of data; at least 2 are needed"),
    ("1 row without a head", b"1,2\n", "has 1 row of data"),
    ("1 column", b"a\n1\n2\n", "needs a column of numbers, and another column"),
    ("gzip", b"\x1f\x8b\x08\0\0\0\0\0", "gzip, not CSV"),
    ("zip", b"PK\x03\x04\x14\0", "a zip or Excel file"),
    ("excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file"),
    ("pdf", b"%PDF-1.7", "a PDF"),
    ("a million columns", b"a," * 10**6 + b"b\n", "row 1: has more than 256 columns"),
    ("long names", b",".join([b"n" * 200] * 400), "row 1: has more than 256 columns"),
    ("many columns", body(",".join(["a"] * 257), ",".join(["1"] * 257)), "row 1: has more than 256 columns"),
    ("ragged, short", body("a,b", "1,2", "3", "4,5"), "row 3: has 1 cells, and the first row has 2"),
    ("ragged, long", body("a,b", "1,2", "", "3,4,5"), "row 4: has 3 cells, and the first row has 2"),
    ("one field of 5 MB", b"a,b\n1,2\n3," + b"x" * 5_000_000, "row 3, column 2: a row has at most 65536 characters"),
    ("one quoted field of 5 MB", b'a,b\n1,"' + b"x\n" * 2_500_000 + b'"', "row 2, column 2: the quote that opens here"),
    ("a quote never closed", b'a,b\n1,2\n"3,4\n5,6\n', "row 3, column 1: the quote that opens here is never closed"),
    ("a quote never closed, later", b'a,b\n1,2\n3,"x""\n5,6\n', "row 3, column 2: the quote that opens here"),
    ("text after a quote", b'a,b\n1,2\n"3"4,5\n', "row 3: text after a closing quote"),
    ("NUL", b"a,b\n1,2\n3,\0004\n", "row 3: contains a NUL character"),
    ("UTF-16 without a mark", GOOD.decode().encode("utf-16-le"), "row 1: contains a NUL character"),
    ("NUL in UTF-16", b"\xff\xfe" + "a,b\n1,\0\n".encode("utf-16-le"), "row 2: contains a NUL character"),
    ("half a UTF-16", b"\xff\xfe" + GOOD.decode().encode("utf-16-le")[:-1], "not UTF-16 text"),
    ("GBK", "小时,成绩\n1,2\n".encode("gbk"), "has 1 row of data; at least 2 are needed"),
    ("a byte that is no text", b"a,b\n1,2\n3,\xff\n", "row 3: not UTF-8 text"),
    ("inf", body("a,b", "1,2", "3,inf"), "row 3, column 2 (b): 'inf' is not a number of at most 1e+30"),
    ("-Infinity", body("a,b", "1,-Infinity", "3,4"), "row 2, column 2 (b): '-Infinity' is not a number"),
    ("nan", body("a,b", "1,2", "nan,4", "2,2"), "row 3, column 1 (a): 'nan' is not a number"),
    ("1e999", body("a,b", "1,2", "3,1e999"), "row 3, column 2 (b): '1e999' is not a number"),
    ("1e300", body("a,b", "1,2", "3,1e300"), "row 3, column 2 (b): '1e300' is not a number"),
    ("constants only", body("a,b", *["1,2"] * 5), "column 1 (a) left out: it has the same value in every row"),
    ("texts only", body("a,b", "x,y", "y,x", "x,x"), "row 2, column 1 (a): 'x' is not a number"),
    ("a formula", body("a,b", "1,2", "3,=SUM(A1:A2)"), "row 3, column 2 (b): '=SUM(A1:A2)' is a formula"),
    (
        "a formula that calls",
        body("a,b", "=cmd|'/C calc'!A0,2", "3,4"),
        "row 2, column 1 (a): \"=cmd|'/C calc'!A0\" is",
    ),
    ("all rows have a gap", body("a,b", "1,", ",2", "3,", ",4"), "fewer than 2 rows have no empty cell"),
    ("many empty lines", b"\n" * (MAX_ROWS + 1), "more than 100000 empty rows"),
    ("many rows", b"1,2\n" * (MAX_ROWS + 1), "has more than 100000 rows"),
    (
        "a label with 100,000 classes",
        body("x,label", *(f"{n},c{n}" for n in range(MAX_ROWS))),
        "column 2 (label) left out: more than 100 different texts",
    ),
]


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_fault_31_what_is_refused(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_csv(content)
    assert words in refused.value.text.en
    assert refused.value.field == "file"
    assert not refused.value.text.zh.isascii()
    assert len(refused.value.text.en) < 1000


def test_a_header_is_distinguished_from_numbers() -> None:
    assert read(body("1,2", "3,4.5")) == {
        "rows": 2,
        "columns": [("x1", "number"), ("x2", "number")],
        "numbers": [[1, 2], [3, 4.5]],
        "repairs": ["no header: columns are named by their numbers"],
    }
    iris = read(body("5.1,3.5,setosa", "4.9,3,setosa", "6,2.2,virginica"))
    assert (iris["rows"], iris["columns"]) == (3, [("x1", "number"), ("x2", "number"), ("x3", "classes")])
    years = read(body("city,2019,2020,year", "a,1,2,3", "b,2,3,5"))
    assert [name for name, _ in years["columns"]] == ["city", "2019", "2020", "year"]


def test_names_are_different_visible_and_short() -> None:
    wild = "<img src=x onerror=alert(1)>"
    found = read(body(f"a,a,,{wild},x\u202ey,{'n' * 500},=1+1", "1,2,3,4,5,6,7", "2,3,5,5,6,7,8"))
    names = [name for name, _ in found["columns"]]
    assert names[:5] == ["a", "a (2)", "x3", wild, "x\ufffdy"]
    assert len(names[5]) == 90
    assert names[6] == "=1+1"
    assert "column 2 is named 'a (2)'" in found["repairs"]


def test_texts_are_classes_in_the_order_of_the_alphabet() -> None:
    table = read_csv(body("x,kind", "1,pear", "2,apple", "3, pear ", "4,", "5,fig"))
    assert table.columns[1].labels == ("apple", "fig", "pear")
    assert table.codes[:, 0].tolist() == [2, 0, 2, 1]
    assert table.numbers[:, 0].tolist() == [1, 2, 3, 5]


def test_a_class_that_only_a_row_with_a_gap_has_is_none() -> None:
    table = read_csv(body("x,kind", "1,a", "2,b", ",c", "3,b"))
    assert table.columns[1].labels == ("a", "b")
    assert table.codes[:, 0].tolist() == [0, 1, 1]


def test_a_number_written_as_only_python_reads_it_is_a_text() -> None:
    assert read(body("x,n", "1,1_000", "2,2"))["columns"][1] == ("n", "classes")


def test_plus_minus_and_at_are_only_text() -> None:
    table = read_csv(body("x,n", "1,+1+1", "2,@SUM(A1)", "3,-a"))
    assert table.columns[1].labels == ("+1+1", "-a", "@SUM(A1)")


def test_too_many_texts_are_left_where_there_is_more() -> None:
    lines = [f"{n},name {n},{n % 3}" for n in range(MAX_CLASSES + 1)]
    found = read(body("x,name,y", *lines))
    assert found["columns"] == [("x", "number"), ("name", "text"), ("y", "number")]
    assert found["repairs"] == ["column 2 (name) left out: more than 100 different texts"]
    just = read_csv(body("x,name,y", *lines[:-1]))
    assert just.columns[1].kind == "classes"


def test_as_many_rows_as_there_may_be() -> None:
    assert read_csv(b"1,2\n3,4\n" * (MAX_ROWS // 2)).rows == MAX_ROWS


def test_as_many_columns_as_there_may_be() -> None:
    rows = (",".join(str(n * each % 7) for n in range(1, MAX_COLUMNS + 1)) for each in (1, 2, 3))
    assert len(read_csv(body(*rows)).columns) <= MAX_COLUMNS


@pytest.mark.parametrize("cell", ["1", "12", "a", "ab", "0.1234", '"x"'])
def test_fault_31_a_megabyte_takes_less_than_20(cell: str) -> None:
    row = (f"{cell}," * 24 + "7\n").encode()
    content = (",".join(f"c{n}" for n in range(25)) + "\n").encode() + row * (10**6 // len(row))
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):  # all of it is constant
            read_csv(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20e6


def outcome(content: bytes) -> object:
    try:
        table = read_csv(content)
    except Invalid as error:
        return error.text
    return table.columns, table.repairs, table.numbers.tolist(), table.codes.tolist()


CELLS = ["1", " 2.5", "-3e2", "", " ", "7", "nan", "1_0", "pear", '"4"', '"a b"', '"x,y"', '"5" ', "=1", "1e40", "１"]


@given(
    st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4), min_size=1, max_size=12),
    st.lists(st.lists(st.sampled_from(CELLS[:7]), min_size=3, max_size=3), min_size=2, max_size=9),
    st.sampled_from([("\n", ","), ("\r\n", ";"), ("\r", "\t")]),
    st.booleans(),
    st.integers(1, 60),
)
def test_many_rows_at_once_are_read_as_one_by_one(
    odd: list[list[str]], regular: list[list[str]], marks: tuple[str, str], head: bool, piece: int
) -> None:
    end, delimiter = marks
    for rows in (odd, regular):
        lines = [delimiter.join(row) for row in ([["a", "b", "c"]] if head else []) + rows]
        content = (end.join(lines) + end).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decode, "_CHUNK", piece)
            fast = outcome(content)
            patch.setattr(decode, "_strip_needless_quotes", lambda *_: '"')  # so every quote may mean something
            assert fast == outcome(content)


# --- as a data set ---------------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    return tmp_path


def stored(content: bytes) -> str:
    return save_table(content, read_csv(content))[0]


MIXED = body("x,passed,kind,y", "1,0,b,0.5", "2,0,a,1.5", "3,1,c,2.5", "6,1,a,1")


def test_a_stored_table_is_a_data_set(data: Path) -> None:
    shape, found = made(CSV, file=stored(MIXED), standardize=False)
    assert (shape.count, shape.inputs, shape.task) == (4, (2,), "regression")
    assert [name.en for name in (*shape.input_names, *shape.target_names)] == ["x", "passed", "y"]
    assert found.inputs.tolist() == [[1, 0], [2, 0], [3, 1], [6, 1]]
    assert found.targets.tolist() == [[0.5], [1.5], [2.5], [1]]


def test_standardised_inputs_have_mean_0_and_deviation_1(data: Path) -> None:
    shape, found = made(CSV, file=stored(MIXED))
    assert [name.en for name in shape.input_names] == ["x (standardised)", "passed (standardised)"]
    torch.testing.assert_close(found.inputs.mean(dim=0), torch.zeros(2).double(), atol=1e-12, rtol=0)
    torch.testing.assert_close(found.inputs.std(dim=0, correction=0), torch.ones(2).double())
    tiny, same = (
        made(CSV, file=stored(body("a,b", "1e-300,1", "2e-300,2"))),
        made(CSV, file=stored(body("a,b", "1,1", "2,2"))),
    )
    assert tiny[1].inputs.isfinite().all()
    assert same[1].inputs.isfinite().all()


def test_a_standardised_target_has_mean_0_and_deviation_1_and_classes_have_none(data: Path) -> None:
    shape, found = made(CSV, file=stored(MIXED), standardize_target=True)
    assert [name.en for name in shape.target_names] == ["y (standardised)"]
    assert [name.zh for name in shape.target_names] == ["y（标准化）"]
    torch.testing.assert_close(found.targets.mean(dim=0), torch.zeros(1).double(), atol=1e-12, rtol=0)
    torch.testing.assert_close(found.targets.std(dim=0, correction=0), torch.ones(1).double())
    raw = made(CSV, file=stored(MIXED))[1]
    assert found.inputs.equal(raw.inputs)
    classes = made(CSV, file=stored(MIXED), target="kind", standardize_target=True)[1]
    assert classes.targets.tolist() == [1, 0, 2, 0]
    tiny = made(CSV, file=stored(body("a,b", "1,1e-300", "2,2e-300")), standardize_target=True)[1]
    assert tiny.targets.isfinite().all()


@pytest.mark.parametrize(
    ("target", "task", "classes", "codes"),
    [
        ("kind", "auto", ["a", "b", "c"], [1, 0, 2, 0]),
        ("kind", "classification", ["a", "b", "c"], [1, 0, 2, 0]),
        ("passed", "auto", ["0", "1"], [0, 0, 1, 1]),
        ("y", "classification", ["0.5", "1", "1.5", "2.5"], [0, 2, 3, 1]),
    ],
)
def test_classes(data: Path, target: str, task: str, classes: list[str], codes: list[int]) -> None:
    shape, found = made(CSV, file=stored(MIXED), target=target, task=task)
    assert [name.en for name in shape.classes] == classes
    assert found.targets.tolist() == codes
    assert found.targets.dtype == torch.int64
    assert (shape.targets, shape.target_names) == (0, ())


def test_0_and_1_can_be_numbers_too(data: Path) -> None:
    shape, found = made(CSV, file=stored(MIXED), target="passed", task="regression")
    assert shape.task == "regression"
    assert found.targets.tolist() == [[0], [0], [1], [1]]


MANY = body("x,y", *(f"{n},{n * n}" for n in range(MAX_CLASSES + 1)))


@pytest.mark.parametrize(
    ("content", "params", "field"),
    [
        (MIXED, {"target": "z"}, "target"),
        (MIXED, {"target": "kind", "task": "regression"}, "task"),
        (MANY, {"task": "classification"}, "task"),
        (body("x,kind", "1,a", "2,b"), {"target": "x"}, "target"),
        (MIXED, {"task": "guess"}, "task"),
    ],
)
def test_what_cannot_be_predicted(data: Path, content: bytes, params: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(CSV, file=stored(content), **params)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "name",
    ["", "0" * 64, "0" * 63, "A" * 64, "../../etc/passwd", "..", "C:\\x", "\\\\host\\share", "a\0b", "CON", "é" * 64],
)
def test_fault_33_a_name_that_no_upload_was_given(data: Path, name: str) -> None:
    stored(MIXED)
    (data / "uploads" / "passwd.npz").write_bytes(b"")
    with pytest.raises(Invalid) as refused:
        made(CSV, file=name)
    assert refused.value.field == "file"


def test_the_same_bytes_are_kept_once_under_their_hash(data: Path) -> None:
    assert stored(MIXED) == stored(MIXED) == hashlib.sha256(MIXED).hexdigest()
    assert sorted(path.suffix for path in (data / "uploads").iterdir()) == [".csv", ".npz"]
    assert (data / "uploads" / f"{stored(MIXED)}.csv").read_bytes() == MIXED
    assert load_columns(stored(MIXED)).rows == 4


def test_the_stored_tables_are_listed_and_can_be_removed(data: Path) -> None:
    contents = [body("x,y", *(f"{n},{n * k}" for n in range(100))) for k in (1, 2, 3)]
    names = [stored(content) for content in contents]
    assert [save_table(content, read_csv(content)) for content in contents[:1]] == [(names[0], False)]
    folder = data / "uploads"
    for age, name in enumerate([names[1], names[0], names[2]]):
        for path in folder.glob(f"{name}.*"):
            os.utime(path, ns=(age * 10**9, age * 10**9))
    (folder / "not-ours.txt").write_text("kept")
    touch_table(names[1])
    touch_table("../not-ours")
    found = sorted(stored_tables(), key=lambda table: table.used)
    assert [table.name for table in found] == [names[0], names[2], names[1]]
    assert {table.size for table in found} == {2 * 4096}, "whole blocks of the disk"
    remove_table(names[0])
    remove_table(names[0])
    assert {path.stem for path in folder.iterdir()} == {names[1], names[2], "not-ours"}
    with pytest.raises(Invalid, match="upload it again"):
        load_columns(names[0])


def test_a_damaged_file_is_reported(data: Path) -> None:
    name = stored(MIXED)
    place = data / "uploads" / f"{name}.npz"
    whole = place.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\x80\x04pickle", np.zeros(3).tobytes()):
        place.write_bytes(damaged)
        with pytest.raises(Invalid, match="damaged") as refused:
            made(CSV, file=name)
        assert refused.value.field == "file"


def test_a_save_that_fails_leaves_nothing_behind(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        stored(MIXED)
    assert [path.suffix for path in (data / "uploads").iterdir()] == [".csv"]


# --- what becomes of each column -------------------------------------------------------------------------------------


def test_every_column_is_accounted_for(data: Path) -> None:
    rows = [f"{n + 1},{n * n},5,,{'abc'[n % 3]},name {n},{'7x' if n == 3 else n}" for n in range(30)]
    table = read_csv(body("id,x,c,gap,kind,name,typo", *rows))
    assert [(each.name, each.use) for each in table.accounts] == [
        ("id", "id"),
        ("x", "number"),
        ("c", "constant"),
        ("gap", "empty"),
        ("kind", "classes"),
        ("name", "id"),
        ("typo", "id"),
    ]
    notes = {each.name: each.note.en for each in table.accounts}
    assert notes["id"] == "left out: it numbers the rows"
    assert notes["c"] == "left out: it has the same value in every row"
    assert notes["gap"] == "left out: more than half of it is empty"
    assert notes["kind"].startswith("3 kinds of text: classes to predict; an input where one-hot is chosen")
    assert notes["name"].startswith("30 different texts in 30 rows tell rows apart")
    assert notes["typo"].endswith("row 5 has '7x', which is not a number")
    assert all(not each.note.zh.isascii() for each in table.accounts)
    many = read_csv(body("x,name,y", *(f"{n},name {n},{n % 7}" for n in range(101))))
    assert [each.use for each in many.accounts] == ["number", "texts", "number"]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("name", ["id", "ID", "", "Unnamed: 0", "编号"])
def test_a_column_that_numbers_the_rows_is_no_input(data: Path, name: str, first: int) -> None:
    file = stored(body(f"{name},x,y", *(f"{first + n},{n * n},{n % 3}" for n in range(5))))
    assert [each.en for each in made(CSV, file=file)[0].input_names] == ["x (standardised)"]


def test_numbers_that_only_look_like_an_id_are_inputs(data: Path) -> None:
    for lines in (
        ["x1,x2,y", "0,3,1", "1,5,2", "2,4,7"],
        ["id,x,y", "3,3,1", "1,5,2", "2,4,7"],
        ["0,3,1", "1,5,2", "2,4,7"],
    ):
        assert made(CSV, file=stored(body(*lines)))[0].inputs == (2,)
    assert made(CSV, file=stored(body("id,y", "1,3", "2,5", "3,4")))[0].inputs == (1,), "nothing else is left"


HOT = body("x,kind,flag,y", "1,b,yes,5", "2,a,no,6", "4,c,no,8")


def test_texts_are_inputs_where_that_is_chosen(data: Path) -> None:
    shape, found = made(CSV, file=stored(HOT), one_hot=True, standardize=False)
    assert [name.en for name in shape.input_names] == [
        "x",
        "kind = a",
        "kind = b",
        "kind = c",
        "flag = no",
        "flag = yes",
    ]
    assert found.inputs.tolist() == [[1, 0, 1, 0, 0, 1], [2, 1, 0, 0, 1, 0], [4, 0, 0, 1, 1, 0]]
    assert shape.inputs == (6,)
    scaled = made(CSV, file=stored(HOT), one_hot=True)[1].inputs
    assert scaled[:, 1:].equal(found.inputs[:, 1:]), "0 and 1 stay so"
    assert made(CSV, file=stored(HOT))[0].inputs == (1,)


def test_a_target_is_no_input_and_many_texts_are_none(data: Path) -> None:
    assert made(CSV, file=stored(HOT), one_hot=True, target="kind")[0].inputs == (4,)
    lines = [f"{n},t{n % 21},{n % 20}" for n in range(60)]
    assert made(CSV, file=stored(body("x,many,y", *lines)), one_hot=True)[0].inputs == (1,)
    only_texts = body("kind,y", "a,1", "b,2", "a,3")
    assert made(CSV, file=stored(only_texts), one_hot=True)[1].inputs.tolist() == [[1, 0], [0, 1], [1, 0]]


def test_nearly_as_many_kinds_as_rows_are_no_classes(data: Path) -> None:
    file = stored(body("x,y,name", *(f"{n},{n * n},name {n}" for n in range(30))))
    assert [name.en for name in made(CSV, file=file)[0].target_names] == ["y"], "the last column that can be predicted"
    with pytest.raises(Invalid, match="30 different texts in 30 rows") as refused:
        made(CSV, file=file, target="name")
    assert refused.value.field == "target"
    with pytest.raises(Invalid, match="30 different numbers in 30 rows") as refused:
        made(CSV, file=file, target="y", task="classification")
    assert refused.value.field == "task"
    twice = stored(body("x,name", *(f"{n},name {n // 3}" for n in range(90))))
    assert len(made(CSV, file=twice)[0].classes) == 30
