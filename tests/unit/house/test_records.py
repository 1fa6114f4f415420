"""What is read from the database leaves its store as a record: a row without types crosses no module of the gateway."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.house.test_house import ROOT

GATEWAY = ROOT / "services" / "gateway"
UNTYPED = ("Row", "dict[str, Any]")
# Of the other services as many modules as still name rows; the number may only fall.
OUTSIDE_THE_GATEWAY = 0


def stores() -> Iterator[Path]:
    yield from sorted(GATEWAY.glob("*/store/*.py"))


def untyped(path: Path) -> Iterator[str]:
    """Public functions of a store that answer rows."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) or node.returns is None:
            continue
        if not node.name.startswith("_") and any(name in ast.unparse(node.returns) for name in UNTYPED):
            yield f"{path.parent.parent.name}/{path.name}: {node.name}"


def names_rows(path: Path) -> bool:
    imports = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom))
    return any(node.module == "shared.database" and any(each.name == "Row" for each in node.names) for node in imports)


def test_no_store_of_the_gateway_answers_rows() -> None:
    assert len(list(stores())) > 30
    assert [each for path in stores() for each in untyped(path)] == []


def test_an_untyped_answer_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "store.py"
    path.write_text("async def find() -> dict[str, Row]: ...\nasync def _own() -> Row: ...\nasync def good() -> Unit: ...\n")
    assert [each.split(": ")[1] for each in untyped(path)] == ["find"]


def test_rows_are_named_by_few_modules_and_by_none_of_the_gateway_outside_its_stores() -> None:
    naming = [path for path in sorted((ROOT / "services").rglob("*.py")) if names_rows(path)]
    inside = [path for path in naming if GATEWAY in path.parents]
    assert [str(path.relative_to(ROOT)) for path in inside if path.parent.name != "store"] == []
    assert len(naming) - len(inside) <= OUTSIDE_THE_GATEWAY


@pytest.mark.slow("a second mypy of the whole product, without its cache")
def test_a_renamed_field_of_a_submission_breaks_the_type_check(tmp_path: Path) -> None:
    for name in ("services", "shared", "deploy", "migrations", "pyproject.toml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    records = tmp_path / "services/gateway/reports/store/records.py"
    text = records.read_text("utf-8")
    begin = text.index("class Submission(Stage):")
    records.write_text(text[:begin] + text[begin:].replace("    sequence: int\n", "    number_of_it: int\n", 1), "utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=tmp_path, capture_output=True, text=True, check=False)
    broken = {line.split(":")[0] for line in done.stdout.splitlines() if "error:" in line}
    assert done.returncode == 1
    assert {"services/gateway/reports/submissions/views.py", "services/gateway/reports/submissions/signing.py"} <= broken
