"""The words of every verdict: there in both languages, and their expressions are over fields that it has."""

import ast
import re
from collections.abc import Iterator

import pytest

from steepest.engine.diagnosis.detectors import verdict_kinds
from steepest.engine.diagnosis.words import FORMATS, Include, Sentence, VerdictWords, label, verdict_words
from steepest.engine.recording.verdict import Verdict

KINDS = {kind.model_fields["code"].default: kind for kind in verdict_kinds()}
PLACEHOLDER = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")
FUNCTIONS = {"abs", "len", "max", "min"}
CONTEXT = {"name", "now", "loss_now", "loss_first"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

codes = pytest.mark.parametrize("code", KINDS)


def groups(words: VerdictWords) -> Iterator[tuple[str | None, list[Sentence]]]:
    """Every group of sentences with the condition under which its file is included; parts and mark too."""
    for group in words.sentences:
        if isinstance(group, Include):
            yield group.when, []
            yield from groups(verdict_words()[group.include])
        else:
            yield None, group
    for part in words.parts.values():
        yield None, part
    if words.mark is not None:
        yield None, [words.mark]


def parts(words: VerdictWords) -> set[str]:
    included = [group.include for group in words.sentences if isinstance(group, Include)]
    return set(words.parts).union(*(parts(verdict_words()[name]) for name in included))


def paths(expression: str) -> set[str]:
    """The names that an expression reads, the first of a dotted one. Raises `SyntaxError` where it is no expression."""
    names = {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}
    return names - FUNCTIONS


@codes
def test_there_are_words(code: str) -> None:
    assert label(code).en
    assert label(code).zh
    assert any(group for _, group in groups(verdict_words()[code]))


@codes
def test_expressions_read_fields_that_the_verdict_has(code: str) -> None:
    words = verdict_words()[code]
    known = set(KINDS[code].model_fields) | CONTEXT | parts(words)
    for condition, group in groups(words):
        assert condition is None or paths(condition) <= known
        for sentence in group:
            assert sentence.when is None or paths(sentence.when) <= known
            for text in (sentence.en, sentence.zh):
                for expression, form in PLACEHOLDER.findall(text):
                    assert paths(expression) <= known, expression
                    assert form == "" or form in FORMATS


@codes
def test_both_languages_say_the_same_numbers(code: str) -> None:
    for _, group in groups(verdict_words()[code]):
        for sentence in group:
            assert sorted(PLACEHOLDER.findall(sentence.en)) == sorted(PLACEHOLDER.findall(sentence.zh))
            words = PLACEHOLDER.sub("", sentence.zh)
            assert not words.strip("：") or CHINESE.search(words)
            assert not re.search(r"[\u4e00-\u9fff][,;:?!(]|[\u4e00-\u9fff]\.(\s|$)|\)[\u4e00-\u9fff]", words)


def test_every_file_belongs_to_a_verdict_or_is_included() -> None:
    included = {
        group.include for words in verdict_words().values() for group in words.sentences if isinstance(group, Include)
    }
    assert set(verdict_words()) == set(KINDS) | included


def test_codes_are_unique() -> None:
    assert len(KINDS) == len(verdict_kinds())
    assert all(issubclass(kind, Verdict) for kind in KINDS.values())
