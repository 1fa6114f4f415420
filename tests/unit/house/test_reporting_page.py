"""The page about sending a report shows the script that the process test runs."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_shows_the_script_as_it_stands() -> None:
    script = (DOCS / "examples" / "send_report.py").read_text("utf-8")
    assert f"```python\n{script}```\n" in (DOCS / "reporting.md").read_text("utf-8")
