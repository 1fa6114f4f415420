"""Writes what is committed but made: docs/openapi.json, docs/problems.md, the register of problem types and schemas.

    python -m services.gateway.generate

Tests compare the files with what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.gateway.app.openapi import build, dump
from services.gateway.app.problem_pages import as_markdown
from services.gateway.app.role_matrix import renewed
from services.gateway.application import build_app
from services.gateway.messages.problem_types import REGISTER, as_json, collect
from services.gateway.publication.schemas.explanations import Explanation, RunExplanation
from shared.law.explanation import FORMAT, RUN_FORMAT

DOCS = Path(__file__).parents[2] / "docs"
FORMATS: dict[str, type[BaseModel]] = {FORMAT: Explanation, RUN_FORMAT: RunExplanation}


def made() -> Iterator[tuple[Path, str]]:
    """Every file with its content as it should be now."""
    types = collect()
    yield REGISTER, as_json(types)
    yield DOCS / "problems.md", as_markdown(types)
    app = build_app()
    yield DOCS / "openapi.json", dump(build(app))
    for form in FORMATS:
        yield DOCS / "contracts" / f"{form.replace('/', '-')}.schema.json", dump(explanation_schema(form))
    yield DOCS / "identity.md", renewed((DOCS / "identity.md").read_text("utf-8"), app)


def explanation_schema(form: str) -> dict[str, Any]:
    """JSON Schema of an explanation in one of its formats, for who checks or reads one without our API's document."""
    words = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": form}
    return {**FORMATS[form].model_json_schema(mode="serialization"), **words}


def main() -> None:
    for path, content in made():
        path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
