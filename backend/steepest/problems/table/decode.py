"""The bytes of a file as text, and the text as rows of cells."""

import csv
import re
from collections.abc import Iterator

from steepest.problems.table.table import MAX_COLUMNS, MAX_RECORD, MAX_ROWS, cell_error, file_error
from steepest.spec import Text

_CHUNK = 65_536  # characters read at a time
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DELIMITERS = {",": None, ";": Text("semicolons", "分号"), "\t": Text("tabs", "制表符")}

# Other kinds of files, by their first bytes.
_MAGIC = (
    (b"\x1f\x8b", Text("gzip, not CSV: unpack it first", "这是 gzip 而非 CSV：请先解压")),
    (b"PK\x03\x04", Text("a zip or Excel file: save it as CSV", "这是 zip 或 Excel 文件：请另存为 CSV")),
    (b"\xd0\xcf\x11\xe0", Text("an Excel file: save it as CSV", "这是 Excel 文件：请另存为 CSV")),
    (b"%PDF", Text("a PDF, not CSV", "这是 PDF 而非 CSV")),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", None),
    (b"\xff\xfe\0\0", "utf-32", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)


def decode(body: bytes, repairs: list[Text]) -> str:
    """The text: UTF-8, or as its byte-order mark says. Raises `Invalid`; adds to `repairs`."""
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise file_error(what.en, what.zh)
    encoding, name = "utf-8", None
    for mark, codec, label in _MARKS:
        if body.startswith(mark):
            encoding, name = codec, label
            break
    if name:
        repairs.append(Text(f"read as {name}, as its byte-order mark says", f"按字节序标记以 {name} 读取"))
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise cell_error(
            line,
            None,
            f"not {name or 'UTF-8'} text; save the file as UTF-8",
            f"不是 {name or 'UTF-8'} 文本；请存为 UTF-8",
        ) from None
    place = text.find("\0")
    if place >= 0:
        raise cell_error(
            text.count("\n", 0, place) + 1, None, "contains a NUL character", "含有文本中不应有的 NUL 字符"
        )
    return text


class CsvRows:
    """The rows of a text as lists of cells, with their numbers from 1; empty rows are counted and left out.

    Can be iterated several times. Raises `Invalid` with row and column.
    """

    def __init__(self, text: str, repairs: list[Text]) -> None:
        self._text = text
        self.delimiter = _delimiter(text)
        label = _DELIMITERS[self.delimiter]
        if label:
            repairs.append(Text(f"cells are separated by {label.en}", f"单元格以{label.zh}分隔"))
        if len({end for end in ("\r\n", "\n", "\r") if _has(text, end)}) > 1:
            repairs.append(Text("mixed line ends, all recognised", "混用多种换行符，均按换行处理"))
        self.empty = 0
        self.plain = False  # whether every line is a row, without quotes
        bare = _strip_needless_quotes(text, self.delimiter)
        if '"' not in bare:
            self.plain = True
            self._text = bare.replace("\r\n", "\n").replace("\r", "\n")

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
            for match in _LINE.finditer(text):
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


def _delimiter(text: str) -> str:
    """The most frequent delimiter of the first line that is not empty."""
    match = _LINE.match(text.lstrip("\r\n ")[:MAX_RECORD])
    first = match.group() if match else ""
    return max(_DELIMITERS, key=first.count)  # a comma if there is none


def _strip_needless_quotes(text: str, delimiter: str) -> str:
    """Removes quotes around cells that contain no quote, delimiter or line end."""
    if '"' not in text:
        return text
    return re.sub(rf'(?<![^{delimiter}\r\n])"([^"{delimiter}\r\n]*)"(?![^{delimiter}\r\n])', r"\1", text)


def _has(text: str, end: str) -> bool:
    pattern = {"\r\n": "\r\n", "\n": r"(?<!\r)\n", "\r": r"\r(?!\n)"}[end]
    return re.search(pattern, text) is not None
