"""Expressions as people write them, in the grammar that `scan` reads: x², 2x, |x|, e^x, sin x, f(x, y) = …

Every token keeps the column at which it was typed, so that an error later still points there. What is not understood is
left as it is, for `scan` to refuse. All of it is linear in the text, or in the text times the number of functions.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from steepest.problems.expression.functions import CONSTANTS, FUNCTIONS, Vocabulary
from steepest.problems.expression.limits import MAX_NODES, refuse

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|//|[^ \t])"
)

# f(x, y) = …, f(x) = … or z = … before the expression.
_LEFT_SIDE = re.compile(r"[ \t]*(?:[A-Za-z][ \t]*\([ \t]*x[ \t]*(?:,[ \t]*y[ \t]*)?\)|z)[ \t]*=(?!=)")

_SIGNS = {
    **dict.fromkeys("×·⋅∙∗", "*"),
    **dict.fromkeys("−–—", "-"),
    "^": "**",
    "÷": "/",
    "，": ",",
}
_NAMES = {"π": "pi", "ℯ": "e", "√": "sqrt"}
_OTHER_FUNCTIONS = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "tg": "tan", "fabs": "abs"}
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_LONGEST_WORD = 3  # letters that are read as a product where any letter is a variable


@dataclass(frozen=True)
class _Token:
    """text: as `scan` reads it. column: 1-based, where it was typed. root: √, whose argument is a single factor.

    glued: nothing is between it and the token before.
    """

    text: str
    column: int
    root: bool = False
    glued: bool = False

    @property
    def is_function(self) -> bool:
        return self.text in FUNCTIONS

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit() or (self.text[0] == "." and len(self.text) > 1)

    def is_value(self, words: Vocabulary) -> bool:
        """A number, a variable, a parameter or a constant."""
        return self.is_number or self.text in words.letters or self.text in CONSTANTS

    def begins_value(self, words: Vocabulary) -> bool:
        return self.is_value(words) or self.is_function or self.text == "("

    def ends_value(self, words: Vocabulary) -> bool:
        return self.is_value(words) or self.text == ")"


def plain(text: str, words: Vocabulary) -> tuple[str, list[int]]:
    """The expression in the grammar of `scan`, and for each of its characters the column where it was typed."""
    left = _LEFT_SIDE.match(text)
    tokens = _with_products(_with_brackets(_tokens(text, left.end() if left else 0, words), words), words)
    written, columns = "", []
    for before, token in pairwise([_Token("", 0), *tokens]):
        gap = (
            ""
            if not written or token.glued or "(" in (before.text, token.text) or token.text in ("**", ")", ",")
            else " "
        )
        gap = "" if before.text == "**" else gap
        written += gap + token.text
        columns += [token.column] * len(gap) + [
            token.column + (n if text.startswith(token.text, token.column - 1) else 0) for n in range(len(token.text))
        ]
    return written, columns


def _tokens(text: str, at: int, words: Vocabulary) -> list[_Token]:
    """In other characters, with bars as abs( ), and words like xy as single names."""
    found: list[_Token] = []
    bars: list[int] = []  # columns of the open ones
    end = at
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # a space
            at += 1
            continue
        word, column, glued = match.group(), at + 1, at == end and at > 0
        at = end = match.end()
        if match["name"]:
            found += _names(word, column, glued, text[at:].lstrip(" \t")[:1], words)
        elif word in _SUPERSCRIPTS:
            while at < len(text) and text[at] in _SUPERSCRIPTS:
                word += text[at]
                at = end = at + 1
            power = "".join(_SUPERSCRIPTS[each] for each in word)
            found += [_Token(each, column, glued=True) for each in ("**", *_signed(power))]
        elif word == "|":
            if bars and found and found[-1].ends_value(words):
                bars.pop()
                found.append(_Token(")", column, glued=True))
            else:
                bars.append(column)
                found += [_Token("abs", column), _Token("(", column, glued=True)]
        elif word in _NAMES:
            found.append(_Token(_NAMES[word], column, root=word == "√"))
        else:
            found.append(_Token(_SIGNS.get(word, word), column, glued=glued))
    if bars:
        raise refuse(bars[-1], "this | is never closed; add |", "这个 | 没有闭合；请补上 |")
    return found


def _signed(power: str) -> list[str]:
    digits = power.lstrip("-")
    return ["-"] * (len(power) - len(digits)) + ([digits] if digits else [])


def _names(word: str, column: int, glued: bool, following: str, words: Vocabulary) -> list[_Token]:
    """A name; the functions and variables of a word like xy or sinx; or the word as it is."""
    if word in words.names:
        return [_Token(word, column, glued=glued)]
    if word in _OTHER_FUNCTIONS:
        return [_Token(_OTHER_FUNCTIONS[word], column, glued=glued)]
    misspelt = (
        len(word) > _LONGEST_WORD or following == "("
    )  # a function rather than a product, where any letter may be
    parts = [] if misspelt and len(words.variables) > _LONGEST_WORD else _letters(word, words.variables)
    if not parts and not misspelt and not set(word).isdisjoint(words.variables):  # ax, but not ab, and no word like foo
        parts = _letters(word, words.letters)
    tokens = []
    at = column
    for part in parts:
        tokens.append(_Token(part, at))
        at += len(part)
    return tokens or [_Token(word, column, glued=glued)]


def _letters(word: str, letters: tuple[str, ...]) -> list[str]:
    """The letters and constants that a word is made of; empty where it has others."""
    names = sorted([*letters, *CONSTANTS], key=len, reverse=True)
    parts = re.findall("|".join(map(re.escape, names)), word)
    return parts if "".join(parts) == word else []


def _with_brackets(tokens: list[_Token], words: Vocabulary) -> list[_Token]:
    """Writes sin 2x as sin(2x), and sin^2 x as sin(x)**2; from the right, so that sin cos x is sin(cos(x))."""
    if sum(token.is_function for token in tokens) > MAX_NODES:
        return tokens  # too many in any case
    for n in range(len(tokens) - 1, -1, -1):
        if not tokens[n].is_function:
            continue
        first, power = n + 1, tokens[n + 1 : n + 3]
        if len(power) == 2 and power[0].text == "**" and power[1].text.isdigit() and not tokens[n].root:
            first += 2
        else:
            power = []
        bracketed = first < len(tokens) and tokens[first].text == "("
        last = _closing(tokens, first) if bracketed else _argument(tokens, first, words, single=tokens[n].root)
        if last <= first or (bracketed and not power):
            continue
        argument = tokens[first:last]
        if not bracketed:
            column = argument[-1].column
            argument = [_Token("(", argument[0].column), *argument, _Token(")", column, glued=True)]
        tokens[n:last] = [tokens[n], *argument, *power]
    return tokens


def _closing(tokens: list[_Token], at: int) -> int:
    """Behind the bracket that closes the one at a place; the place itself where none does."""
    depth = 0
    for n in range(at, len(tokens)):
        depth += (tokens[n].text == "(") - (tokens[n].text == ")")
        if depth == 0:
            return n + 1
    return at


def _argument(tokens: list[_Token], at: int, words: Vocabulary, *, single: bool) -> int:
    """Behind the factors that a function without brackets takes: -2x^2 of sin -2x^2 + 1. single: only one."""
    first = at
    while at < len(tokens) and at == first and tokens[at].text == "-" and not single:
        at += 1
    begun = at
    while at < len(tokens) and (
        tokens[at].is_value(words) or tokens[at].text == "(" or (at == begun and tokens[at].is_function)
    ):
        if tokens[at].is_number and at > begun:
            break
        at = _factor(tokens, at)
        if single:
            return at
        while at + 1 < len(tokens) and tokens[at].text == "**":
            at = _factor(tokens, at + 1 + (tokens[at + 1].text == "-"))
    return at if at > begun else first


def _factor(tokens: list[_Token], at: int) -> int:
    """Behind a value, a bracket, or a function that has its brackets already."""
    if at < len(tokens) and tokens[at].is_function:
        at += 1
    if at < len(tokens) and tokens[at].text == "(":
        return max(at + 1, _closing(tokens, at))
    return min(at + 1, len(tokens))


def _with_products(tokens: list[_Token], words: Vocabulary) -> list[_Token]:
    """2x as 2*x, (x)(y) as (x)*(y); not two numbers, and not x2."""
    written: list[_Token] = []
    for token in tokens:
        before = written[-1] if written else None
        if before is not None and before.ends_value(words) and token.begins_value(words) and not token.is_number:
            written += [_Token("*", token.column, glued=True), replace(token, glued=True)]
        else:
            written.append(token)
    return written
