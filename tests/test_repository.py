"""What the files of the repository promise one another: pins, limits, commands, the container."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import compose_spec
import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 400  # lines; past that, ask which noun left
GENERATED = {"protocol.gen.ts"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def constraints() -> dict[str, str]:
    """Package name, in lower case and with dashes, to version."""
    lines = [line for line in text("constraints.txt").splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), "not `name==version` throughout"
    return {normal(name): version for name, version in (line.split("==") for line in lines)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[str]:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


# ---- versions ----


def test_every_package_that_is_asked_for_is_pinned() -> None:
    names = {normal(re.split(r"[<>=;\[ ]", line)[0]) for line in requirements()}
    assert names - constraints().keys() == set()


def test_torch_is_the_same_everywhere() -> None:
    import torch

    assert constraints()["torch"] == "2.13.0"
    assert "torch==2.13.0" in requirements()
    assert torch.__version__.split("+")[0] == "2.13.0"


def test_lock_file_names_no_addresses_of_packages() -> None:
    lock = json.loads(text("frontend/package-lock.json"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)


def test_page_packages_are_pinned() -> None:
    package = json.loads(text("frontend/package.json"))
    versions = {**package.get("dependencies", {}), **package["devDependencies"]}
    assert {name: version for name, version in versions.items() if not re.fullmatch(r"\d[\w.-]*", version)} == {}


def test_version_is_the_same_everywhere() -> None:
    import steepest

    assert json.loads(text("frontend/package.json"))["version"] == steepest.__version__
    assert f"steepest:{steepest.__version__}" in text("docker-compose.yml")
    assert f"[{steepest.__version__}]" in text("CHANGELOG.md")


# ---- commands ----


def test_readme_names_the_two_commands() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", text("README.md"), flags=re.MULTILINE | re.DOTALL)
    assert blocks[:2] == ["make run\n", "make test\n"]


def test_ci_runs_the_readmes_test_command() -> None:
    lines = [line for line in text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines[-1] == "exec make test"
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_ci_fails_when_the_tests_do(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci/run").write_text(text(".ci/run"), encoding="utf-8")
    (tmp_path / "Makefile").write_text("test:\n\t@echo '1 failed'; exit 1\n", encoding="utf-8")
    done = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "1 failed" in done.stdout


def test_help_lists_every_target() -> None:
    makefile = text("Makefile").replace("\\\n", " ")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+) +\S", shown, flags=re.MULTILINE)) == targets == set(phony[1].split())


# ---- the container ----


def test_dockerfile_is_clean() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_image_is_not_root_and_has_a_health_check() -> None:
    last = text("Dockerfile").split("\nFROM ")[-1]
    user = re.search(r"^USER (\S+)$", last, flags=re.MULTILINE)
    assert user
    assert user[1] not in {"root", "0"}
    assert re.search(r"^HEALTHCHECK .*\\\n.*/api/health", last, flags=re.MULTILINE)


def test_compose_file_parses() -> None:
    composition = compose_spec.PyCompose.from_yaml(text("docker-compose.yml"))
    composition.validate()
    assert composition.service_names() == ["steepest"]


def test_compose_parser_can_refuse() -> None:
    with pytest.raises(ValueError, match="inti"):
        compose_spec.PyCompose.from_yaml(text("docker-compose.yml").replace("init: true", "inti: true"))


def test_compose_file_explains_every_line() -> None:
    lines = [line for line in text("docker-compose.yml").splitlines() if line]
    assert [line for line in lines if not re.search(r"(^|\s)# \S", line)] == []


def test_compose_rotates_the_log() -> None:
    logging = compose_spec.PyCompose.from_yaml(text("docker-compose.yml")).to_dict()["services"]["steepest"]["logging"]
    assert logging["driver"] == "json-file"
    assert set(logging["options"]) == {"max-size", "max-file"}


def test_compose_sets_only_settings_that_exist() -> None:
    from steepest.server.settings import Settings

    names = set(re.findall(r"STEEPEST_(\w+):", text("docker-compose.yml")))
    assert {name.lower() for name in names} <= set(Settings.model_fields)


# ---- files ----


def sources() -> Iterator[Path]:
    for folder, suffixes in (
        ("backend", {".py"}),
        ("frontend/src", {".ts", ".svelte", ".css"}),
        ("frontend/bench", {".ts", ".svelte"}),
        ("frontend/tests", {".ts"}),
    ):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in suffixes and path.name not in GENERATED and "page" not in path.parts[-4:-1]:
                yield path


def test_no_source_file_is_long() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert lengths
    assert {str(path): length for path, length in lengths.items() if length > LONGEST} == {}


def test_nothing_is_committed_that_make_writes() -> None:
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [name for name in kept if Path(name).name in GENERATED or name.startswith("backend/steepest/page/")] == []


def test_index_has_nothing_inline() -> None:
    # The server's Content-Security-Policy would refuse it.
    index = text("frontend/index.html")
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", index) == []
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", index) == []


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []
