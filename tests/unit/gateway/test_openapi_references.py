"""Every shape that the document refers to is in the document (PUB-07)."""

from __future__ import annotations

import json
import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_no_reference_leads_nowhere() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', written))
    assert "OwnReporting" in named, "the pattern finds references"
    assert named - json.loads(written)["components"]["schemas"].keys() == set()
