"""Words of a lesson: a teacher may write them in one language only."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from steepest.classroom.limits import MAX_ASK, MAX_NOTES, MAX_OPTION, MAX_TITLE
from steepest.spec import Text
from steepest.spec.strict import Strict


class Words(Strict):
    """Plain text in English, Chinese or both; where one is empty, the other is shown."""

    en: str = Field(default="", max_length=MAX_NOTES)
    zh: str = Field(default="", max_length=MAX_NOTES)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.en.strip() or self.zh.strip()):
            raise PydanticCustomError("no_words", "needs words in English or Chinese")
        return self

    @classmethod
    def of(cls, text: Text) -> "Words":
        """The same words."""
        return cls(en=text.en, zh=text.zh)

    def text(self) -> Text:
        """In both languages: the one that is missing repeats the other."""
        return Text(self.en or self.zh, self.zh or self.en)


def _at_most(length: int) -> AfterValidator:
    def check(words: Words) -> Words:
        for language in ("en", "zh"):
            if len(getattr(words, language)) > length:
                raise PydanticCustomError("string_too_long", "too long", {"at": language, "max_length": length})
        return words

    return AfterValidator(check)


Title = Annotated[Words, _at_most(MAX_TITLE)]
Ask = Annotated[Words, _at_most(MAX_ASK)]
Label = Annotated[Words, _at_most(MAX_OPTION)]
Notes = Words
