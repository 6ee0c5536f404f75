"""docs/faults.md: every one of the sixty has its row, every test that a row names is there, and none is left out."""

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = {int(number): row for number, row in re.findall(r"^\| (\d+) \|(.+)\|$", PAGE, re.MULTILINE)}
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


@cache
def there() -> set[tuple[str, str]]:
    """Path below tests/ and name of every test."""
    return {
        (path.relative_to(TESTS).as_posix(), name)
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_all_sixty_are_listed_in_order() -> None:
    assert [*ROWS] == [*range(1, 61)]


@pytest.mark.parametrize("number", range(1, 61))
def test_what_a_row_names_is_there(number: int) -> None:
    named = NAMED.findall(ROWS[number])
    assert named or "not applicable: " in ROWS[number]
    for path, beginning in named:
        assert any(file == path and name.startswith(beginning) for file, name in there()), f"{path}::{beginning}"


def test_no_test_with_a_number_is_left_out() -> None:
    numbered = [(path, name, re.match(r"test_(?:fault|case)_0?(\d+)_", name)) for path, name in there()]
    left_out = [
        f"{path}::{name}"
        for path, name, found in numbered
        if found
        and not any(path == file and name.startswith(start) for file, start in NAMED.findall(ROWS[int(found[1])]))
    ]
    assert left_out == []
