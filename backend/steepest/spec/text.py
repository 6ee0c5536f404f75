"""Text that a person reads, in every language of the page."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["en", "zh"]


class Text(BaseModel):
    """One sentence or title in English and in Simplified Chinese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en=en, zh=zh)

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        return self.zh if language == "zh" else self.en


def counted(count: int, word: str) -> str:
    """A number with an English word: `1 step`, `2 steps`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
