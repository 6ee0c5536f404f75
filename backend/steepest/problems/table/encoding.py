"""The bytes of a file as text: by its byte-order mark, as UTF-8, or in the encoding that its letters suggest."""

import re

from steepest.problems.table.table import cell_error, file_error
from steepest.spec import Text

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
# What is guessed among where it is not UTF-8; GB18030 contains GBK, and Windows-1252 the letters of Latin-1.
_GUESSED = {"gb18030": "GB18030", "cp932": "Shift-JIS", "windows-1252": "Windows-1252"}
_SAMPLE = 100_000  # bytes of lines that are not ASCII
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_KANA = re.compile("[ƒ‚][\x21-\xff‘’“”„†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ€…]")  # the first bytes of kana, read as Windows-1252


def decode(body: bytes, repairs: list[Text]) -> str:
    """The text of a file. Raises `Invalid`; adds to `repairs`."""
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
        guessed = _guess(body, repairs) if encoding == "utf-8" else None
        if guessed is None:
            line = body.count(b"\n", 0, error.start) + 1
            raise cell_error(
                line,
                None,
                f"not {name or 'UTF-8'} text; save the file as UTF-8",
                f"不是 {name or 'UTF-8'} 文本；请存为 UTF-8",
            ) from None
        text = guessed
    place = text.find("\0")
    if place >= 0:
        raise cell_error(
            text.count("\n", 0, place) + 1, None, "contains a NUL character", "含有文本中不应有的 NUL 字符"
        )
    return text


def _guess(body: bytes, repairs: list[Text]) -> str | None:
    """The text in the encoding that fits best, or None: for binary content, and for UTF-8 that is damaged."""
    if b"\xff" in body or b"\0" in body or _is_mostly_utf8(body):
        return None
    import chardet  # here, since few files need it

    lines = b"\n".join(line for line in body.split(b"\n") if not line.isascii())
    found = chardet.detect(lines[:_SAMPLE], include_encodings=list(_GUESSED))["encoding"]
    order = [str(found).lower(), *_GUESSED]
    if order[0] == "windows-1252" and _KANA.search(lines.decode("cp1252", "replace")):
        order.insert(0, "cp932")
    for encoding in order:
        if encoding in _GUESSED:
            try:
                text = body.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not _CONTROL.search(text):
                label = _GUESSED[encoding]
                repairs.append(
                    Text(
                        f"read as {label}, as its letters suggest; save it as UTF-8 if they look wrong",
                        f"不是 UTF-8，按其文字推测以 {label} 读取；如有乱码，请存为 UTF-8",
                    )
                )
                return text
    return None


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 with a few wrong bytes; another encoding has many, and hardly a sequence of three bytes."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    beyond = [character for character in text if not character.isascii()]
    long = sum(character >= "\u0800" for character in beyond) - wrong
    return long > wrong or len(beyond) - wrong > 10 * wrong
