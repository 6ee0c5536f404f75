"""The error for invalid input: it names the field and what would be valid."""

from steepest.spec.text import Text

_MAX_FIELD = 200


class Invalid(ValueError):
    """Invalid input.

    field: path inside the document, such as `runs[0].optimizer.lr`; "" for the document itself.
    text: what is wrong and what would be valid, in both languages.
    column: of the mistake, from 1, in text that the user typed.
    """

    def __init__(self, field: str, text: Text, *, column: int | None = None) -> None:
        self.field = _printable(field)
        self.text = text
        self.column = column
        super().__init__(f"{self.field}: {text.en}" if self.field else text.en)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by its parts, for worker processes."""
        return _unpickle, (self.field, self.text.en, self.text.zh, self.column)

    def under(self, prefix: str) -> "Invalid":
        """The same error with a prefix before its field: `lr` under `runs[0].optimizer`."""
        if not self.field:
            return Invalid(prefix, self.text, column=self.column)
        dot = "" if self.field.startswith("[") else "."
        return Invalid(f"{prefix}{dot}{self.field}", self.text, column=self.column)


def _printable(field: str) -> str:
    """Short and printable: the field can be a name that the client invented."""
    short = field if len(field) <= _MAX_FIELD else field[:_MAX_FIELD] + "…"
    return short if short.isprintable() else "".join(c if c.isprintable() else "�" for c in short)


def _unpickle(field: str, en: str, zh: str, column: int | None) -> Invalid:
    return Invalid(field, Text(en, zh), column=column)


def invalid(field: str, english: str, chinese: str) -> Invalid:
    """An `Invalid` of a field, from its text in both languages."""
    return Invalid(field, Text(english, chinese))
