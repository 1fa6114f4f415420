"""What `make test` leaves out says why, and CONTRIBUTING.md lists it with what is proven all the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(tests/[\w/]+\.py)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def marks(path: Path) -> list[ast.Attribute]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.slow"]


def reasons(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [str(ast.literal_eval(call.args[0])) for call in calls if ast.unparse(call.func) == "pytest.mark.slow"]


def test_every_slow_test_says_why_and_is_listed() -> None:
    slow = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "tests").rglob("*.py")) if marks(path)}
    listed = {name: (adds, proven) for name, adds, proven in ROW.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))}
    assert set(listed) == set(slow)
    for name, path in slow.items():
        assert len(reasons(path)) == len(marks(path)), f"{name}: write pytest.mark.slow(why)"
        assert all(len(why) > 20 for why in reasons(path)), name


def test_a_mark_without_a_reason_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text("import pytest\n\n@pytest.mark.slow\ndef test_it(): ...\n")
    assert (len(marks(path)), reasons(path)) == (1, [])
