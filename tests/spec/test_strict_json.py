"""JSON is read as the standard has it; anything else is refused in words, whatever the bytes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.spec import Invalid
from steepest.spec.strict_json import strict_json

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "expecting value"),
    "blank": ("   ", "expecting value"),
    "half an object": ('{"a": 1', "expecting ',' delimiter"),
    "single quotes": ("{'a': 1}", "enclosed in double quotes"),
    "something after it": ('{"a": 1} x', "extra data, at line 1 column 10"),
    "NaN": ('{"a": NaN}', "NaN is not a JSON number"),
    "Infinity": ("[Infinity]", "Infinity is not a JSON number"),
    "-Infinity": ("-Infinity", "-Infinity is not a JSON number"),
    "a float beyond the doubles": ('{"a": -1e400}', "-1e400 is too large for a number"),
    "an int of 5,000 digits": ("9" * 5000, "an integer of 5000 digits"),
    "a key twice": ('{"a": {"b": 1, "c": 2, "b": 1}}', "the key 'b' is repeated"),
    "100,000 brackets": ("[" * 100_000, "nested too deeply"),
    "100,000 objects": ('{"a":' * 100_000, "nested too deeply"),
    "an escaped lone surrogate": ('{"a": "\\ud800"}', "lone surrogate"),
    "a lone surrogate": ('{"a": "\ud800"}', "lone surrogate"),
    "bytes that are not UTF-8": (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "byte 0 is not UTF-8"),
    "a NUL": ('{"a": \x00}', "expecting value"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    text, words = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        strict_json(text)
    assert refused.value.field == ""
    assert refused.value.text.en.startswith("not valid JSON: ")
    assert words in refused.value.text.en
    assert refused.value.text.zh.startswith("不是有效的 JSON")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-400", 0.0),
        ("-0", 0),
        ("1e308", 1e308),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"": {"": []}}', {"": {"": []}}),
        (b"[true, false, null]", [True, False, None]),
    ],
)
def test_reads(text: str | bytes, value: object) -> None:
    assert strict_json(text) == value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(JSON)
def test_reads_back_whatever_json_can_hold(value: object) -> None:
    assert strict_json(json.dumps(value)) == value


@settings(max_examples=1000)
@given(st.text() | st.binary())
def test_only_invalid_escapes(text: str | bytes) -> None:
    try:
        value = strict_json(text)
    except Invalid:
        return
    assert strict_json(json.dumps(value)) == value
