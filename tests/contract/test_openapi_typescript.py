"""Types generated for TypeScript from the committed document have every operation, and a month is read with them (PUB-19).

The generator and the compiler are pinned in tests/contract/typescript (`make install-typescript`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.served import API, FILE, Served

pytestmark = pytest.mark.slow("generates types of some thirty thousand lines and compiles what uses them")

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "read_month.ts"
BIN = Path(sys.prefix) / "typescript" / "node_modules" / ".bin"
STRICT = (
    "--strict",
    "--exactOptionalPropertyTypes",
    "--noUncheckedIndexedAccess",
    "--target",
    "es2022",
    "--module",
    "commonjs",
    "--lib",
    "es2022,dom",
)


def run(*asked: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(asked, cwd=cwd, capture_output=True, text=True, check=False, timeout=240)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds bangdiem.ts."""
    assert (BIN / "openapi-typescript").exists(), "there is no generator here: make install-typescript"
    folder = tmp_path_factory.mktemp("typescript")
    done = run(BIN / "openapi-typescript", FILE, "--output", folder / "bangdiem.ts", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def compiled(folder: Path, name: str, text: str, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / f"{name}.ts").write_text(text, "utf-8")
    return run(BIN / "tsc", *STRICT, *more, f"{name}.ts", cwd=folder)


def test_every_operation_has_its_types(generated: Path) -> None:
    """Each stands among the operations, and under its path and method it is that very one."""
    paths = json.loads(FILE.read_text("utf-8"))["paths"]
    lines = [
        'import type { operations, paths } from "./bangdiem";',
        "type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;",
    ]
    for path, item in paths.items():
        for method, operation in item.items():
            name = operation["operationId"]
            lines.append(f"export const {name}: Same<operations[{name!r}], NonNullable<paths[{path!r}][{method!r}]>> = true;")
    assert len(lines) > 200
    done = compiled(generated, "every", "\n".join(lines), "--noEmit")
    assert done.returncode == 0, done.stdout[:2000]
    lost = compiled(generated, "lost", f"{lines[0]}\nexport type Lost = operations['get_nothing'];", "--noEmit")
    assert "Property 'get_nothing' does not exist" in lost.stdout


def test_it_reads_a_published_month_with_the_same_points(generated: Path, served: Served) -> None:
    sheet = served.session.get(f"{served.url}{API}/periods/2026-01/scores", timeout=30).json()
    wanted = []
    for body in sheet["agencies"]:
        points = (f"{code}={indicator['points']}" for code, indicator in sorted(body["indicators"].items()))
        wanted.append(" ".join([body["agency"], body["total_exact"], *points]))
    done = compiled(generated, "read_month", EXAMPLE.read_text("utf-8"))
    assert done.returncode == 0, done.stdout[:2000]
    node = shutil.which("node")
    assert node is not None
    read = run(node, generated / "read_month.js", served.url, "2026-01", cwd=generated)
    assert (read.stderr, read.stdout.splitlines()) == ("", wanted)
