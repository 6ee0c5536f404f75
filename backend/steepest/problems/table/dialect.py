"""How a text is laid out: Excel's `sep=` line, comment lines, and what separates its cells."""

import csv
import re
from dataclasses import dataclass

from steepest.problems.table.notation import is_gap, is_number
from steepest.problems.table.table import MAX_RECORD
from steepest.spec import Text, counted

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
BLANK = " "
_LABELS = {
    ",": None,
    ";": Text("semicolons", "分号"),
    "\t": Text("tabs", "制表符"),
    "，": Text("full-width commas", "全角逗号"),
    "；": Text("full-width semicolons", "全角分号"),
    "|": Text("vertical bars", "竖线"),
    BLANK: Text("blanks", "空格"),
}
_SEP_LINE = re.compile(r'\s*"?sep=([^\w\s".\']|[\t ])"?[ ,;]*(?:\r\n|\r|\n)', re.IGNORECASE)
_COMMENT = ("#", "%", "//")
_SAMPLE_LINES = 40


@dataclass(frozen=True)
class Dialect:
    """text: with one blank between cells where blanks separate them; lines that are no rows are empty in it.

    aside: how many lines were made empty, so that the rows keep their numbers.
    """

    text: str
    delimiter: str
    aside: int


def dialect_of(text: str, repairs: list[Text]) -> Dialect:
    """What separates the cells, and the text without what is no row. Adds to `repairs`."""
    aside = 0
    named = _SEP_LINE.match(text)
    if named:
        text, aside = "\n" * text.count("\n", 0, named.end()) + text[named.end() :], 1
        repairs.append(Text("the line sep= is not a row", "sep= 行不是数据行"))
    delimiter = named.group(1) if named else _best(_sample(text))
    text, comments = _without_comments(text, delimiter, repairs)
    label = _LABELS.get(delimiter, Text(repr(delimiter), repr(delimiter)))
    if label:
        repairs.append(Text(f"cells are separated by {label.en}", f"单元格以{label.zh}分隔"))
    if delimiter == BLANK:
        text = _single_blanks(text)
    return Dialect(text, delimiter, aside + comments)


def _sample(text: str) -> list[str]:
    """The first lines that are not empty, without comments that have fewer cells than what follows."""
    lines: list[str] = []
    for match in LINE.finditer(text[:MAX_RECORD]):
        if match.group().strip() and not match.group().lstrip().startswith(_COMMENT):
            lines.append(match.group())
            if len(lines) == _SAMPLE_LINES:
                return lines
    whole = lines[:-1] if len(text) > MAX_RECORD else lines  # the last one may be cut
    return whole or lines


def _best(lines: list[str]) -> str:
    """The delimiter that gives most rows the width of the first, with most numbers in them; a comma if none does.

    The measure of CleverCSV (van den Burg, Nazábal, Sutton 2019): regularity times the share of cells of a known type.
    """
    scores = {delimiter: _score(lines, delimiter) for delimiter in _LABELS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _score(lines: list[str], delimiter: str) -> float:
    rows = list(cells_of(lines, delimiter))
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0
    regular = sum(len(row) == width for row in rows) / len(rows)
    cells = [cell for row in rows for cell in row]
    known = sum(is_number(cell) or is_gap(cell) for cell in cells) / len(cells)
    return regular * (0.1 + known) * (0.8 if delimiter == BLANK else 1)


def cells_of(lines: list[str], delimiter: str) -> list[list[str]]:
    """Lines as rows of cells; quotes that are wrong are taken as they are."""
    if delimiter == BLANK:
        lines = [_single_blanks(line) for line in lines]
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _single_blanks(text: str) -> str:
    """One blank for each run of blanks and tabs outside quotes; none at the ends of a line."""
    text = re.sub(r'"[^"\r\n]*"|[ \t]+', lambda match: match.group() if match.group()[0] == '"' else BLANK, text)
    return re.sub(r"(?m)^ | (?=\r|\n|\Z)", "", text)


def _without_comments(text: str, delimiter: str, repairs: list[Text]) -> tuple[str, int]:
    """Comment lines made empty, and their number. A comment with as many cells as the rows is the header."""
    # One character is found much faster than two, and most files have none of these.
    marks = [mark for mark in _COMMENT if mark[0] in text]
    if not any(text.lstrip().startswith(mark) or f"\n{mark}" in text or f"\r{mark}" in text for mark in marks):
        return text, 0
    rows = cells_of(_sample(text), delimiter)
    width = len(rows[0]) if rows else 0
    parts: list[str] = []
    count, quoted, last = 0, False, -1
    before = True  # no row yet
    for match in LINE.finditer(text):
        line = match.group()
        if not quoted and line.lstrip().startswith(_COMMENT):
            if len(next(iter(cells_of([_uncommented(line)], delimiter)), [])) != width:
                parts.append("\n")
                count += 1
                continue
            last = len(parts) if before else last
        elif line.strip():
            before = False
        quoted ^= line.count('"') % 2 == 1
        parts.append(line)
    if last >= 0 and rows and parts[last].lstrip()[1:2] in (BLANK, "\t"):
        parts[last] = _uncommented(parts[last])
    if count:
        repairs.append(Text(f"{counted(count, 'comment line')} left out", f"略去 {count} 行注释"))
    return "".join(parts), count


def _uncommented(line: str) -> str:
    return re.sub(r"^\s*(?:#+|%+|//)[ \t]+", "", line)
