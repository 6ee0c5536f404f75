"""Checks the grammar of an expression token by token, with error messages for beginners.

The text has its products and brackets already: `notation.plain` has written it so.

What passes can be parsed without errors. Time and memory are linear in the text.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass, field

from steepest.problems.expression.functions import (
    FUNCTIONS,
    OTHER_NAMES,
    PIECEWISE_CONSTANT,
    SURFACE,
    Function,
    Vocabulary,
)
from steepest.problems.expression.limits import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    refuse,
    too_deep,
    too_many_nodes,
)
from steepest.spec import Invalid

ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-*/(), \t")

TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|//|[-+*/(),.])"
)

# Characters that users type for something that can be written here, and how to write it.
REPLACEMENTS = {"、": ",", "。": ".", "[": "(", "]": ")", "{": "(", "}": ")"}


def scan(text: str, words: Vocabulary = SURFACE) -> None:
    """Raises `Invalid` with the column of the first mistake; returns when the text is an expression within limits."""
    if not text.strip(" \t"):
        raise refuse(1, f"is empty; write {words.about.en}", f"为空；请写 {words.about.zh}")
    for column, character in enumerate(text, 1):
        if character not in ALLOWED:
            raise _unexpected(column, character)
    state = _Scanner(text, words)
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        found = TOKEN.match(text, at)
        assert found is not None  # every allowed character begins a token
        state.column = at + 1
        at = found.end()
        word = found.group()
        if found["number"]:
            state.number(word, text[at : at + 1])
        elif found["name"]:
            state.name(word, text[at:].lstrip(" \t")[:1])
        else:
            state.sign(word)
    state.end()


def _unexpected(column: int, character: str) -> Invalid:
    """The error for a character that is not allowed."""
    plain = unicodedata.normalize("NFKC", character)
    if character in REPLACEMENTS:
        right = REPLACEMENTS[character]
        return refuse(column, f"write {right} instead of {character}", f"请写 {right}，不要用 {character}")
    if character in "=<>!":
        return refuse(
            column,
            "only a value is read, no equation or comparison; write the right side of f(x, y) = ...",
            "只能写取值的式子，不能写等式或比较；请只写 f(x, y) = 右边的部分",
        )
    if character in "'\"`":
        return refuse(column, "quotes and text have no meaning here", "此处不能有引号和文字")
    if character == "%":
        return refuse(column, "% is not read; write /100 for per cent", "不支持 %；百分数请写 /100")
    if character in "\r\n":
        return refuse(column, "write everything on one line", "请写在一行内")
    if plain != character and len(plain) == 1 and plain in ALLOWED:
        # Python would read these as the plain characters; here they are refused.
        return refuse(
            column, f"write the plain {plain} instead of {character}", f"请用半角 {plain}，不要用 {character}"
        )
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return refuse(
        column,
        f"the character {shown} has no meaning here; use numbers, x, y, + - * / ** and brackets ( )",
        f"此处不能有字符 {shown}；可用数、x、y、+ - * / ** 和括号 ( )",
    )


@dataclass
class _Bracket:
    """An open bracket. function: the called function, None for a plain bracket."""

    column: int
    function: Function | None
    args: int = 1


@dataclass
class _Scanner:
    """The state of the scan: either a value or an operator must come next."""

    text: str
    words: Vocabulary
    column: int = 1
    value_expected: bool = True
    before: str = ""  # the previous token
    nodes: int = 0
    signs: int = 0  # consecutive signs, such as --x
    open: list[_Bracket] = field(default_factory=list)
    function: Function | None = None  # the function whose bracket must come next

    def error(self, english: str, chinese: str) -> Invalid:
        return refuse(self.column, english, chinese)

    def node(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_many_nodes(self.column)

    def value(self, word: str) -> None:
        if not self.value_expected:
            raise self.error(
                f"an operator is missing between {self.before} and {word}; write {self.before}*{word} for a product",
                f"{self.before} 与 {word} 之间缺少运算符；相乘请写 {self.before}*{word}",
            )
        self.signs = 0
        self.before = word

    def number(self, word: str, following: str) -> None:
        if len(word) > MAX_DIGITS:
            raise self.error(
                f"a number of {len(word)} characters; at most {MAX_DIGITS} are read",
                f"这个数有 {len(word)} 个字符；最多 {MAX_DIGITS} 个",
            )
        self.value(word)
        self.node()
        if len(word) > 1 and word[0] == "0" and word[1].isdigit():
            right = word.lstrip("0")
            right = right if right[:1].isdigit() else f"0{right}"
            raise self.error(f"no leading zeros; write {right}", f"数前不要加 0；请写 {right}")
        if following.isalpha() or following == "_":
            self.column += len(word)
            # 0x10, 1j, 1_000
            raise self.error(
                "only decimal numbers are read, such as 12, 0.5 or 1e-3", "只支持十进制数，如 12、0.5、1e-3"
            )
        self.value_expected = False

    def name(self, word: str, following: str) -> None:
        if word not in self.words.names:
            raise _unknown(self.column, word, self.words)
        self.value(word)
        self.node()
        if word in FUNCTIONS:
            if following != "(":
                usage = FUNCTIONS[word].usage
                raise self.error(
                    f"{word} is a function and needs brackets; write {usage}", f"{word} 是函数，需要括号；请写 {usage}"
                )
            self.function = FUNCTIONS[word]
        else:
            self.value_expected = False

    def sign(self, word: str) -> None:
        if word == "(":
            self._opening()
        elif word == ")":
            self._closing()
        elif word == ",":
            self._comma()
        elif word == ".":
            raise self.error("a dot belongs inside a number, as in 0.5", "小数点只能写在数里，如 0.5")
        elif word == "//":
            raise self.error("// has no useful gradient; write / to divide", "// 没有可用的梯度；相除请写 /")
        elif not self.value_expected:
            self.node()
            self.value_expected = True
        elif word in "+-":
            self.node()
            self.signs += 1
            if self.signs > MAX_DEPTH:
                raise too_deep(self.column)
        else:
            raise self._missing(word)
        self.before = word

    def _opening(self) -> None:
        if len(self.open) == MAX_DEPTH:
            raise too_deep(self.column)
        self.open.append(_Bracket(self.column, self.function))
        self.function = None
        self.signs = 0

    def _closing(self) -> None:
        if not self.open:
            raise self.error("this ) closes no bracket", "这个 ) 没有对应的左括号")
        bracket = self.open[-1]
        function = bracket.function
        if self.value_expected and not (function is not None and self.before == "("):
            raise self._missing(")")
        if function is not None:
            count = 0 if self.value_expected else bracket.args
            if count < function.least or (function.most is not None and count > function.most):
                raise _wrong_count(bracket.column - len(function.name), function, count)
        self.open.pop()
        self.value_expected = False

    def _comma(self) -> None:
        if not self.open or self.open[-1].function is None:
            raise self.error(
                "a comma only separates a function's arguments; write 0.5 with a dot",
                "逗号只能分隔函数的参数；小数请用点，如 0.5",
            )
        if self.value_expected:
            raise self._missing(",")
        self.open[-1].args += 1
        self.value_expected = True
        self.signs = 0

    def _missing(self, word: str) -> Invalid:
        return self.error(f"a value is missing before {word}", f"{word} 前缺少一个值")

    def end(self) -> None:
        if self.value_expected:
            raise refuse(
                len(self.text) + 1,
                f"ends too early: a value is missing after {self.before}",
                f"没有写完：{self.before} 后缺少一个值",
            )
        if self.open:
            raise refuse(self.open[-1].column, "this ( is never closed; add )", "这个 ( 没有闭合；请补上 )")


def _wrong_count(column: int, function: Function, count: int) -> Invalid:
    if function.most is None:
        wanted = (f"{function.least} or more arguments", f"{function.least} 个或更多参数")
    else:
        wanted = (f"{function.most} argument{'s' if function.most > 1 else ''}", f"{function.most} 个参数")
    return refuse(
        column,
        f"{function.name} takes {wanted[0]}, not {count}; write {function.usage}",
        f"{function.name} 需要 {wanted[1]}，而不是 {count} 个；请写 {function.usage}",
    )


def _unknown(column: int, word: str, words: Vocabulary) -> Invalid:
    """The error for an unknown name: suggests a similar one, or lists all."""
    shown = word if len(word) <= 30 else f"{word[:30]}…"
    if word in OTHER_NAMES:
        right = OTHER_NAMES[word]
        return refuse(column, f"unknown name {shown}; write {right}", f"未知名称 {shown}；请写 {right}")
    if word in PIECEWISE_CONSTANT:
        return refuse(
            column,
            f"the gradient of {shown} is 0 wherever it exists, so descent cannot move; try tanh or sigmoid",
            f"{shown} 处处斜率为零，梯度下降无法移动；可改用 tanh 或 sigmoid",
        )
    if words is not SURFACE and set(word) <= set(words.variables):
        right = "*".join(shown)
        return refuse(column, f"a product needs *; write {right}", f"乘号不能省略；请写 {right}")
    if words is SURFACE and len(word) == 2 and set(word) <= set(words.letters):
        right = "*".join(word)
        return refuse(
            column, f"unknown name {shown}; write {right} for a product", f"未知名称 {shown}；相乘请写 {right}"
        )
    known = words.known
    close = difflib.get_close_matches(word[:30].lower(), words.names, n=1)
    if close:
        return refuse(
            column,
            f"unknown name {shown}; did you mean {close[0]}? Known here: {known}",
            f"未知名称 {shown}；是否想写 {close[0]}？可用：{known}",
        )
    return refuse(column, f"unknown name {shown}; known here: {known}", f"未知名称 {shown}；可用：{known}")
