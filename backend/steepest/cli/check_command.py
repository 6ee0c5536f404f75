"""`steepest check`: compares compiled runs with PyTorch and prints how far they are apart."""

import sys
from collections.abc import Sequence

import torch

from steepest.cli.errors import Failure
from steepest.engine import Checkpoint, EngineCheck, advance, check_engine, prepare
from steepest.protocol.engine_check import check_of_run
from steepest.spec import Experiment, Invalid

_HEAD = ("run", "engine", "records", "value", "step", "relative", "ulps", "tolerance", "result")


def print_checks(experiment: Experiment, name: str, *, first: int, steps: int, as_json: bool) -> bool:
    """Prints one row or one JSON object a run, and returns whether all are within the tolerance. Raises `Failure`.

    The runs are compiled whatever the experiment says.
    """
    torch.set_num_threads(1)  # as `steepest run` does
    try:
        prepared = prepare(experiment.model_copy(update={"engine": "compiled"}))
        checkpoint: Checkpoint | None = advance(prepared, None, first)[1] if first else None
        checks = check_engine(prepared, checkpoint, first + steps)
    except Invalid as error:
        raise Failure(f"{name}: {error}") from None
    if as_json:
        out = [check_of_run(check).model_dump_json() for check in checks]
    else:
        out = _aligned([_HEAD, *map(_row, checks)])
    sys.stdout.write("\n".join(out) + "\n")
    return all(check.within for check in checks)


def _row(check: EngineCheck) -> Sequence[str]:
    engines = ", ".join(check.engines)
    worst = check.worst
    if worst is None:
        why = "no kernel" if check.engines == ("eager",) else "diverged before"
        return (str(check.run), engines, "-", "-", "-", "-", "-", "-", why)
    numbers = (f"{worst.relative:.1e}", f"{worst.ulps:.3g}", f"{worst.share:.2%}")
    result = "within" if check.within else "beyond"
    return (str(check.run), engines, f"{check.first}-{check.last}", worst.value, str(worst.step), *numbers, result)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
