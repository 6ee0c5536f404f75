"""What pydantic refuses is reported in both languages, the types of error too that nobody thought of."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from steepest.spec.validation_errors import to_invalid


class Some(BaseModel):
    even: Annotated[int, Field(multiple_of=2)] = 2
    name: Annotated[str, Field(min_length=2, max_length=3, pattern="^[a-z]+$")] = "ab"
    more: Annotated[float, Field(gt=1)] = 2


@pytest.mark.parametrize(
    ("given", "english"),
    [
        ({"even": 3}, "multiple of 2"),
        ({"name": "AB"}, "pattern"),
        ({"name": "a"}, "needs at least 2 characters"),
        ({"name": "abcd"}, "holds at most 3 characters"),
        ({"more": 1}, "must be greater than 1"),
    ],
)
def test_chinese_holds_no_english(given: dict[str, object], english: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Some.model_validate(given)
    error = to_invalid(refused.value)
    assert error.field == next(iter(given))
    assert english in error.text.en
    assert not any(letter.isascii() and letter.isalpha() for letter in error.text.zh), error.text.zh
