"""Every page that the menu leads to, on a phone, for every role: no wider than the screen, no long id in anybody's way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES, NATIONAL_ROLES
from tests.browser.reporting import Body
from tests.browser.serving import Served
from tests.integration.gateway.reports import report, task

AGENCY = "H38"
PHONE = 390
# How far from the menu, and how many pages of a role.
_DEPTH, _MOST = 3, 60
# A page that is about the very thing an id names, or on which it is agreed to.
OWN = re.compile(r"/receipt$|/signatures$|/submissions/\d+$|/(approvals|handovers|rejections|reverts)$|/mandates/[^/]+$")
# Links that lead to no page, or away from the person's own session.
_ELSEWHERE = re.compile(r"/logout|/language|/static/|/signing-payload|\.(csv|ndjson|xlsx|json|jws)(\?|$)|/attachments/")
_LONG_IDS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.parentElement.closest('details, option, pre'))
      found.push(...(node.textContent.match(/[A-Za-z0-9_:.+-]{41,}/g) ?? []));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def filled(served: Served) -> Served:
    """A report that was signed, a draft with a finding, an initiative with its digest. Figures are invented."""
    body = Body(served, AGENCY)
    sequence = body.approved()
    body.step(sequence, "signatures", "signer", digest=body.state(sequence)["content"]["digest"])
    body.begun(report(AGENCY, body.period, tasks=[task(1), task(2, registered_on="2010-01-05")]))
    digest = f"sha256:{'ab' * 32}"
    words = {"explanation": "Giảm thời gian chờ (minh họa)", "document": "12/TTr (minh họa)", "document_digest": digest}
    made = {"period": body.period, "title": "Trợ lý ảo (minh họa)", **words}
    served.call("POST", f"/agencies/{AGENCY}/initiatives", body.key("drafter"), json=made)
    return served


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": PHONE, "height": 844}, java_script_enabled=True, locale="vi-VN")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("role", [*AGENCY_ROLES, *NATIONAL_ROLES, ADMINISTRATOR])
def test_no_page_is_wider_than_a_phone_and_no_long_id_stands_in_the_way(page: Page, filled: Served, role: str) -> None:
    inside = AGENCY if role in AGENCY_ROLES else None
    holder = f"Người có vai {role} của {AGENCY}" if inside else f"Người có vai {role}"
    page.goto(f"{filled.url}/e-form/login")
    page.locator("[name=credential]").fill(filled.key(holder, role, agency=inside))
    with page.expect_navigation():
        page.locator("main button").first.click()
    wrong, seen = {}, set()
    waiting = [("/e-form", 0)]
    while waiting and len(seen) < _MOST:
        path, depth = waiting.pop(0)
        if (kind := kind_of(path)) in seen:
            continue
        seen.add(kind)
        answer = page.goto(filled.url + path)
        assert answer is not None
        assert answer.status < 500, path
        width = page.evaluate("document.scrollingElement.scrollWidth")
        ids = [] if OWN.search(path.partition("?")[0]) else page.evaluate(_LONG_IDS)
        if width > PHONE or ids:
            wrong[path] = (width, ids)
        if depth < _DEPTH:
            links = page.eval_on_selector_all("a[href^='/e-form']", "all => all.map(each => each.getAttribute('href'))")
            waiting += [(each.partition("#")[0], depth + 1) for each in links if not _ELSEWHERE.search(each)]
    assert wrong == {}
    assert len(seen) > 1


def kind_of(path: str) -> str:
    """Pages of one kind are looked at once: what differs is an id, a body, a month or an indicator."""
    plain = re.sub(r"\b[a-z]+_[0-9a-z]{10,}|\b[0-9a-f]{12}\b|\d+", "N", path.partition("?")[0])
    return re.sub(r"/[A-Z](N|\d+)", "/X", plain)
