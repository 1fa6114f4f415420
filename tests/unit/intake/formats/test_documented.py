"""docs/forms.md is true: its examples have the digest it prints, and its program computes it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from services.gateway.reports.form.canonical_report import digest_of, document_of
from services.gateway.reports.formats.media_types import CSV, FORMATS, JSON, NDJSON
from services.gateway.reports.formats.unreadable import MOST_CELLS, MOST_ROWS, MOST_UNPACKED_BYTES
from tests.unit.intake.formats.make import DEMO, digest

PAGE = (Path(__file__).parents[4] / "docs" / "forms.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def computed(body: str) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", block("python")], input=body.encode(), capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize(("language", "media_type"), [("json", JSON), ("ndjson", NDJSON), ("csv", CSV)])
def test_the_examples_have_the_digest_the_page_prints(language: str, media_type: str) -> None:
    assert f"`{digest(block(language).encode(), media_type)}`" in PAGE


def test_a_body_can_compute_the_digest_with_the_pages_program() -> None:
    assert computed(block("json")) in PAGE
    document = document_of(DEMO)
    document["registered_tasks"].reverse()
    document["registered_tasks"][1].pop("accepted_on")
    document["registered_tasks"][0]["client_ref"] = " "
    untidy = unicodedata.normalize("NFD", json.dumps(document, ensure_ascii=False)).replace("\\n", "\\r\\n")
    assert computed(untidy) == digest(untidy.encode(), JSON) == digest_of(DEMO)


def test_formats_and_bounds_are_those_of_the_product() -> None:
    assert all(f"`{media_type}`" in PAGE for media_type in FORMATS)
    assert f"{MOST_ROWS:,} rows, {MOST_CELLS:,} cells and {MOST_UNPACKED_BYTES // 2**20} MiB" in PAGE
