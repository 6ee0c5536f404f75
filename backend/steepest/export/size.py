"""How large a file will be at most, by arithmetic, before any step is computed."""

from math import prod

from steepest.engine import Prepared
from steepest.engine.recording.records import METRICS_PERIOD
from steepest.export.csv import METRICS, slot_columns
from steepest.export.formats import Format
from steepest.export.recording import MAX_DRAWN, run_names, variables_of
from steepest.problems import LearningProblem

# Bytes of a number as text with the comma after it, nearly as many as there can be, and of its bits.
_TEXT = {"float32": 13, "float64": 21}
_BITS = {"float32": 4, "float64": 8}
_DOUBLE = _TEXT["float64"]

_HEADER = 1000  # bytes of the header of a table besides the columns of single parameters
_WORDS = 30  # bytes of a row besides its numbers and the run's name: run, step, status, critical, engine
_RATE = 8  # bytes of a rate: few have as many digits as other numbers

_REPORT = 8_000_000  # bytes of a report besides its lines: plotly.js, the map, the model's outputs
_LINE = 4000  # points of one line of a report, of each run
_POINT = 12 * 11  # bytes of a point in all figures: 12 numbers in base64
_SCRIPT = 200_000  # bytes of a script or notebook besides the experiment and its data


def size_at_most(prepared: Prepared, to: Format, steps: int) -> int:
    """Bytes of the file with records 0 to `steps`; fewer are needed where a run diverges before."""
    if to == "csv":
        return _csv(prepared, steps)
    if to == "html":
        return _html(prepared, steps)
    problem, bits = prepared.problem, _BITS[prepared.experiment.dtype]
    if to == "weights":
        return problem.dim * bits + 10_000 + 200 * len(problem.layers)
    # Numbers of data sets and of the ends of runs are compressed and in base64; random bits do not become fewer.
    packed = len(prepared.plans) * problem.dim * bits + _stored_data(prepared)
    return _SCRIPT + 4 * len(prepared.experiment.model_dump_json()) + packed * 3 // 2


def most_steps(prepared: Prepared, to: Format, steps: int, limit: int) -> int | None:
    """The most steps, up to `steps`, with which a file has at most `limit` bytes; None where even record 0 has more."""
    if size_at_most(prepared, to, 0) > limit:
        return None
    low, high = 0, steps + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size_at_most(prepared, to, middle) <= limit else (low, middle)
    return low


def _csv(prepared: Prepared, steps: int) -> int:
    problem, number = prepared.problem, _TEXT[prepared.experiment.dtype]
    n, slots = len(variables_of(prepared)), slot_columns(prepared)
    header = _HEADER + 40 * (3 * n + sum(map(len, slots.values())))
    learning = isinstance(problem, LearningProblem)
    measured = (steps // METRICS_PERIOD + 1) * _DOUBLE * len(METRICS) if learning else 0
    runs = 0
    for name, plan in zip(_names(prepared), prepared.plans, strict=True):
        row = _WORDS + name + number * (2 + 3 * n) + _RATE  # with loss and norm of the gradient
        own = {slot.name for slot in plan.slots}
        row += sum(len(columns) * (number if slot in own else 1) for slot, columns in slots.items())
        row += _DOUBLE * n if n <= MAX_DRAWN else 0  # eigenvalues
        row += len(METRICS) if learning else 0  # their commas
        runs += (steps + 1) * row + measured
    return header + runs


def _names(prepared: Prepared) -> list[int]:
    """Bytes of each run's name, in the language in which they are more."""
    pairs = zip(run_names(prepared, "en"), run_names(prepared, "zh"), strict=True)
    return [max(len(name.encode()) for name in pair) for pair in pairs]


def _html(prepared: Prepared, steps: int) -> int:
    runs = len(prepared.plans)
    points = min(steps + 1, _LINE + 1) * _POINT
    if isinstance(prepared.problem, LearningProblem):
        points += (steps // METRICS_PERIOD + 1) * 6 * _POINT // 12  # the losses of three parts
    return _REPORT + runs * (points + 400_000) + 8 * len(prepared.experiment.model_dump_json())


def _stored_data(prepared: Prepared) -> int:
    """Bytes of the samples that a script cannot make, and contains."""
    problem = prepared.problem
    if not isinstance(problem, LearningProblem) or not (problem.dataset.stored or problem.dataset.id == "digits"):
        return 0
    number = 1 if len(problem.shape.inputs) > 1 else 8  # pixels are bytes
    return problem.shape.count * number * (prod(problem.shape.inputs) + max(1, problem.shape.targets))
