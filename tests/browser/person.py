"""Somebody at a browser: reads, types, clicks, with scripts switched off; and what every page is looked at for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Locator, Page, Response

_DESK, _PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
_PATIENCE_MS = 30_000
_AXE = Axe()


@dataclass
class Person:
    """``page`` is what is on the screen; buttons, links and fields are found by what they are called, as a reader would.

    ``glass`` shows the same document where scripts run, for axe needs one.
    """

    page: Page
    glass: Page
    url: str

    @classmethod
    @contextmanager
    def at(cls, chromium: Browser, url: str) -> Iterator[Person]:
        context = chromium.new_context(viewport=_DESK, java_script_enabled=False, locale="en-US", accept_downloads=True)
        looking = chromium.new_context(viewport=_DESK, locale="en-US")
        try:
            for each in (context, looking):
                each.set_default_timeout(_PATIENCE_MS)
            glass = looking.new_page()
            glass.goto(f"{url}/e-form/login")
            yield cls(context.new_page(), glass, url)
        finally:
            context.close()
            looking.close()

    def opens(self, path: str) -> Response:
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        return answer

    def signs_in(self, key: str) -> None:
        """Whoever was there leaves."""
        self.page.context.clear_cookies(name="bangdiem_session")
        self.opens("/e-form/login")
        self.types("Khóa truy cập (API)", key)
        self.presses("Đăng nhập")
        self.reads("Đã đăng nhập")

    def types(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def chooses(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def ticks(self, label: str) -> None:
        self.field(label).check()

    def attaches(self, label: str, file: Path | dict[str, object]) -> None:
        self.field(label).set_input_files(file)  # type: ignore[arg-type]

    def presses(self, label: str) -> None:
        self.goes_by(self.page.get_by_role("button", name=label).first)

    def follows(self, label: str) -> None:
        self.goes_by(self.page.get_by_role("link", name=label).first)

    def switches(self, language: str) -> None:
        """By a link, or the button that keeps what is typed in the page's form."""
        self.goes_by(self.page.get_by_role("navigation").get_by_text(language, exact=True))

    def goes_by(self, way: Locator) -> None:
        """Every link and button leads to another page: what is looked at next is that page, whole."""
        with self.page.expect_navigation(wait_until="load"):
            way.click()

    def downloads(self, label: str, role: Literal["link", "button"] = "link") -> Download:
        with self.page.expect_download() as waiting:
            self.page.get_by_role(role, name=label).first.click()
        return waiting.value

    def field(self, label: str) -> Locator:
        """The label need not be whole."""
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first

    def reads(self, words: str) -> None:
        """They stand on the page, now or in a moment."""
        self.page.get_by_text(words).first.wait_for()

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def address(self) -> str:
        return self.page.url.removeprefix(self.url)

    def looks(self, name: str, *, width: int | None = None) -> None:
        """No fault of accessibility, nothing beyond the edge, one heading of the first rank, no script.

        Accessibility at a desk and the edge of a phone; ``width`` (pixels) has both looked at there alone.
        """
        self._shows(_DESK["width"] if width is None else width)
        self._photograph(name)
        assert self.glass.locator("h1").count() == 1
        assert self.glass.locator("script").count() == 0
        found = _AXE.run(self.glass, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        if width is None:
            self.glass.set_viewport_size(_PHONE)  # type: ignore[arg-type]
            self._photograph(f"{name}-phone")
        edge = _PHONE["width"] if width is None else width
        reached = self.glass.evaluate("document.documentElement.scrollWidth")
        assert reached <= edge, f"{name} is {reached} pixels wide on a screen of {edge}"

    def _shows(self, width: int) -> None:
        """The same document on the glass: once its style is there, it is as it will be, for no script runs."""
        self.glass.set_viewport_size({"width": width, "height": _DESK["height"]})
        self.glass.set_content(self.page.content(), wait_until="load")

    def _photograph(self, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.glass.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
