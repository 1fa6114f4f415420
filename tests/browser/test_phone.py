"""Every page that the menu leads to, on a phone, for every role: no wider than the screen, no long id in anybody's way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES, NATIONAL_ROLES
from tests.browser.reporting import Body
from tests.browser.serving import Served
from tests.browser.walking import enters, walked
from tests.integration.gateway.reports import report, task

AGENCY = "H38"
PHONE = 390
# A page that is about the very thing an id names, or on which it is agreed to.
OWN = re.compile(r"/receipt$|/signatures$|/submissions/\d+$|/(approvals|handovers|rejections|reverts)$|/mandates/[^/]+$")
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
    enters(page, filled.url, filled.key(holder, role, agency=inside))
    wrong, count = {}, 0
    for path in walked(page, filled.url):
        count += 1
        width = page.evaluate("document.scrollingElement.scrollWidth")
        ids = [] if OWN.search(path.partition("?")[0]) else page.evaluate(_LONG_IDS)
        if width > PHONE or ids:
            wrong[path] = (width, ids)
    assert wrong == {}
    assert count > 1
