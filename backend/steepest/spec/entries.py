"""Entries of the catalog: their common fields, and all of one kind, with those of other packages as entry points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

from steepest.spec.errors import invalid
from steepest.spec.param import Param, complete
from steepest.spec.text import Text
from steepest.spec.value import Value


@dataclass(frozen=True, eq=False, kw_only=True)
class DeclaredEntry:
    """What can be picked from a menu. about: one sentence on it. source: where it comes from."""

    id: str
    title: Text
    about: Text
    source: str
    params: tuple[Param, ...] = ()

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All params, checked. Raises `Invalid` naming the param."""
        return complete(self.params, given)


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
