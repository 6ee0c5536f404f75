"""A text as rows of cells."""

import csv
import re
from collections.abc import Iterator

from steepest.problems.table.dialect import LINE, dialect_of
from steepest.problems.table.table import MAX_COLUMNS, MAX_RECORD, MAX_ROWS, cell_error, file_error
from steepest.spec import Text

_CHUNK = 65_536  # characters read at a time


class CsvRows:
    """The rows of a text as lists of cells, with their numbers from 1; empty rows are counted and left out.

    Can be iterated several times. Raises `Invalid` with row and column.
    """

    def __init__(self, text: str, repairs: list[Text]) -> None:
        dialect = dialect_of(text, repairs)
        text = dialect.text
        self._text = text
        self.delimiter = dialect.delimiter
        self._aside = dialect.aside
        if len({end for end in ("\r\n", "\n", "\r") if _has(text, end)}) > 1:
            repairs.append(Text("mixed line ends, all recognised", "混用多种换行符，均按换行处理"))
        self.empty = 0
        self.plain = False  # whether every line is a row, without quotes
        bare = _strip_needless_quotes(text, self.delimiter)
        if '"' not in bare:
            self.plain = True
            self._text = bare.replace("\r\n", "\n").replace("\r", "\n")

    @property
    def empty_rows(self) -> int:
        """How many rows of the pass so far were empty, without the lines that are no rows."""
        return max(0, self.empty - self._aside)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        self.empty = 0
        return self.read(self._text, 0)

    def chunks(self) -> Iterator[tuple[int, str]]:
        """Chunks of whole lines of a plain text, each with the number of lines before it."""
        text = self._text.removesuffix("\n")  # the end of the last line
        before = start = 0
        while start <= len(text):
            end = text.find("\n", start + _CHUNK)
            chunk = text[start : len(text) if end < 0 else end]
            yield before, chunk
            start += len(chunk) + 1
            before += chunk.count("\n") + 1

    def read(self, text: str, before: int) -> Iterator[tuple[int, list[str]]]:
        """The rows of a part of the text. before: the number of rows before it. Adds to `empty`."""
        pending: list[str] = []  # lines of the current record
        number = before

        def lines() -> Iterator[str]:
            size = 0
            for match in LINE.finditer(text):
                if not pending:
                    size = 0
                if match.end() - match.start() + size > MAX_RECORD:
                    start = match.start() - size
                    raise self._too_long(number + 1, text[start : start + MAX_RECORD])
                size += match.end() - match.start()
                pending.append(match.group())
                yield match.group()

        # strict: an unclosed quote is an error at the end, not one long cell.
        reader = csv.reader(lines(), delimiter=self.delimiter, strict=True)
        while True:
            try:
                row = next(reader, None)
            except csv.Error:
                raise self._misquoted(number + 1, "".join(pending)) from None
            if row is None:
                return
            pending.clear()
            number += 1
            if any(map(str.strip, row)):
                if len(row) > MAX_COLUMNS:
                    raise _too_many_columns(number)
                yield number, row
            else:
                self.empty += 1
                if self.empty > MAX_ROWS:
                    raise file_error(f"has more than {MAX_ROWS} empty rows", f"空行多于 {MAX_ROWS} 行")

    def _too_long(self, row: int, record: str) -> Exception:
        column, quoted = _position(record, self.delimiter)
        if column > MAX_COLUMNS:
            return _too_many_columns(row)
        if quoted:
            return _never_closed(row, column)
        return cell_error(
            row,
            column,
            f"a row has at most {MAX_RECORD} characters; this is longer",
            f"一行最多 {MAX_RECORD} 个字符，此行超出",
        )

    def _misquoted(self, row: int, record: str) -> Exception:
        column, quoted = _position(record, self.delimiter)
        if quoted:
            return _never_closed(row, column)
        return cell_error(row, None, "text after a closing quote", "引号结束之后还有文字")


def _never_closed(row: int, column: int) -> Exception:
    return cell_error(
        row,
        column,
        f"the quote that opens here is never closed, or not within {MAX_RECORD} characters",
        f"此处的引号没有结束，或在 {MAX_RECORD} 个字符内没有结束",
    )


def _too_many_columns(row: int) -> Exception:
    return cell_error(row, None, f"has more than {MAX_COLUMNS} columns", f"多于 {MAX_COLUMNS} 列")


def _position(record: str, delimiter: str) -> tuple[int, bool]:
    """The column, from 1, of the end of a record, and whether it is inside quotes."""
    column, quoted, begins = 1, False, True
    for character in record:
        if character == '"' and (quoted or begins):
            quoted, begins = not quoted, True  # a doubled quote closes and opens again
        elif character == delimiter and not quoted:
            column, begins = column + 1, True
        else:
            begins = False
    return column, quoted


def _strip_needless_quotes(text: str, delimiter: str) -> str:
    """Removes quotes around cells that contain no quote, delimiter or line end."""
    if '"' not in text:
        return text
    mark = re.escape(delimiter)
    return re.sub(rf'(?<![^{mark}\r\n])"([^"{mark}\r\n]*)"(?![^{mark}\r\n])', r"\1", text)


def _has(text: str, end: str) -> bool:
    pattern = {"\r\n": "\r\n", "\n": r"(?<!\r)\n", "\r": r"\r(?!\n)"}[end]
    return re.search(pattern, text) is not None
