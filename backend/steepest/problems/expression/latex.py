"""Writes a tree as LaTeX as one would by hand: 2x^{2}, fractions, and brackets only where needed."""

from steepest.problems.expression.functions import FUNCTIONS
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Tree, Variable

# Binding strength, ascending; a text that binds less than its place requires gets brackets.
SUM, PRODUCT, POWER, ATOM = range(4)
BRACKETS = r"\left(#\right)"


def latex(tree: Tree) -> str:
    """The formula. It can contain only digits, variables, pi, e and the LaTeX of `FUNCTIONS`."""
    return _write(tree)[0]


def _write(tree: Tree) -> tuple[str, int]:
    """LaTeX and its binding strength."""
    match tree:
        case Number(_, text):
            return _number(text)
        case Variable(name):
            return name, ATOM
        case Negative(arg):
            return f"-{_within(arg, PRODUCT)}", SUM
        case Operation("+", left, right):
            return f"{_within(left, SUM)} + {_within(right, PRODUCT)}", SUM  # a + (-b) keeps its brackets
        case Operation("-", left, right):
            return f"{_within(left, SUM)} - {_within(right, PRODUCT)}", SUM
        case Operation("*", left, right):
            return _product(left, right), PRODUCT
        case Operation("/", left, right):
            return rf"\frac{{{latex(left)}}}{{{latex(right)}}}", POWER
        case Operation(_, left, right):
            return _power(left, right), POWER
        case Call(name, args):
            template = FUNCTIONS[name].latex
            return template.replace("#", ", ".join(latex(arg) for arg in args)), POWER if name == "exp" else ATOM


def _within(tree: Tree, place: int) -> str:
    """The LaTeX, in brackets if it binds less than the place requires."""
    text, binding = _write(tree)
    return text if binding >= place else BRACKETS.replace("#", text)


def _number(text: str) -> tuple[str, int]:
    if text == "pi":
        return r"\pi", ATOM
    if text == "e":
        return "e", ATOM
    digits, _, exponent = text.lower().partition("e")
    digits = f"0{digits}" if digits.startswith(".") else digits.removesuffix(".")
    if not exponent:
        return digits, ATOM
    power = f"10^{{{int(exponent)}}}"
    return (power, POWER) if digits == "1" else (rf"{digits} \cdot {power}", PRODUCT)


def _product(left: Tree, right: Tree) -> str:
    # (-x) y is written -xy; a minus on the right needs brackets.
    first = _write(left)[0] if isinstance(left, Negative) else _within(left, PRODUCT)
    second = _within(right, PRODUCT)
    if second[0].isdigit():  # 2 times 3 is not 23
        return rf"{first} \cdot {second}"
    if first[-1].isalpha() and second[0].isalpha() and "\\" in first:  # \pi x is not \pix
        return f"{first} {second}"
    return first + second


def _power(left: Tree, right: Tree) -> str:
    exponent = latex(right)
    if isinstance(left, Call) and isinstance(right, Number):
        template = FUNCTIONS[left.name].latex
        head = template.removesuffix(BRACKETS)
        if head != template:  # sin^2(x), not (sin(x))^2
            return f"{head}^{{{exponent}}}" + BRACKETS.replace("#", ", ".join(latex(arg) for arg in left.args))
    return f"{_within(left, ATOM)}^{{{exponent}}}"
