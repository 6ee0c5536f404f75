"""`--help` is readable, and docs/cli.md names every option."""

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Steepest

from steepest.server.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/cli.md").read_text()

OPTIONS = {
    "run": ["--steps", "--every", "--dtype", "--device", "--server", "--hash", "--log-level"],
    "check": ["--steps", "--from", "--dtype", "--json", "--log-level"],
    "serve": ["--host", "--port", "--device", "--workers", "--data", "--open", "--no-open", "--class", "--log-level"],
    "export": ["--to", "--steps", "--output", "--language", "--device", "--log-level"],
    "sweep": ["--out", "--steps", "--log-level"],
    "catalog": [],
    "lesson check": [],
}


@pytest.mark.parametrize("command", OPTIONS)
def test_help_has_every_option_with_words(command: str, steepest: Steepest) -> None:
    ran = steepest(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: steepest {command}" in ran.out
    shown = set(re.findall(r"--[a-z-]+", ran.out))
    assert shown - {"--help"} >= set(OPTIONS[command])
    assert max(len(line) for line in ran.out.splitlines()) <= 100


@pytest.mark.parametrize("command", OPTIONS)
def test_the_page_has_every_option_that_help_has(command: str, steepest: Steepest) -> None:
    section = PAGE.split(f"## steepest {command}")[1].split("\n## ")[0]
    for option in set(re.findall(r"--[a-z][a-z-]+", steepest(*command.split(), "--help").out)) - {"--help"}:
        assert f"`{option}" in section or f"`{option.replace('--no-', '--')}" in section, option


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands(arguments: list[str], steepest: Steepest) -> None:
    ran = steepest(*arguments)
    assert (ran.code, ran.err) == (0, "")
    for command in OPTIONS:
        assert re.search(rf"^\W*{command.split()[0]} +[A-Z]", ran.out, re.MULTILINE), command


def test_an_option_of_serve_is_its_setting(steepest: Steepest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Settings] = []
    monkeypatch.setattr("steepest.server.serve.serve", lambda settings, **_: started.append(settings))
    assert steepest("serve", "--data", tmp_path, "--workers", "3").code == 0
    assert [(settings.data, settings.workers) for settings in started] == [(str(tmp_path), 3)]


def examples() -> list[tuple[str, str]]:
    """Commands of the page's console blocks, each with the lines printed below it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(
    ("command", "output"), [pair for pair in examples() if pair[0].startswith(("steepest run", "steepest check"))]
)
def test_what_the_page_shows_is_what_is_printed(
    command: str, output: str, steepest: Steepest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "square.json").write_text(documents[0])
    monkeypatch.chdir(tmp_path)
    ran = steepest(*command.split()[1:])
    assert output
    assert ran.out + ran.err == output
