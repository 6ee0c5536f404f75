"""Settings, their environment, and the table of them in the documentation."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from steepest.server.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"


def rows() -> list[str]:
    """The table as it should be, a row a setting, in the order of the file."""
    found = []
    for name, field in Settings.model_fields.items():
        default = field.default
        if name == "workers":
            shown = "one a core, 2 to 4"
        elif isinstance(default, tuple):
            shown = f"`{','.join(default)}`" if default else "none"
        else:
            shown = f"`{default}`"
        found.append(f"| `STEEPEST_{name.upper()}` | {shown} | {field.description} |")
    return found


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    table = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `STEEPEST_")]
    assert table == rows()


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def test_the_documentation_says_what_happens_at_every_limit() -> None:
    text = section("What happens at each limit")
    limits = re.findall(r"`(\w+)`", "".join(row for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)))
    others = re.findall(r"`(\w+)`", text.rpartition("The other settings are no limits:")[2])
    assert sorted([*limits, *others]) == sorted(Settings.model_fields), "each setting once"


def test_the_documentation_sizes_a_machine_by_settings_that_exist() -> None:
    named = set(re.findall(r"STEEPEST_(\w+)", section("How large a machine")))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    settings = Settings()
    assert f"{settings.server_memory / 1e6:.0f} MB" in section("How large a machine")
    assert f"{settings.max_data_folder / 1e6:.0f} MB" in section("How large a machine")
    assert f"{settings.max_export_files / 1e6:.0f} MB" in section("How large a machine")


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_MAX_STEPS", "500")
    monkeypatch.setenv("STEEPEST_ALLOWED_HOSTS", "class.local:8000, other:80 ,")
    settings = Settings()
    assert settings.max_steps == 500
    assert settings.allowed_hosts == ("class.local:8000", "other:80")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "-1"),
        ("workers", "0"),
        ("log_level", "loud"),
        ("first_slice", "nan"),
        ("frame_ancestors", "*"),
        ("frame_ancestors", "https://*.example"),
        ("frame_ancestors", "none,self"),
        ("frame_ancestors", ""),
        ("frame_ancestors", "https://a.example; script-src *"),
    ],
)
def test_wrong_values_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"STEEPEST_{name.upper()}", value)
    with pytest.raises(ValidationError, match=name):
        Settings()
