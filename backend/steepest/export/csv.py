"""Every record as a row of CSV, as RFC 4180 has it, with a header; for spreadsheets, pandas and R."""

import csv as standard
import io
from collections.abc import Iterator

import numpy as np

from steepest.engine import CRITICALS, STATUSES, RunRecords
from steepest.engine.recording.records import Array, ModelMetrics
from steepest.export.recording import Recording
from steepest.spec.text import Language

# A spreadsheet takes a cell that begins with one of these for a formula, whatever the quotes around it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Columns of what is measured now and then.
MEASURED = (
    *("loss_train", "loss_dev", "loss_test", "accuracy_train", "accuracy_dev", "accuracy_test"),
    "sharpness",
)


def csv(recording: Recording, language: Language = "en") -> str:
    """The rows by step and then run, lines ended by CR LF.

    Columns: run, name, step, loss, params_x, params_y, grad_*, grad_norm, update_*, lr, each slot of the optimizers'
    state, eigenvalue_1 (the smaller), eigenvalue_2, what is measured of a model now and then, status, critical. Where a
    model has too many parameters for the records, there are no columns of single ones. Numbers are the shortest that
    read back as the recorded ones in the experiment's dtype; NaN, inf and -inf are words; empty is what an optimizer
    does not have or was not measured. Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    slots = _slots(recording)
    out = io.StringIO()
    writer = standard.writer(out)
    writer.writerow(map(_text, _header(recording, slots)))
    rows = [_rows(run, _text(name), slots) for run, name in zip(recording.runs, recording.names(language), strict=True)]
    for step in range(recording.last + 1):
        writer.writerows(next(mine) for mine, run in zip(rows, recording.runs, strict=True) if step < len(run))
    return out.getvalue()


def _slots(recording: Recording) -> dict[str, tuple[str, ...]]:
    """Each slot of any run's optimizers with its columns; one without variables in its names is a number a record."""
    there = {name for run in recording.runs for name in run.state}
    found = {slot.name: slot.scalar for plan in recording.prepared.plans for slot in plan.slots if slot.name in there}
    return {
        name: (name,) if scalar else tuple(f"{name}_{variable}" for variable in recording.variables)
        for name, scalar in found.items()
    }


def _header(recording: Recording, slots: dict[str, tuple[str, ...]]) -> list[str]:
    of = {field: [f"{field}_{variable}" for variable in recording.variables] for field in ("params", "grad", "update")}
    measured = any(run.metrics is not None for run in recording.runs)
    return [
        *("run", "name", "step", "loss", *of["params"], *of["grad"], "grad_norm", *of["update"], "lr"),
        *(column for columns in slots.values() for column in columns),
        *(f"eigenvalue_{n + 1}" for n in range(recording.runs[0].eigenvalues.shape[1])),
        *(MEASURED if measured else ()),
        *("status", "critical"),
    ]


def _rows(run: RunRecords, name: str, slots: dict[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """One list of cells a record."""
    m = len(run)
    columns = [_cells(array) for array in (run.loss, run.params, run.grad, run.grad_norm, run.update, run.lr)]
    for slot, names in slots.items():
        columns.append(_cells(run.state[slot]) if slot in run.state else [[""] * len(names)] * m)
    columns.append(_cells(run.eigenvalues))
    if run.metrics is not None:
        columns.append(_measured(run.metrics, m))
    for step, cells in enumerate(zip(*columns, strict=True)):
        numbers = [cell for group in cells for cell in group]
        words = (STATUSES[int(run.status[step])], CRITICALS[int(run.critical[step])])
        yield [str(run.run), name, str(step), *numbers, *words]


def _measured(measures: ModelMetrics, m: int) -> list[list[str]]:
    """As m lists; empty at the steps where nothing is measured, and for a part or a class that there is none of."""
    found = [[""] * len(MEASURED) for _ in range(m)]
    table = np.column_stack([measures.losses, measures.accuracy, measures.sharpness])
    for step, row in zip(measures.steps.tolist(), table, strict=True):
        found[step] = ["" if np.isnan(value) else str(value) for value in row]
    return found


def _cells(array: Array) -> list[list[str]]:
    """Text of an array (m,) or (m, k), as m lists."""
    text = array.reshape(len(array), -1 if array.size else 0).astype(str)
    found: list[list[str]] = np.where(text == "nan", "NaN", text).tolist()
    return found


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
