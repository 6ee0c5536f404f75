"""Bytes of an experiment as the page sends it: it must fit in one message, or nobody could open it again."""

import re

from steepest.spec import Edit, Experiment, LearningProblem

# Fields of an edit that the server writes and the page leaves out where they are null.
_NULL_FIELDS = {name: len(f',"{name}":null') for name in ("set", "optimizer", "params")}
_EXPONENT = re.compile(r"(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)")


def message_size(experiment: Experiment, document: str) -> int:
    """Bytes that the page needs at most: without null fields of edits and defaults of a learning problem.

    document: the experiment as `model_dump_json` writes it. JavaScript writes 1e20 and 0.000001 with all digits.
    """
    omitted = sum(sum(_NULL_FIELDS.values()) - _NULL_FIELDS[_kind(edit)] for edit in experiment.edits)
    if isinstance(experiment.problem, LearningProblem):
        omitted += _omitted_defaults(experiment.problem)
    digits = sum(max(0, _javascript_length(*found.groups()) - len(found[0])) for found in _EXPONENT.finditer(document))
    return len(document.encode()) - omitted + digits


def _omitted_defaults(problem: LearningProblem) -> int:
    """Bytes of batch, split and penalty that equal the server's defaults."""
    omitted = 0
    for name in ("batch", "split", "penalty"):
        part = getattr(problem, name)
        kept = part.model_dump_json(exclude_defaults=True)
        omitted += len(part.model_dump_json()) - (len(kept) if kept != "{}" else -len(f',"{name}":'))
    return omitted


def _kind(edit: Edit) -> str:
    return "set" if edit.set is not None else "optimizer" if edit.optimizer is not None else "params"


def _javascript_length(sign: str, whole: str, fraction: str | None, exponent: str) -> int:
    """Characters that JavaScript writes for the number. Source: ECMA-262, Number::toString."""
    digits = (whole + (fraction or "")).rstrip("0")
    k, n = len(digits), int(exponent) + len(whole)
    if 0 < n <= 21:
        length = max(n, k + 1 if n < k else n)
    elif -6 < n <= 0:
        length = 2 - n + k
    else:
        length = k + (k > 1) + 2 + len(str(abs(n - 1)))
    return len(sign) + length
