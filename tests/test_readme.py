"""The two READMEs say the same: the same commands, headings, links and settings, each in its language."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """The fenced code blocks, without comments."""
    found = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s*#.*", "", block) for block in found]


def test_they_name_the_same_commands() -> None:
    assert blocks(CHINESE) == blocks(ENGLISH)
    assert blocks(ENGLISH)[:2] == ["make run\n", "make test\n"]


def test_they_have_the_same_headings_and_tables() -> None:
    def shape(text: str) -> list[str]:
        outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        return [line.split(" ")[0] for line in outside.splitlines() if line.startswith(("#", "|", "- "))]

    assert shape(CHINESE) == shape(ENGLISH)


def test_they_know_the_same_settings_and_documents() -> None:
    for pattern in (r"`STEEPEST_\w+`", r"\]\(((?:docs/)?\w[\w-]*(?:\.md)?)\)"):
        found = [re.findall(pattern, text) for text in (ENGLISH, CHINESE)]
        assert [one for one in found[0] if "README" not in one] == [one for one in found[1] if "README" not in one]
        assert len(found[0]) >= 6


def test_each_leads_to_the_other() -> None:
    assert "[中文说明](README.zh-CN.md)" in ENGLISH
    assert "[English](README.md)" in CHINESE


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_link_and_picture_is_there(text: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / target).is_file(), target


def test_the_chinese_one_is_punctuated_as_chinese_is() -> None:
    running = re.sub(r"^```\w*\n.*?^```|`[^`\n]*`|\]\([^)]*\)", "", CHINESE, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"[一-鿿] ?[,;:?!(]|[一-鿿]\.(?:\s|$)|\) ?[一-鿿]", running) == []
    assert "，" in running
