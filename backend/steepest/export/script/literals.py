"""Values, text and calls as Python source, laid out as `ruff format` with lines of 120 would."""

import math
from collections.abc import Sequence

from steepest.spec import Value

WIDTH = 120


def number(value: float) -> str:
    """A literal that reads back as the very same float; what is not finite in torch's words."""
    if math.isnan(value):
        return "torch.nan"
    if math.isinf(value):
        return "torch.inf" if value > 0 else "-torch.inf"
    return repr(value).replace("e+", "e")


def literal(value: Value | tuple[float | None, ...] | list[float]) -> str:
    """A hyperparameter as its torch class takes it: pairs and triples are tuples."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple):
        return f"({', '.join(literal(each) for each in value)})"
    return quoted(value) if isinstance(value, str) else repr(value)


def plain(text: str) -> str:
    """One line of printable characters: nothing in it ends a comment or hides."""
    return "".join(character if character.isprintable() else " " for character in text)


def quoted(text: str) -> str:
    """A string literal in double quotes."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', "'") + '"'


def call(before: str, arguments: Sequence[str], indent: str = "", after: str = ")") -> str:
    """`before` + arguments + `after`, on one line where it fits, else indented, else one argument a line.

    before ends with the opening bracket.
    """
    inside = ", ".join(arguments)
    line = f"{indent}{before}{inside}{after}"
    if len(line) <= WIDTH or not arguments:
        return line
    deeper = f"{indent}    "
    if len(deeper + inside) <= WIDTH:
        return f"{indent}{before}\n{deeper}{inside}\n{indent}{after}"
    lines = "".join(f"{deeper}{argument},\n" for argument in arguments)
    return f"{indent}{before}\n{lines}{indent}{after}"


def listed(before: str, numbers: Sequence[str], after: str = "])") -> str:
    """As `call` for many numbers: as many on a line as fit, which a formatter is asked to leave so.

    before ends with the opening bracket.
    """
    line = f"{before}{', '.join(numbers)}{after}"
    if len(line) <= WIDTH:
        return line
    lines = [""]
    for each in numbers:
        if len(lines[-1]) + len(each) + 2 > WIDTH - 4:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{each},"
    inside = "".join(f"    {each}\n" for each in lines)
    return f"{before}\n{inside}{after}  # fmt: skip"


def comment(text: str) -> str:
    """A comment of one line or more, wrapped at words."""
    lines = [""]
    for word in plain(text).split(" "):
        if lines[-1] and len(lines[-1]) + len(word) + 3 > WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(f"# {line}".rstrip() for line in lines)
