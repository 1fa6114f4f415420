"""A body's people and reports for tests of pages: made by the API beforehand. Every figure is invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.gateway.reports import report

PERIOD = "2026-01"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Body:
    """One agency's three people, each with a key of their own."""

    served: Served
    agency: str
    period: str = PERIOD

    def key(self, role: str) -> str:
        return self.served.key(f"Người có vai {role} của {self.agency}", f"agency_{role}", agency=self.agency)

    @property
    def path(self) -> str:
        return f"/agencies/{self.agency}/periods/{self.period}/submissions"

    @property
    def pages(self) -> str:
        return f"/e-form{self.path}"

    def begun(self, content: dict[str, Any] | None = None) -> int:
        """A draft, with content where some is given."""
        made = self.served.call("POST", self.path, self.key("drafter"), json={})
        sequence = int(made.json()["sequence"])
        if content is not None:
            self.put(sequence, content)
        return sequence

    def put(self, sequence: int, content: dict[str, Any], etag: str | None = None) -> None:
        headers = JSON | ({"if-match": etag} if etag else {})
        body = json.dumps(content, ensure_ascii=False).encode()
        self.served.call("PUT", f"{self.path}/{sequence}/content", self.key("drafter"), headers=headers, content=body)

    def step(self, sequence: int, name: str, role: str, **asked: Any) -> None:
        self.served.call("POST", f"{self.path}/{sequence}/{name}", self.key(role), json=asked)

    def state(self, sequence: int) -> dict[str, Any]:
        found: dict[str, Any] = self.served.call("GET", f"{self.path}/{sequence}", self.key("drafter")).json()
        return found

    def content(self, sequence: int) -> dict[str, Any]:
        found: dict[str, Any] = self.served.call("GET", f"{self.path}/{sequence}/content", self.key("drafter")).json()
        return found

    def approved(self) -> int:
        """A report that only needs signing."""
        sequence = self.begun(report(self.agency, self.period))
        self.step(sequence, "handovers", "drafter")
        self.step(sequence, "approvals", "approver")
        return sequence


def acts(person: Person, label: str) -> None:
    """Follows the button-like link among what this person may do."""
    person.goes_by(person.page.locator("main .actions").get_by_role("link", name=label, exact=True))
