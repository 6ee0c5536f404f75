"""Every record as a row of CSV (RFC 4180) with a header, for spreadsheets, pandas and R."""

import csv as standard
import io
from collections.abc import Iterator, Sequence

import numpy as np

from steepest.engine import CRITICALS, STATUSES, Prepared, RunRecords, engine_at
from steepest.engine.recording.records import Array, ModelMetrics
from steepest.export.recording import Recording, run_names, variables_of
from steepest.spec.text import Language

# A spreadsheet takes a cell that begins with one of these for a formula, even in quotes.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

METRICS = (
    *("loss_train", "loss_dev", "loss_test", "accuracy_train", "accuracy_dev", "accuracy_test"),
    "sharpness",
)


def csv(recording: Recording, language: Language = "en") -> str:
    """The header, and the rows of all records, as `csv_rows` describes them."""
    return csv_rows(recording.prepared, recording.runs, language, recording.device)


def csv_rows(prepared: Prepared, runs: Sequence[RunRecords], language: Language = "en", device: str = "cpu") -> str:
    """Rows by step and then by run; lines end with CR LF. The header comes first where record 0 is among them.

    runs: consecutive records from the same step on; a run that has diverged before is absent. So a table can be made a
        part at a time.
    Columns: run, name, step, loss, params_x, params_y, grad_*, grad_norm, update_*, lr, each slot of the optimizers'
    state, eigenvalue_1 (the smaller), eigenvalue_2, a model's metrics, status, critical, engine. For a model with too
    many parameters for the records, the columns of single parameters are left out.
    Numbers are the shortest that read back as the recorded ones in the experiment's dtype; NaN, inf and -inf are words;
    a cell is empty where the optimizer has no such state or nothing was measured. Text that a spreadsheet would take
    for a formula has an apostrophe before it.
    """
    columns = slot_columns(prepared)
    out = io.StringIO()
    writer = standard.writer(out)
    if runs[0].first == 0:
        writer.writerow(map(_escape, _header(prepared, runs[0], columns)))
    names = run_names(prepared, language)
    rows = [_rows(prepared, run, _escape(names[run.run]), columns, device) for run in runs]
    for place in range(max(map(len, runs))):
        writer.writerows(next(mine) for mine, run in zip(rows, runs, strict=True) if place < len(run))
    return out.getvalue()


def slot_columns(prepared: Prepared) -> dict[str, tuple[str, ...]]:
    """The columns of each slot of any run's optimizers: one for a scalar slot, else one a variable."""
    variables = variables_of(prepared)
    return {
        slot.name: (slot.name,) if slot.scalar else tuple(f"{slot.name}_{variable}" for variable in variables)
        for plan in prepared.plans
        for slot in (plan.slots if variables else ())
    }


def _header(prepared: Prepared, run: RunRecords, slots: dict[str, tuple[str, ...]]) -> list[str]:
    variables = variables_of(prepared)
    of = {field: [f"{field}_{variable}" for variable in variables] for field in ("params", "grad", "update")}
    return [
        *("run", "name", "step", "loss", *of["params"], *of["grad"], "grad_norm", *of["update"], "lr"),
        *(column for columns in slots.values() for column in columns),
        *(f"eigenvalue_{n + 1}" for n in range(run.eigenvalues.shape[1])),
        *(METRICS if run.metrics is not None else ()),
        *("status", "critical", "engine"),
    ]


def _rows(
    prepared: Prepared, run: RunRecords, name: str, slots: dict[str, tuple[str, ...]], device: str
) -> Iterator[list[str]]:
    """One list of cells a record."""
    m = len(run)
    columns = [_cells(array) for array in (run.loss, run.params, run.grad, run.grad_norm, run.update, run.lr)]
    for slot, names in slots.items():
        columns.append(_cells(run.state[slot]) if slot in run.state else [[""] * len(names)] * m)
    columns.append(_cells(run.eigenvalues))
    if run.metrics is not None:
        columns.append(_metrics(run.metrics, run.first, m))
    for place, cells in enumerate(zip(*columns, strict=True)):
        numbers = [cell for group in cells for cell in group]
        engine = engine_at(prepared, run.run, run.first + place, device)
        words = (STATUSES[int(run.status[place])], CRITICALS[int(run.critical[place])], engine)
        yield [str(run.run), name, str(run.first + place), *numbers, *words]


def _metrics(metrics: ModelMetrics, first: int, m: int) -> list[list[str]]:
    """As m lists, from step `first` on; empty cells where nothing was measured, or there is no such part or class."""
    rows = [[""] * len(METRICS) for _ in range(m)]
    table = np.column_stack([metrics.losses, metrics.accuracy, metrics.sharpness])
    for step, row in zip(metrics.steps.tolist(), table, strict=True):
        rows[step - first] = ["" if np.isnan(value) else str(value) for value in row]
    return rows


def _cells(array: Array) -> list[list[str]]:
    """The numbers of an array (m,) or (m, k) as text: m lists."""
    text = array.reshape(len(array), -1 if array.size else 0).astype(str)
    cells: list[list[str]] = np.where(text == "nan", "NaN", text).tolist()
    return cells


def _escape(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
