"""Prints how long the tests of the last `make test` took: each folder, and the slowest files and tests.

    python tools/test_times.py [test-results/pytest.xml]

Seconds include set-up and tear-down, and are summed over all processes.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

SHOWN = 10


def main(results: Path) -> None:
    """Prints the tables. results: a JUnit XML file of pytest."""
    if not results.exists():
        sys.exit(f"{results} is not there: `make test` writes it")
    times = [read(case) for case in ElementTree.parse(results).iter("testcase")]
    print(f"{len(times)} tests, {sum(seconds for *_, seconds in times):.0f} s\n")
    table("folder", times, lambda file, _: folder(file), most=100)
    table("file", times, lambda file, _: file)
    table("test", times, lambda file, name: f"{file}::{name}")


def read(case: ElementTree.Element) -> tuple[str, str, float]:
    """File, name and seconds of one test. Its class name is the module, such as tests.page.test_edits."""
    file = case.get("classname", "").replace(".", "/") + ".py"
    return file, case.get("name", ""), float(case.get("time", 0))


def folder(file: str) -> str:
    """The folder below tests/, or the file itself if it is directly in tests/."""
    return "/".join(file.split("/")[:2])


def table(
    title: str, times: list[tuple[str, str, float]], key: Callable[[str, str], str], *, most: int = SHOWN
) -> None:
    """Prints the seconds and the number of tests of each group, slowest first."""
    groups: dict[str, list[float]] = {}
    for file, name, seconds in times:
        groups.setdefault(key(file, name), []).append(seconds)
    slowest = sorted(groups, key=lambda group: -sum(groups[group]))[:most]
    print(f"| {title} | tests | seconds |\n| --- | ---: | ---: |")
    for group in slowest:
        print(f"| {group} | {len(groups[group])} | {sum(groups[group]):.1f} |")
    print()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-results/pytest.xml"))
