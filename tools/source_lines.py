"""Counts the source lines of each package: backend and page, without tests, benchmarks and generated files.

`python tools/source_lines.py` counts the checkout; with commits as arguments it adds one column for each.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = re.compile(r"(backend/steepest/.+\.(py|js|css)|frontend/src/.+\.(ts|svelte|css))")
# Tests and their helpers, the page's benchmark, and files that `make` writes.
EXCLUDED = re.compile(r"\.test\.ts$|\btesting\b|^frontend/src/bench/|\.gen\.ts$|^backend/steepest/page/")


def lines_by_package(commit: str | None) -> Counter[str]:
    """Lines of each package, such as `backend/engine`. commit None: the checkout, without untracked files."""
    command = ["git", "grep", "-c", "", *([commit] if commit else []), "--", "backend/steepest", "frontend/src"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: Counter[str] = Counter()
    for line in listed.splitlines():
        name, _, count = line.removeprefix(f"{commit}:").rpartition(":")
        if SOURCES.fullmatch(name) and not EXCLUDED.search(name):
            found[_package(name)] += int(count)
    return found


def _package(name: str) -> str:
    parts = name.split("/")
    side = "backend" if parts[0] == "backend" else "page"
    return f"{side}/{parts[2]}" if len(parts) > 3 else side


def main(commits: list[str]) -> None:
    """Prints one table: a row per package, a column per commit, the checkout last."""
    columns = [*commits, None]
    counts = [lines_by_package(commit) for commit in columns]
    print("".join(f"{name:>12}" for name in [*(commit[:10] for commit in commits), "checkout"]), " package")
    for package in sorted(set().union(*counts)):
        print("".join(f"{count[package]:>12,}" for count in counts), f" {package}")
    for side in ("backend", "page", ""):
        sums = [sum(lines for package, lines in count.items() if package.startswith(side)) for count in counts]
        print("".join(f"{total:>12,}" for total in sums), f" {side or 'all'}")


if __name__ == "__main__":
    main(sys.argv[1:])
