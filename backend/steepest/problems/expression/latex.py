"""Tree to LaTeX, as it would be written by hand: 2x^{2}, fractions, and brackets only where they are needed."""

from steepest.problems.expression.functions import FUNCTIONS
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Tree, Variable

# How tightly a thing holds together; what is looser than its place asks for gets brackets.
SUM, PRODUCT, POWER, ATOM = range(4)
BRACKETS = r"\left(#\right)"


def latex(tree: Tree) -> str:
    """The formula. Only what is in the tree can occur in it: digits, x, y, pi, e and LaTeX of the allow-list."""
    return _write(tree)[0]


def _write(tree: Tree) -> tuple[str, int]:
    """LaTeX and how tightly it holds together."""
    match tree:
        case Number(_, text):
            return _number(text)
        case Variable(name):
            return name, ATOM
        case Negative(arg):
            return f"-{_within(arg, PRODUCT)}", SUM
        case Operation("+", left, right):
            return f"{_within(left, SUM)} + {_after_sign(right)}", SUM
        case Operation("-", left, right):
            return f"{_within(left, SUM)} - {_after_sign(right)}", SUM
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
    """The LaTeX, in brackets where it is looser than the place asks for."""
    text, tightness = _write(tree)
    return text if tightness >= place else BRACKETS.replace("#", text)


def _after_sign(tree: Tree) -> str:
    # a - (b + c) needs its brackets, and a + (-b) reads better with them; products do not.
    return _within(tree, PRODUCT)


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
    # (-x) y reads as -xy; a minus further right needs its brackets.
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
