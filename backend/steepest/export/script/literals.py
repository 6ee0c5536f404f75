"""Values, text and calls as Python source, formatted as `ruff format` does with lines of 120."""

import math
from collections.abc import Sequence

from steepest.spec import Value

WIDTH = 120


def number(value: float) -> str:
    """A literal that reads back as exactly the same float; NaN and infinity by torch's names."""
    if math.isnan(value):
        return "torch.nan"
    if math.isinf(value):
        return "torch.inf" if value > 0 else "-torch.inf"
    return repr(value).replace("e+", "e")


def literal(value: Value | tuple[float | None, ...] | list[float]) -> str:
    """A hyperparameter as its torch class takes it: lists become tuples."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple):
        return f"({', '.join(literal(each) for each in value)})"
    return quoted(value) if isinstance(value, str) else repr(value)


def plain(text: str) -> str:
    """One line of printable characters, so that nothing in it can end a comment or be invisible."""
    return "".join(character if character.isprintable() else " " for character in text)


def quoted(text: str) -> str:
    """A string literal in double quotes."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', "'") + '"'


def call(before: str, arguments: Sequence[str], indent: str = "", after: str = ")") -> str:
    """`before` + arguments + `after`: on one line if it fits, else indented, else one argument a line.

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
    """As `call` for many numbers: as many on a line as fit, with a comment that keeps formatters off.

    before ends with the opening bracket.
    """
    line = f"{before}{', '.join(numbers)}{after}"
    if len(line) <= WIDTH:
        return line
    inside = "".join(f"    {each}\n" for each in _wrapped([f"{each}," for each in numbers], WIDTH - 4))
    return f"{before}\n{inside}{after}  # fmt: skip"


def comment(text: str) -> str:
    """A comment of one line or more, wrapped at words."""
    return "\n".join(f"# {line}".rstrip() for line in _wrapped(plain(text).split(" "), WIDTH - 2))


def _wrapped(words: Sequence[str], width: int) -> list[str]:
    """Words separated by spaces, in lines of at most `width` characters; a longer word has a line of its own."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
