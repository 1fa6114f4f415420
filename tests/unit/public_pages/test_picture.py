"""The README shows the board, and says that its figures are invented."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_readme_shows_a_picture_marked_as_demo_data() -> None:
    (words, place) = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))[0]
    assert "demo data" in words
    picture = (ROOT / place).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) < 200_000
    assert int.from_bytes(picture[16:20], "big") >= 1000
