"""deploy/install/environment.sh where something lacks: one sentence that says what to install, exit 2, no folder made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "deploy" / "install" / "environment.sh"
# A Python as Debian ships it without python3-venv: the module is not there to be found.
NO_ENSUREPIP = "import sys; sys.modules['ensurepip'] = None"
OLD = "import sys; sys.version_info = (3, 10, 13, 'final', 0)"


def machine(folder: Path, start: str | None) -> str:
    """The address of a Python that begins with ``start``; with None, of none at all."""
    if start is None:
        return "python-that-is-not-here"
    (folder / "sitecustomize.py").write_text(start, "utf-8")
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (None, ["There is no python-that-is-not-here here", "apt-get install python3 python3-venv make"]),
        (OLD, ["Python 3.11 to 3.14 is needed", "make PYTHON=python3.12"]),
        (NO_ENSUREPIP, ["has no venv or ensurepip", "apt-get install python3-venv"]),
    ],
    ids=["no-python", "python-3.10", "no-ensurepip"],
)
def test_what_is_lacking_is_said_in_one_sentence(tmp_path: Path, start: str | None, words: list[str]) -> None:
    venv = tmp_path / "venv"
    given = {"PATH": os.environ["PATH"], "PYTHON": machine(tmp_path, start), "VENV": str(venv)}
    done = subprocess.run(["sh", SCRIPT, "product"], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert [each for each in words if each not in done.stderr] == []
    assert done.stdout == ""
    assert not venv.exists()
