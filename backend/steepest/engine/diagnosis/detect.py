"""The verdicts of a run: at each record, of the first detector that finds something, limited by the debounce.

Only records at which something may change are examined: see `Detector.steady_until`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.engine.diagnosis.debounce import Debounce, admit
from steepest.engine.diagnosis.detector import Detector, first_from
from steepest.engine.diagnosis.detectors.descending import Descending
from steepest.engine.diagnosis.run_arrays import DIVERGED, History, RunArrays
from steepest.engine.recording.verdict import Verdict


@dataclass(frozen=True)
class DiagnosisState:
    """Of one run, after a record: plain data, equal by value, part of the run's checkpoint.

    verdict: the one that holds. detectors: their states by name, where there is one. debounce: of its verdicts.
    history: what the records leave behind.
    """

    verdict: Verdict
    history: History
    detectors: Mapping[str, Any] = field(default_factory=dict)
    debounce: Debounce = field(default_factory=Debounce)


def detect(
    kinds: Sequence[type[Detector[Any, Any]]], records: RunArrays, state: DiagnosisState | None
) -> tuple[tuple[Verdict, ...], DiagnosisState]:
    """The verdicts of one run's new records, and the state after the last of them.

    kinds: of detectors, the most important first. state: after the record before, None at the start of the run.
    """
    if not len(records):
        assert state is not None  # only record 0 is without a past, and it is always there
        return (), state
    return _Detection(kinds, records, state).run()


class _Detection:
    """Goes through the new records of one run."""

    def __init__(
        self, kinds: Sequence[type[Detector[Any, Any]]], records: RunArrays, state: DiagnosisState | None
    ) -> None:
        self.records, self.begins = records, state is None
        self.reported: Verdict = Descending(step=0) if state is None else state.verdict
        self.debounce = Debounce() if state is None else state.debounce
        by_name: dict[str, Detector[Any, Any]] = {}
        for kind in kinds:
            before = None if state is None else state.detectors.get(kind.name)
            by_name[kind.name] = kind(records, before, by_name)
        self.detectors = list(by_name.values())
        self.between = [detector for detector in self.detectors if detector.between_measurements]
        self.found: list[Verdict] = []
        self.holder: Detector[Any, Any] | None = None  # that found the present verdict at the last record
        self.blocker = self.detectors[
            0
        ]  # the detector that asked for the last record, and will probably ask for the next

    def run(self) -> tuple[tuple[Verdict, ...], DiagnosisState]:
        """What there is to report, and the state after it."""
        records, row = self.records, self.records.new
        if not records.every_record:
            marked = np.logical_or.reduce([detector.marked for detector in self.detectors])
            marked[list(records.samples)] = True
            for row in np.flatnonzero(marked).tolist():
                self._look(row)
        else:
            while row < len(records):
                self._look(row)
                row = self._next(row + 1)
        if self.begins and not (self.found and self.found[0].step == 0):
            self.found.insert(0, Descending(step=0))
        states = {detector.name: detector.kept() for detector in self.detectors}
        kept = {name: state for name, state in states.items() if state is not None}
        return tuple(self.found), DiagnosisState(self.reported, records.history(), kept, self.debounce)

    def _look(self, row: int) -> None:
        records, verdict = self.records, None
        asked = self.detectors if records.measured(row) else self.between
        if records.status[row] != DIVERGED:
            self._update(row, asked)
        self.holder = None
        for detector in asked:
            verdict = detector.find(row, self.reported)
            if verdict is not None:
                self.holder = detector
                break
        if records.debounced:
            if row in records.edits:  # an edit is answered at once
                self.debounce = Debounce()
            new = None if verdict is self.reported else verdict
            admitted, self.debounce = admit(self.debounce, self.reported, new, records.step + row)
            if not admitted:
                return
        if verdict is not None and verdict is not self.reported:
            self.found.append(verdict)
            self.reported = verdict

    def _update(self, row: int, asked: Sequence[Detector[Any, Any]]) -> None:
        every = self.records.every_record
        for detector in asked:
            if not every or detector.state is not None or detector.wakes[row]:
                detector.update(row)

    def _next(self, row: int) -> int:
        """The first record from `row` on at which something may change."""
        end = len(self.records)
        if self.debounce.waiting is not None:
            return row
        reported: Verdict | None = self.reported
        if self.blocker.steady_until(row, reported) <= row:
            return row
        until = first_from(self.records.edits, row, end)
        for detector in self.detectors:
            until = min(until, detector.steady_until(row, reported))
            if until <= row:
                self.blocker = detector
                return row
            if detector is self.holder:  # detectors of lower priority are not asked
                reported = None
        return until
