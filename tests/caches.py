"""What the process keeps, set aside for a test."""

from collections import OrderedDict

import pytest

from steepest.problems import CACHE


def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing is kept that was made before; at the test's end it is there again."""
    for name, value in (
        ("_entries", OrderedDict()),
        ("_touched", set()),
        ("_grown", set()),
        ("_holders", {}),
        ("used", 0),
    ):
        monkeypatch.setattr(CACHE, name, value)
