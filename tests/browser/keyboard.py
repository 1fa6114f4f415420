"""Somebody without a mouse: Tab to a control, Enter, Space, arrows, typed text; and at every stop the focus can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Browser, Locator, ViewportSize

from tests.browser.person import DESK, Person

WIDTHS: Final = (DESK["width"], 390)
# What axe finds on one width of a page and not on another.
_OF_LAYOUT: Final = ("scrollable-region-focusable", "target-size", "link-in-text-block", "heading-order", "region")
# More stops than any page has: who comes past them does not get there.
_MOST_STOPS = 500
_TAB: Final = {"ahead": "Tab", "behind": "Shift+Tab"}
# Where the wanted control lies from the focus, and what is wrong with how the focus shows: an outline or shadow around it,
# on the screen, and not under something else, such as a table's head that stays. What a link leads to is no stop.
_STOP = """wanted => {
  const at = document.activeElement;
  if (!at || at === document.body) return {where: 'ahead', fault: null};
  const style = getComputedStyle(at), boxes = [...at.getClientRects()];
  const rings = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  const seen = boxes.some(box => [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (at.contains(top) || top.contains(at));
  }));
  const fault = at.tabIndex < 0 ? null : !rings ? 'no ring' : !seen ? 'out of sight' : null;
  const after = at.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING;
  return {where: at === wanted ? 'here' : after ? 'behind' : 'ahead', fault: fault && `${fault}: ${at.outerHTML}`};
}"""


@dataclass
class Typist(Person):
    """What a person does, by keyboard, on a screen of one width."""

    width: int = DESK["width"]

    @classmethod
    @contextmanager
    def on(cls, chromium: Browser, url: str, width: int) -> Iterator[Typist]:
        with cls.at(chromium, url, {**DESK, "width": width}) as made:
            made.width = width
            yield made

    def reaches(self, control: Locator) -> None:
        """Stop by stop, forwards or back, as somebody who sees the page. Fails where the focus is not to be seen."""
        wanted = control.element_handle()
        for _ in range(_MOST_STOPS):
            stop = wanted.evaluate(_STOP)
            assert stop["fault"] is None, f"{self.address}: {stop['fault']}"
            if stop["where"] == "here":
                return
            self.page.keyboard.press(_TAB[stop["where"]])
        raise AssertionError(f"{self.address}: no keyboard leads to {control}")

    def activates(self, way: Locator) -> None:
        self.reaches(way)
        self.page.keyboard.press("Enter")

    def types(self, label: str, text: str) -> None:
        self.reaches(self.field(label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def chooses(self, label: str, option: str) -> None:
        """By the arrows, which change a closed list where Chromium runs on Linux."""
        field = self.field(label)
        self.reaches(field)
        at = "each => [each.selectedIndex, [...each.options].findIndex(one => one.label.trim() === {})]"
        now, wanted = field.evaluate(at.format(repr(option)))
        assert wanted >= 0, f"{label} has no {option!r}"
        for _ in range(abs(wanted - now)):
            self.page.keyboard.press("ArrowDown" if wanted > now else "ArrowUp")
        assert field.evaluate("each => each.selectedOptions[0].label.trim()") == option

    def ticks(self, label: str) -> None:
        self.reaches(self.field(label))
        self.page.keyboard.press("Space")
        assert self.field(label).is_checked()

    def looks(self, name: str) -> None:
        """As a person does, at this width alone: on a narrow screen for faults of layout, for the wide one has had the rest."""
        size: ViewportSize = {**DESK, "width": self.width}
        self.examines(f"{name}-{self.width}", size, () if self.width == DESK["width"] else _OF_LAYOUT)
