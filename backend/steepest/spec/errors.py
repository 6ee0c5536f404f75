"""The one error for input that is not right: it names the field and what would be right."""

from steepest.spec.text import Text

_LONGEST_FIELD = 200


class Invalid(ValueError):
    """Input that cannot be used.

    field: path inside the document, such as `runs[0].optimizer.lr`; "" for the document itself.
    text: what is wrong and what would be right, in both languages.
    column: for text the user typed, the 1-based column of the mistake.
    """

    def __init__(self, field: str, text: Text, *, column: int | None = None) -> None:
        self.field = _shown(field)
        self.text = text
        self.column = column
        super().__init__(f"{self.field}: {text.en}" if self.field else text.en)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by its parts: it crosses from a worker process to the server."""
        return _rebuilt, (self.field, self.text.en, self.text.zh, self.column)

    def under(self, prefix: str) -> "Invalid":
        """The same error, its field read from one level higher up: `lr` under `runs[0].optimizer`."""
        if not self.field:
            return Invalid(prefix, self.text, column=self.column)
        joint = "" if self.field.startswith("[") else "."
        return Invalid(f"{prefix}{joint}{self.field}", self.text, column=self.column)


def _shown(field: str) -> str:
    """A field's name may be the client's own: of any length, and with characters that would break a line of a log."""
    short = field if len(field) <= _LONGEST_FIELD else field[:_LONGEST_FIELD] + "…"
    return short if short.isprintable() else "".join(c if c.isprintable() else "�" for c in short)


def _rebuilt(field: str, en: str, zh: str, column: int | None) -> Invalid:
    return Invalid(field, Text(en, zh), column=column)
