"""Parses a text to a tree, once it is in one notation, with Python's grammar and an allow-list of its nodes."""

import ast
from collections.abc import Iterator

from steepest.problems.expression.functions import CONSTANTS, FUNCTIONS, SURFACE, VARIABLES, Vocabulary
from steepest.problems.expression.limits import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    refuse,
    too_deep,
    too_many_nodes,
)
from steepest.problems.expression.notation import plain
from steepest.problems.expression.scan import scan
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Sign, Tree, Variable, variables
from steepest.spec import Invalid

SIGNS: dict[type[ast.operator], Sign] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
# A chain of operations of one group counts as one level, however long.
CHAINS: tuple[tuple[type[ast.operator], ...], ...] = ((ast.Add, ast.Sub), (ast.Mult, ast.Div))


def parse(text: str, words: Vocabulary = SURFACE) -> Tree:
    """The tree of an expression with the names of a vocabulary.

    Raises `Invalid` for the field `expression`, with the column and what would be valid, for any other text, an
    expression without a variable, or one above the limits; never another exception. A parameter is a `Variable`
    until `with_numbers` puts its value in.
    """
    if len(text) > MAX_LENGTH:
        raise refuse(
            MAX_LENGTH + 1,
            f"has {len(text)} characters; at most {MAX_LENGTH} are read",
            f"共 {len(text)} 个字符；最多 {MAX_LENGTH} 个",
        )
    written, columns = plain(text, words)
    try:
        return _parse(written, words)
    except Invalid as error:
        column = error.column or 1
        at = columns[column - 1] if column <= len(columns) else len(text) + 1 if columns else column
        raise Invalid(error.field, error.text, column=at) from None


def _parse(text: str, words: Vocabulary) -> Tree:
    """The tree of an expression in the grammar of `scan`."""
    scan(text, words)
    source = text.strip(" \t")
    shift = text.index(source) + 1  # from Python's column in `source` to the column in `text`
    try:
        # After `scan` these do not fail; the handler is for future Pythons, and for a caller near the recursion limit.
        expression = ast.parse(source, mode="eval").body
        check_size(expression, shift)
        tree = to_tree(expression, source, shift, words)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        if isinstance(error, Invalid):
            raise
        raise refuse(1, "cannot be read; write it more simply", "无法读取；请写得简单些") from None
    if variables(tree).isdisjoint(words.variables):
        some = " or ".join(VARIABLES) if words is SURFACE else "a letter"
        some_zh = " 或 ".join(VARIABLES) if words is SURFACE else "字母"
        raise refuse(
            shift, f"must use {some}: a constant has no slope to follow", f"必须含有 {some_zh}：常数没有可循的斜率"
        )
    return tree


def check_size(expression: ast.expr, shift: int) -> None:
    """Raises `Invalid` above the limits on nodes and depth. Not recursive."""
    nodes = 0
    pending = [(expression, 1)]
    while pending:
        node, depth = pending.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise too_many_nodes(node.col_offset + shift)
        if depth > MAX_DEPTH:
            raise too_deep(node.col_offset + shift)
        pending += [(child, depth if _same_chain(node, child) else depth + 1) for child in _children(node)]


def _children(node: ast.expr) -> Iterator[ast.expr]:
    """The direct subexpressions; the name of a called function is part of the call."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
            yield child


def _same_chain(node: ast.expr, child: ast.expr) -> bool:
    return (
        isinstance(node, ast.BinOp)
        and isinstance(child, ast.BinOp)
        and child is node.left
        and any(isinstance(node.op, chain) and isinstance(child.op, chain) for chain in CHAINS)
    )


def to_tree(node: ast.expr, source: str, shift: int, words: Vocabulary = SURFACE) -> Tree:
    """The tree of a node. Raises `Invalid` for any node that is not on the allow-list."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(float(value), source[node.col_offset : node.end_col_offset])
        case ast.Name(id=name) if name in CONSTANTS:
            return Number(CONSTANTS[name], name)
        case ast.Name(id=name) if name in words.letters:
            return Variable(name)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return to_tree(operand, source, shift, words)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negative(to_tree(operand, source, shift, words))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
            return Operation(SIGNS[type(op)], to_tree(left, source, shift, words), to_tree(right, source, shift, words))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return Call(name, tuple(to_tree(arg, source, shift, words) for arg in args))
    kind = type(node).__name__
    raise refuse(node.col_offset + shift, f"{kind} is not part of an expression here", f"此处不支持 {kind}")
