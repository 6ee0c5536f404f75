"""The entries of one kind: the built-in ones, and those of other packages as entry points."""

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

from steepest.spec.errors import invalid
from steepest.spec.text import Text


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Entry)
V = TypeVar("V")


def with_plugins(built_in: Iterable[E], group: str) -> dict[str, E]:
    """Every entry by id in menu order, those of the entry points `group` last; they cannot replace a built-in id."""
    found = {entry.id: entry for entry in built_in}
    for point in entry_points(group=group):
        entry: E = point.load()
        found.setdefault(entry.id, entry)
    return found


def find_entry(entries: Mapping[str, V], name: str, field: str, what: Text) -> V:
    """The entry whose id is `name`. Raises `Invalid` of the field that lists the known ids. what: the kind of entry."""
    entry = entries.get(name)
    if entry is None:
        words = ", ".join(entries)
        raise invalid(field, f"no {what.en} {name[:50]!r}; known here: {words}", f"没有该{what.zh}；可用：{words}")
    return entry
