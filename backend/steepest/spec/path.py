"""A place in a document, such as `runs[0].optimizer.lr`."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]  # names of fields and places in lists

_NAME = r"[A-Za-z_]\w*"
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}|\[\d{{1,9}}\])*", re.ASCII)


def parse_path(text: str) -> Path | None:
    """The parts of a path; None where it is none."""
    if not _PATH.fullmatch(text):
        return None
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", text, re.ASCII))


def has_place(document: Any, path: Path) -> bool:
    """Whether the document has what the path's last part is a field or an element of, and that element."""
    for n, part in enumerate(path):
        last = n == len(path) - 1
        if isinstance(part, int):
            if not isinstance(document, Sequence) or isinstance(document, str) or part >= len(document):
                return False
        elif not isinstance(document, Mapping) or (part not in document and not last):
            return False
        if not last:
            document = document[part]
    return True


def value_at(document: Any, path: Path) -> Any:
    """What is there; None where a field is missing. The document has the place."""
    for part in path[:-1]:
        document = document[part]
    return document.get(path[-1]) if isinstance(document, Mapping) else document[path[-1]]


def with_value(document: Any, path: Path, value: object) -> Any:
    """The document with another value there; what is beside it is shared. The document has the place."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(document, Mapping):
        return {**document, part: with_value(document.get(part), rest, value)}
    return [with_value(each, rest, value) if n == part else each for n, each in enumerate(document)]
