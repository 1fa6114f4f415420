"""Writes what is committed but made: docs/openapi.json, docs/problems.md and the register of problem types.

    python -m services.gateway.generate

Tests compare the files with what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.gateway.app.openapi import build, dump
from services.gateway.app.problem_pages import as_markdown
from services.gateway.app.role_matrix import renewed
from services.gateway.application import build_app
from services.gateway.messages.problem_types import REGISTER, as_json, collect

DOCS = Path(__file__).parents[2] / "docs"


def made() -> Iterator[tuple[Path, str]]:
    """Every file with its content as it should be now."""
    types = collect()
    yield REGISTER, as_json(types)
    yield DOCS / "problems.md", as_markdown(types)
    app = build_app()
    yield DOCS / "openapi.json", dump(build(app))
    yield DOCS / "identity.md", renewed((DOCS / "identity.md").read_text("utf-8"), app)


def main() -> None:
    for path, content in made():
        path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
