"""The user's own function of x and y: scanned, parsed against an allow-list, compiled to torch operations.

    text -> scan (characters, brackets, limits) -> parse (Python's `ast`, allow-list) -> tree -> torch program, LaTeX

Nothing is ever evaluated as Python. Each refusal is an `Invalid` for the field `expression` with the 1-based column.
"""

from steepest.problems.expression.compile import Program, compile_tree
from steepest.problems.expression.functions import (
    CONSTANTS,
    FUNCTIONS,
    LETTERS,
    SURFACE,
    VARIABLES,
    Vocabulary,
)
from steepest.problems.expression.latex import latex
from steepest.problems.expression.limits import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from steepest.problems.expression.parse import parse
from steepest.problems.expression.tree import Tree

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "LETTERS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "SURFACE",
    "VARIABLES",
    "Program",
    "Tree",
    "Vocabulary",
    "compile_tree",
    "latex",
    "parse",
]
