"""From page to page by the links that somebody sees, each kind of page once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Page

# How far from the menu, and how many pages of a role.
DEPTH, MOST = 3, 60
# Links that lead to no page, or away from the person's own session.
_ELSEWHERE = re.compile(r"/logout|/language|/static/|/signing-payload|\.(csv|ndjson|xlsx|json|jws)(\?|$)|/attachments/")


def enters(page: Page, url: str, key: str) -> None:
    """Signs in with an API key."""
    page.goto(f"{url}/e-form/login")
    page.locator("[name=credential]").fill(key)
    with page.expect_navigation():
        page.locator("main button").first.click()


def walked(page: Page, url: str, *, start: str = "/e-form", under: str = "/e-form") -> Iterator[str]:
    """Addresses of pages of different kinds, nearest first; each stands in ``page`` while it is given."""
    seen: set[str] = set()
    waiting = [(start, 0)]
    while waiting and len(seen) < MOST:
        path, depth = waiting.pop(0)
        if (kind := kind_of(path)) in seen:
            continue
        seen.add(kind)
        answer = page.goto(url + path)
        assert answer is not None
        assert answer.status < 500, path
        if depth < DEPTH:
            links = page.eval_on_selector_all(f"a[href^='{under}']", "all => all.map(each => each.getAttribute('href'))")
            waiting += [(each.partition("#")[0], depth + 1) for each in links if not _ELSEWHERE.search(each)]
        yield path


def kind_of(path: str) -> str:
    """Pages of one kind are looked at once: what differs is an id, a body, a month or an indicator."""
    plain = re.sub(r"\b[a-z]+_[0-9a-z]{10,}|\b[0-9a-f]{12}\b|\d+", "N", path.partition("?")[0])
    return re.sub(r"/[A-Z](N|\d+)", "/X", plain)
