"""How many bytes an experiment takes where the page sends it: it must fit in one message, or nobody could open it."""

import re

from steepest.spec import Batch, Edit, Experiment, LearningProblem, Penalty, Split

# Fields of an edit that the page leaves out, as the server writes them.
_NOTHING = {"set": len(',"set":null'), "optimizer": len(',"optimizer":null'), "params": len(',"params":null')}
_ALL = sum(_NOTHING.values())
_EXPONENT = re.compile(r"(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)")


def message_size(experiment: Experiment, document: str) -> int:
    """Bytes of an experiment without what its edits do not do, and what a learning problem has not; never too few.

    document: the experiment as `model_dump_json` writes it. JavaScript writes 1e20 and 0.000001 out: that is counted.
    """
    spared = sum(_ALL - _NOTHING[_kind(edit)] for edit in experiment.edits)
    if isinstance(experiment.problem, LearningProblem):
        spared += _unsaid(experiment.problem)
    written_out = sum(max(0, _javascript(*found.groups()) - len(found[0])) for found in _EXPONENT.finditer(document))
    return len(document.encode()) - spared + written_out


def _unsaid(problem: LearningProblem) -> int:
    """Bytes of batch, split and penalty that are what the server fills in."""
    spared = 0
    for name, part, default in (
        ("batch", problem.batch, Batch()),
        ("split", problem.split, Split()),
        ("penalty", problem.penalty, Penalty()),
    ):
        said = {field for field, value in part if value != getattr(default, field)}
        kept = len(f',"{name}":{part.model_dump_json(include=said)}') if said else 0
        spared += len(f',"{name}":{part.model_dump_json()}') - kept
    return spared


def _kind(edit: Edit) -> str:
    return "set" if edit.set is not None else "optimizer" if edit.optimizer is not None else "params"


def _javascript(sign: str, whole: str, fraction: str | None, exponent: str) -> int:
    """Characters that JavaScript needs for the number, as ECMA-262 has it (Number::toString)."""
    digits = (whole + (fraction or "")).rstrip("0")
    k, n = len(digits), int(exponent) + len(whole)
    if 0 < n <= 21:
        length = max(n, k + 1 if n < k else n)
    elif -6 < n <= 0:
        length = 2 - n + k
    else:
        length = k + (k > 1) + 2 + len(str(abs(n - 1)))
    return len(sign) + length
