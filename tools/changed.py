"""Lists what `make check` runs after a change.

    python tools/changed.py tests [COMMIT]    pytest's arguments: the test files of what changed since COMMIT (HEAD)
    python tools/changed.py page [COMMIT]     make's targets: those of the page, if a file of it changed

A changed test file is run itself. For a changed module, the tests of its package that import it are run, also if they
import it through another package; if there are none, all tests of its package. Page tests are left out: they need a
browser.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = Path("backend/steepest")
TESTS = Path("tests")


def changed(since: str) -> list[Path]:
    """Files that differ from the commit or are not in git yet, without deleted ones."""
    commands = (["diff", "--name-only", since], ["ls-files", "--others", "--exclude-standard"])
    lines = [
        line
        for command in commands
        for line in subprocess.run(
            ["git", *command], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    ]
    return [Path(line) for line in lines if (ROOT / line).exists()]


def tests_of(files: list[Path]) -> list[str]:
    """Test files and folders for these changes, without duplicates."""
    found: set[str] = set()
    for file in files:
        if file.suffix != ".py" or file.is_relative_to(TESTS / "page"):
            continue
        if file.is_relative_to(TESTS) and file.name.startswith("test_"):
            found.add(file.as_posix())
        elif file.is_relative_to(TESTS) and len(file.parts) > 2 and file.name != "conftest.py":
            found |= set(importing(file.parent, dotted(file)))
        elif file.is_relative_to(PACKAGE) and len(file.relative_to(PACKAGE).parts) > 1:
            folder = TESTS / file.relative_to(PACKAGE).parts[0]
            if (ROOT / folder).exists():
                found |= set(importing(folder, dotted(file.relative_to("backend")))) or {folder.as_posix()}
    return sorted(found)


def dotted(file: Path) -> str:
    """Module name of a file: steepest/engine/run/advance.py gives steepest.engine.run.advance."""
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")


def importing(folder: Path, module: str) -> list[str]:
    """Test files of a folder that import the module, or a name that a package re-exports from it."""
    return [
        file.relative_to(ROOT).as_posix()
        for file in sorted((ROOT / folder).glob("test_*.py"))
        if module in {origin(name) for name in imports(file)}
    ]


def imports(file: Path) -> Iterator[str]:
    """Dotted names that a file imports, such as steepest.engine.advance."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)


def origin(name: str) -> str:
    """The module that a dotted name is defined in, found through the packages that re-export it."""
    for base in (ROOT / "backend", ROOT):
        path = base / name.replace(".", "/")
        if path.with_suffix(".py").exists() or (path / "__init__.py").exists():
            return name
        package, _, last = name.rpartition(".")
        facade = base / package.replace(".", "/") / "__init__.py"
        if facade.exists():
            onward = [inner for inner in imports(facade) if inner.endswith(f".{last}") and inner != name]
            return origin(onward[0]) if onward else package
        if facade.parent.with_suffix(".py").exists():
            return package
    return name


def main(kind: str, since: str = "HEAD") -> None:
    """kind: "tests" or "page"."""
    files = changed(since)
    if kind == "tests":
        print(" ".join(tests_of(files)))
    elif any(file.parts[0] == "frontend" for file in files):
        print("page-types page-unit")


if __name__ == "__main__":
    main(*sys.argv[1:])
