"""Limits of an expression, and its errors."""

from steepest.spec import Invalid, Text

MAX_LENGTH = 500  # characters
MAX_NODES = 200  # numbers, names, operators, signs and function calls
MAX_DEPTH = 30  # nesting of brackets and functions; a sum or a product counts once, however long
MAX_DIGITS = 40  # characters of one number; a float64 needs 24 at most


def refuse(column: int, english: str, chinese: str) -> Invalid:
    """The error for a mistake at a 1-based column."""
    return Invalid("expression", Text(english, chinese), column=column)


def too_many_nodes(column: int) -> Invalid:
    """The error at the first part above the limit."""
    return refuse(
        column,
        f"too long: at most {MAX_NODES} numbers, names, operators and functions are read",
        f"太长：数、名称、运算符和函数合计最多 {MAX_NODES} 个",
    )


def too_deep(column: int) -> Invalid:
    """The error at the first part above the limit."""
    return refuse(column, f"nested more than {MAX_DEPTH} deep", f"嵌套超过 {MAX_DEPTH} 层")
