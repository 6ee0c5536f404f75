"""Count the lines of source, room by room: the backend and the page, without tests, benchmarks and generated files.

`python tools/source_lines.py` counts the checkout; `python tools/source_lines.py COMMIT …` counts commits beside it.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = re.compile(r"(backend/steepest/.+\.(py|js|css)|frontend/src/.+\.(ts|svelte|css))")
# Tests and their helpers, the page's benchmark, and what `make` writes.
LEFT_OUT = re.compile(r"\.test\.ts$|\btesting\b|^frontend/src/bench/|\.gen\.ts$|^backend/steepest/page/")


def lines_by_room(commit: str | None) -> Counter[str]:
    """Lines by room (`backend/engine`, `page/views`); commit None: the files of the checkout that git knows."""
    command = ["git", "grep", "-c", "", *([commit] if commit else []), "--", "backend/steepest", "frontend/src"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: Counter[str] = Counter()
    for line in listed.splitlines():
        name, _, count = line.removeprefix(f"{commit}:").rpartition(":")
        if SOURCES.fullmatch(name) and not LEFT_OUT.search(name):
            found[_room(name)] += int(count)
    return found


def _room(name: str) -> str:
    parts = name.split("/")
    side = "backend" if parts[0] == "backend" else "page"
    return f"{side}/{parts[2]}" if len(parts) > 3 else side


def main(commits: list[str]) -> None:
    """Print one table: a line a room, a column a commit, the checkout last."""
    columns = [*commits, None]
    counts = [lines_by_room(commit) for commit in columns]
    print("".join(f"{name:>12}" for name in [*(commit[:10] for commit in commits), "checkout"]), " room")
    for room in sorted(set().union(*counts)):
        print("".join(f"{count[room]:>12,}" for count in counts), f" {room}")
    for side in ("backend", "page", ""):
        sums = [sum(lines for room, lines in count.items() if room.startswith(side)) for count in counts]
        print("".join(f"{total:>12,}" for total in sums), f" {side or 'all'}")


if __name__ == "__main__":
    main(sys.argv[1:])
