"""The one error for input that is not right: it names the field and what would be right."""

from steepest.spec.text import Text


class Invalid(ValueError):
    """Input that cannot be used.

    field: path inside the document, such as `runs[0].optimizer.lr`; "" for the document itself.
    text: what is wrong and what would be right, in both languages.
    column: for text the user typed, the 1-based column of the mistake.
    """

    def __init__(self, field: str, text: Text, *, column: int | None = None) -> None:
        self.field = field
        self.text = text
        self.column = column
        super().__init__(f"{field}: {text.en}" if field else text.en)

    def under(self, prefix: str) -> "Invalid":
        """The same error, its field read from one level higher up: `lr` under `runs[0].optimizer`."""
        field = f"{prefix}.{self.field}" if self.field else prefix
        return Invalid(field, self.text, column=self.column)
