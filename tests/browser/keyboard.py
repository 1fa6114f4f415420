"""Somebody without a pointer: tabs to what is named, sees where they are, presses Enter or Space, types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from playwright.sync_api import Browser, Download, Locator

from tests.browser.person import Person

WIDTHS: Final = (1280, 390)
# More stops than this on the way to one thing is no way.
_STOPS = 250
# What is focused is seen: marked, on the screen, under nothing.
_SEEN = """each => {
  const style = getComputedStyle(each), box = each.getClientRects()[0];
  const marked = each.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + Math.min(box.height / 2, 20);
  const on = document.elementFromPoint(x, y);
  const near = [each, ...(each.labels ?? [])];
  const free = on !== null && (on.contains(each) || near.some(one => one.contains(on)));
  return marked && free ? '' : `marked ${marked}, free ${free} at ${x},${y} under ${on && on.outerHTML.slice(0, 80)}`;
}"""
_FOCUSED = "each => each === document.activeElement"


@dataclass
class Keys:
    """``person``'s page at ``width`` pixels; no method clicks, fills or opens anything but an address given to begin with."""

    person: Person
    width: int

    @classmethod
    @contextmanager
    def at(cls, chromium: Browser, url: str, width: int) -> Iterator[Keys]:
        with Person.at(chromium, url) as person:
            person.page.set_viewport_size({"width": width, "height": 900})
            yield cls(person, width)

    def signs_in(self, key: str) -> None:
        self.person.page.context.clear_cookies(name="bangdiem_session")
        self.person.opens("/e-form/login")
        self.types("Khóa truy cập (API)", key)
        self.enters()
        self.person.reads("Đã đăng nhập")

    def reaches(self, wanted: Locator) -> None:
        """Tabs until the focus is there, past the menu where a page has a way past it."""
        one = wanted.first
        one.wait_for(state="attached")
        for _ in range(_STOPS):
            self.person.page.keyboard.press("Tab")
            if one.evaluate(_FOCUSED):
                assert (fault := one.evaluate(_SEEN)) == "", f"{one}: {fault}"
                return
        raise AssertionError(f"{one} is not reached by {_STOPS} stops at {self.person.address}")

    def skips(self) -> None:
        """By the page's first stop."""
        self.reaches(self.person.page.get_by_role("link", name="Đến nội dung"))
        self.enters()

    def enters(self) -> None:
        with self.person.page.expect_navigation(wait_until="load"):
            self.person.page.keyboard.press("Enter")

    def follows(self, label: str | re.Pattern[str], within: Locator | None = None) -> None:
        self._goes_by("link", label, within)

    def presses(self, label: str, within: Locator | None = None) -> None:
        self._goes_by("button", label, within)

    def _goes_by(self, role: Literal["link", "button"], label: str | re.Pattern[str], within: Locator | None) -> None:
        self.reaches((within or self.person.page.locator("body")).get_by_role(role, name=label))
        self.enters()

    def downloads(self, label: str | re.Pattern[str]) -> Download:
        self.reaches(self.person.page.get_by_role("link", name=label))
        with self.person.page.expect_download() as waiting:
            self.person.page.keyboard.press("Enter")
        return waiting.value

    def types(self, label: str, text: str) -> None:
        self.reaches(self.person.field(label))
        self.person.page.keyboard.press("Control+A")
        self.person.page.keyboard.type(text)

    def chooses(self, label: str, option: str) -> None:
        """With the arrow keys."""
        field = self.person.field(label)
        self.reaches(field)
        self.person.page.keyboard.press("Home")
        for _ in range(_STOPS):
            if self._chosen(field) == option:
                return
            self.person.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} has no {option}")

    def unfolds(self, summary: Locator) -> None:
        self.reaches(summary)
        self.person.page.keyboard.press("Enter")
        assert summary.first.evaluate("each => each.parentElement.open")

    def looks(self, name: str) -> None:
        """As ``Person.looks``, at this width alone."""
        self.person.looks(f"{name}-{self.width}", width=self.width)

    @staticmethod
    def _chosen(field: Locator) -> Any:
        return field.evaluate("each => each.selectedOptions[0].textContent.trim()")
