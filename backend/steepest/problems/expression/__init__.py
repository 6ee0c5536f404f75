"""The user's own function of x and y: scanned, parsed against an allow-list, compiled to torch operations.

    text -> scan (characters, grammar, limits) -> parse (Python's `ast`, allow-list) -> tree -> torch program, LaTeX

Nothing is evaluated as Python. Every error is an `Invalid` for the field `expression` with the column, from 1.
"""

from steepest.problems.expression.compile import Program, compile_tree
from steepest.problems.expression.functions import CONSTANTS, FUNCTIONS, PARAMETERS, VARIABLES
from steepest.problems.expression.latex import latex
from steepest.problems.expression.limits import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from steepest.problems.expression.parse import parse
from steepest.problems.expression.tree import Tree, variables, with_numbers

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "PARAMETERS",
    "VARIABLES",
    "Program",
    "Tree",
    "compile_tree",
    "latex",
    "parse",
    "variables",
    "with_numbers",
]
