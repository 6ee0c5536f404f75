"""Settings, their environment, and the table of them in the documentation."""

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
