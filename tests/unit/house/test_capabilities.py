"""docs/capabilities.md is true as far as a machine can see: every id once, every claim with tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| ([A-Z]{2,3}-\d{2}) \| [^|]+ \| (yes|partly|no) \| (.*?) ?\| (.*?) ?\|$")
NODE = re.compile(r"`(tests/[\w/.]+\.py)(?:::([\w]+))?`")
COUNT = 210


def rows() -> list[tuple[str, str, str, str]]:
    lines = (ROOT / "docs" / "capabilities.md").read_text("utf-8").splitlines()
    return [found.groups() for line in lines if (found := ROW.match(line))]  # type: ignore[misc]


@cache
def functions(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.exists():
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_capability_has_one_row() -> None:
    ids = [row[0] for row in rows()]
    assert len(ids) == len(set(ids)) == COUNT


def test_every_claim_names_tests_that_exist() -> None:
    wrong = []
    for name, holds, tests, note in rows():
        nodes = NODE.findall(tests)
        if holds == "no":
            continue
        if not nodes:
            wrong.append(f"{name}: claims {holds} without a test")
        if holds == "partly" and not note.strip():
            wrong.append(f"{name}: partly, without saying what is missing")
        for path, function in nodes:
            if not functions(path) or (function and function not in functions(path)):
                wrong.append(f"{name}: no {path}::{function}")
    assert wrong == []
