"""The picture of the README: the table of a running demo, as a browser shows it.

``make demo``, and beside it ``python -m tests.browser.picture [ADDRESS]``; Chromium must be there, as for the browser tests.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

PICTURE: Final = Path(__file__).parents[2] / "docs" / "pictures" / "board.png"
MOST_BYTES: Final = 200_000
# What sources of invented figures say; a table without it is nobody's picture.
MARK: Final = "DỮ LIỆU MÔ PHỎNG"
_WIDTH, _HEIGHT = 1200, 900


def take(address: str) -> bytes:
    """PNG of the front page's first screen. Raises ValueError where it is not marked as demo data, or the picture too large."""
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        page.goto(address, wait_until="networkidle")
        marked = page.locator(".notice").first
        if MARK not in marked.inner_text() or (box := marked.bounding_box()) is None or box["y"] + box["height"] > _HEIGHT:
            raise ValueError(f"{address} does not say on its first screen that its figures are invented")
        made: bytes = page.screenshot()
        browser.close()
    if len(made) > MOST_BYTES:
        raise ValueError(f"{len(made)} bytes, more than {MOST_BYTES}")
    return made


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000/"))
