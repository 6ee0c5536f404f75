"""Copies the source of functions and classes with everything they use, so that it runs without this package."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

import torch

from steepest.spec import Invalid, Text

_OURS = "steepest"


class Sources:
    """Imports and definitions that a script needs, collected by `use`; torch and its Tensor are always imported.

    reserved: names that the script defines itself.
    """

    def __init__(self, reserved: set[str]) -> None:
        self._reserved = reserved
        self._imports = {"torch": "import torch", "Tensor": "from torch import Tensor"}  # bound name: import line
        self._definitions: dict[str, tuple[str, str]] = {}  # name: module, source

    def use(self, thing: Callable[..., Any], prefix: str = "torch") -> str:
        """The expression by which the script calls `thing`.

        torch's own is called by its name under `prefix`, this package's is copied, another package's is imported.
        Raises `Invalid` for what has no name in its module.
        """
        name = getattr(thing, "__name__", "")
        if getattr(_find(prefix), name, None) is thing:
            return f"{prefix}.{name}"
        module = getattr(thing, "__module__", None) or ""
        if getattr(sys.modules.get(module), name, None) is not thing:
            raise _unnamed(name)
        if _is_ours(module):
            self._need(module, name)
        else:
            self._bind(name, f"from {module} import {name}")
        return name

    def need_import(self, name: str, line: str) -> None:
        """An import that the script's own lines use."""
        self._bind(name, line)

    def define(self, name: str, source: str) -> None:
        """A definition that the script's own lines use."""
        self._definitions[name] = ("", source)

    @property
    def definitions(self) -> list[str]:
        """Sources, each after those that it uses."""
        return [source for _, source in self._definitions.values()]

    @property
    def imports(self) -> str:
        """The import lines: the standard library, torch, others."""
        groups: dict[int, list[str]] = {0: [], 1: [], 2: []}
        for line in _merged(self._imports.values()):
            top = re.split(r"[ .]", line)[1]
            groups[0 if top in sys.stdlib_module_names else 1 if top == "torch" else 2].append(line)
        return "\n\n".join("\n".join(lines) for lines in groups.values() if lines)

    def _need(self, module: str, name: str) -> None:
        if self._definitions.get(name, ("", ""))[0] == module:
            return
        bound = _bindings(module)[name]
        if isinstance(bound, ast.ImportFrom | ast.Import):
            alias = next(alias for alias in bound.names if (alias.asname or alias.name.partition(".")[0]) == name)
            if isinstance(bound, ast.ImportFrom) and _is_ours(bound.module or "") and alias.asname is None:
                self._need(bound.module or "", name)
                return
            where = f"from {bound.module} " if isinstance(bound, ast.ImportFrom) else ""
            self._bind(name, f"{where}import {ast.unparse(alias)}")
            return
        if name in self._reserved or name in self._definitions or name in self._imports:
            raise _twice(name)
        for used in _used(bound):
            if used != name and used in _bindings(module):
                self._need(module, used)
        self._definitions[name] = (module, _text(module, bound))

    def _bind(self, name: str, line: str) -> None:
        if name in self._reserved or name in self._definitions or self._imports.get(name, line) != line:
            raise _twice(name)
        self._imports[name] = line


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == _OURS


def _find(dotted: str) -> Any:
    found: Any = torch
    for name in dotted.split(".")[1:]:
        found = getattr(found, name)
    return found


@cache
def _lines(module: str) -> list[str]:
    return inspect.getsource(sys.modules[module]).splitlines()


@cache
def _bindings(module: str) -> dict[str, ast.stmt]:
    """The top-level statement of a module that defines each of its names."""
    __import__(module)
    found: dict[str, ast.stmt] = {}
    for statement in ast.parse("\n".join(_lines(module))).body:
        for name in _bound(statement):
            found[name] = statement
    return found


def _bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.Assign(targets=targets):
            yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _used(statement: ast.stmt) -> list[str]:
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    return [name for name in dict.fromkeys(names) if name != "override"]


def _text(module: str, statement: ast.stmt) -> str:
    lines = _lines(module)
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]) - 1
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        while first > 0 and lines[first - 1].startswith("#"):
            first -= 1
    kept = [line for line in lines[first : statement.end_lineno] if line.strip() != "@override"]  # is for type checkers
    return "\n".join(re.sub(r"  # type: ignore.*$", "", line) for line in kept)


def _merged(lines: Collection[str]) -> list[str]:
    """Import lines in order, several names of one module on one line; `import` before `from`."""
    plain = sorted({line for line in lines if line.startswith("import ")})
    named: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            named.setdefault(module, set()).add(names)
    return [*plain, *(f"from {module} import {', '.join(sorted(named[module]))}" for module in sorted(named))]


def _unnamed(name: str) -> Invalid:
    return Invalid(
        "to",
        Text(
            f"{name or 'a part'} of another package has no name to import it by", f"其他软件包的 {name} 无法按名称导入"
        ),
    )


def _twice(name: str) -> Invalid:
    return Invalid("to", Text(f"two parts of the script are called {name}", f"脚本中有两处同名：{name}"))
