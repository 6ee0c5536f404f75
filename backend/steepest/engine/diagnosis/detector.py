"""The contract of a detector: it reads the arrays of a chunk and finds one kind of verdict in them."""

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np

from steepest.engine.diagnosis.run_arrays import Mask, RunArrays
from steepest.engine.recording.verdict import Verdict

R = TypeVar("R", bound=RunArrays)
S = TypeVar("S")
T = TypeVar("T")

Runs = Literal["surfaces", "models", "accumulated gradients"]


class Detector(ABC, Generic[R, S]):
    """Finds one kind of verdict in the new records of one run.

    The list that names it (`detectors/__init__.py`) gives its priority: of the detectors that find something at a
    record, the first one decides. It looks at single records only where `scan` marks one, and while its state or its
    verdict is in force. `state` must be plain data, equal by value: it is kept in the checkpoint under `name`. It must
    depend on the records and on the edits before them alone, so that a run may be cut into chunks anywhere.
    """

    name: ClassVar[str]
    verdicts: ClassVar[tuple[type[Verdict], ...]]
    runs: ClassVar[Collection[Runs]] = ()  # where a detector of another package looks
    between_measurements: ClassVar[bool] = False  # of a model: also asked at records that were not measured

    def __init__(self, records: R, state: S | None, others: Mapping[str, "Detector[Any, Any]"]) -> None:
        """state: after the record before; others: the detectors of the same run by name."""
        self.records = records
        self.state = state
        self._others = others
        self.marked = self.scan()

    def scan(self) -> Mask:
        """bool[r]: the records at which something may begin; by default none but those that are measured."""
        return np.zeros(len(self.records), np.bool_)

    def update(self, row: int) -> None:  # nothing to do without a state
        """Brings `state` up to a record."""

    @abstractmethod
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        """What to report at a record: `reported` itself where it still holds, None where nothing is found."""

    def steady_until(self, row: int, reported: Verdict | None) -> int:
        """The first record from `row` on at which its state or what it finds may change.

        reported: the verdict that holds until then; None where nobody asks this detector. The default: the next marked
        record, and every record while there is a state or a verdict of its own.
        """
        return row if self.state is not None or isinstance(reported, self.verdicts) else self.next_marked(row)

    def kept(self) -> S | None:
        """The state after the last record."""
        return self.state

    def next_marked(self, row: int) -> int:
        """The first marked record from `row` on."""
        return first_from(self._rows, row, len(self.records))

    @cached_property
    def wakes(self) -> list[bool]:
        """`marked` as a list: single entries of an array are slow."""
        found: list[bool] = self.marked.tolist()
        return found

    @cached_property
    def _rows(self) -> list[int]:
        rows: list[int] = np.flatnonzero(self.marked).tolist()
        return rows

    def state_of(self, name: str, kind: type[T]) -> T | None:
        """The state of another detector of the same run."""
        other = self._others[name].state
        assert other is None or isinstance(other, kind)
        return other


def first_from(rows: Sequence[int], row: int, end: int) -> int:
    """The first of ascending `rows` from `row` on, else `end`."""
    place = bisect_left(rows, row)
    return rows[place] if place < len(rows) else end


def first_true(mask: Mask, row: int) -> int:
    """The first record from `row` on at which the mask is True, else the number of records."""
    found = mask[row:].argmax() if row < len(mask) else 0
    return row + int(found) if row < len(mask) and mask[row + found] else len(mask)
