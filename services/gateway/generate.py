"""Writes what is committed but made: docs/openapi.json, docs/problems.md, the register of problem types and schemas.

    python -m services.gateway.generate

Tests compare the files with what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.gateway.app.openapi import build, dump
from services.gateway.app.problem_pages import as_markdown
from services.gateway.app.role_matrix import renewed
from services.gateway.application import build_app
from services.gateway.messages.problem_types import REGISTER, as_json, collect
from services.gateway.publication.schemas.explanations import Explanation
from shared.law.explanation import FORMAT

DOCS = Path(__file__).parents[2] / "docs"


def made() -> Iterator[tuple[Path, str]]:
    """Every file with its content as it should be now."""
    types = collect()
    yield REGISTER, as_json(types)
    yield DOCS / "problems.md", as_markdown(types)
    app = build_app()
    yield DOCS / "openapi.json", dump(build(app))
    yield DOCS / "contracts" / f"{FORMAT.replace('/', '-')}.schema.json", dump(explanation_schema())
    yield DOCS / "identity.md", renewed((DOCS / "identity.md").read_text("utf-8"), app)


def explanation_schema() -> dict[str, Any]:
    """JSON Schema of an explanation, for who checks or reads one without our API's document."""
    words = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT}
    return {**Explanation.model_json_schema(mode="serialization"), **words}


def main() -> None:
    for path, content in made():
        path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
