"""Every page of a demo on contact sheets, for eyes: ``python -m tests.browser.contact_sheets FOLDER [DATA_DIR]``.

Public pages and the e-Form's of each role, at 1280 and at 390 pixels, a thumbnail each with its address below: FOLDER gets the
sheets (PNG), each page's picture and ``wide.txt``, the pages that are wider than the screen. DATA_DIR is a demo's; without it
one is made. Chromium must be there, as for the browser tests.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES, NATIONAL_ROLES
from tests.browser.walking import enters, walked
from tests.e2e.processes import bangdiem, environment, serving

WIDTHS: Final = (1280, 390)
AGENCY: Final = "H38"
PUBLIC: Final = (
    "/", "/periods/2026-01", "/periods/2026-01?version=1", "/periods/2026-01/agencies/H38", "/periods/2026-01/agencies/G01",
    "/periods/2026-01/agencies/H38?version=1", "/periods/2026-01/scheme", "/quarters/2026-Q1", "/years/2026",
    "/periods/2027-09", "/e-form/login",
)  # fmt: skip
# Of a long page its beginning; the sheet shows it so wide, so many in a row and so many rows.
_TALLEST: Final = 2600
_THUMB: Final = {1280: (560, 3), 390: (300, 6)}
_ROWS: Final = 2
_STYLE: Final = """body { margin: 12px; font: 13px sans-serif; background: #777; }
main { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
figure { margin: 0; background: #fff; } img { display: block; width: 100%; }
figcaption { padding: 4px; overflow-wrap: anywhere; }"""


@dataclass(frozen=True)
class Shot:
    """``file`` is the picture; ``overflow`` by how many pixels the page is wider than the screen."""

    who: str
    path: str
    file: Path
    overflow: int


def made(folder: Path, data: Path) -> Iterator[Path]:
    """The sheets, each when it is there; ``data`` is a demo's folder, whose gateway is started for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(data) as url, sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        shots: list[Shot] = []
        people = [("public", None), *_people(data)]
        for width in WIDTHS:
            shown: set[str] = set()
            for who, key in people:
                taken = list(_photographed(browser, url, who, key, width, folder, shown))
                yield from _sheets(browser, f"{width}-{who}", width, taken)
                shots += taken
        told = [f"{shot.file.name}: {shot.path} +{shot.overflow}" for shot in shots if shot.overflow > 0]
        (folder / "wide.txt").write_text("".join(f"{line}\n" for line in told), "utf-8")
        browser.close()


def _people(data: Path) -> list[tuple[str, str]]:
    """A key of each role: a body's own people have the demo's, a unit's person sees less of what they see."""
    bodies = json.loads((data / "demo-agency-keys.json").read_text("utf-8"))
    env = environment(BANGDIEM_DATA_DIR=str(data))
    found = [(role, str(key)) for role, key in bodies[AGENCY].items()]
    for role in ("agency_admin", *NATIONAL_ROLES, ADMINISTRATOR):
        inside = ("--agency", AGENCY) if role in AGENCY_ROLES else ()
        words = ("key", "create", f"Người xem {role}", "--role", role, *inside, "--reason", "xem các trang")
        found.append((role, bangdiem(*words, env=env).stdout.strip()))
    return found


def _photographed(
    browser: Browser, url: str, who: str, key: str | None, width: int, folder: Path, shown: set[str]
) -> Iterator[Shot]:
    """``shown`` is what pages say that were photographed already: two roles that see the same are looked at once."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    page = context.new_page()
    if key is not None:
        enters(page, url, key)
    for number, path in enumerate(_public(page, url) if key is None else walked(page, url)):
        if (said := page.locator("main").inner_text()) in shown:
            continue
        shown.add(said)
        file = folder / f"{width}-{who}-{number:02}-{re.sub(r'[^0-9A-Za-z]+', '-', path).strip('-')[:60]}.png"
        tall = min(_TALLEST, page.evaluate("document.documentElement.scrollHeight"))
        page.screenshot(path=str(file), full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
        yield Shot(who, path, file, page.evaluate("document.scrollingElement.scrollWidth") - width)
    context.close()


def _public(page: Page, url: str) -> Iterator[str]:
    for path in PUBLIC:
        page.goto(url + path)
        yield path


def _sheets(browser: Browser, name: str, width: int, shots: Sequence[Shot]) -> Iterator[Path]:
    wide, across = _THUMB[width]
    page = browser.new_page(viewport={"width": (wide + 12) * across + 24, "height": 900})
    for begin in range(0, len(shots), across * _ROWS):
        some = shots[begin : begin + across * _ROWS]
        figures = "".join(_figure(shot, wide) for shot in some)
        # Beside the pictures, for a page made of nothing may not read files.
        written = some[0].file.parent / "sheet.html"
        written.write_text(f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><main>{figures}</main>", "utf-8")
        page.goto(written.as_uri())
        made_at = written.with_name(f"sheet-{name}-{begin // (across * _ROWS) + 1}.png")
        page.screenshot(path=str(made_at), full_page=True)
        written.unlink()
        yield made_at
    page.close()


def _figure(shot: Shot, wide: int) -> str:
    beyond = f" <b>+{shot.overflow}px</b>" if shot.overflow > 0 else ""
    words = f"{html.escape(shot.who)} {html.escape(shot.path)}{beyond}"
    return f'<figure style="width:{wide}px"><img src="{shot.file.name}" alt=""><figcaption>{words}</figcaption></figure>'


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as fresh:
        given = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(fresh) / "data"
        for sheet in made(Path(sys.argv[1]), given):
            sys.stdout.write(f"{sheet}\n")
