"""A running demo for tests of pages: its keys, what a test needs of it beforehand, and the stand-in sources that it asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser.person import Person


@dataclass(frozen=True)
class Demo:
    url: str
    data: Path

    def key(self, role: str, agency: str | None = None) -> str:
        found = self._read("demo-agency-keys.json" if agency else "demo-keys.json")
        return str(found[agency][role] if agency else found[role])

    def call(self, role: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The API, for what a test needs beforehand."""
        key = {"authorization": f"Bearer {self.key(role)}"}
        return self._posted(f"{self.url}/api/v1{path}", body, key)

    @contextmanager
    def without(self, source: str) -> Iterator[None]:
        """The stand-in closes every connection meanwhile."""
        self._admin("/faults", {"source": source, "mode": "down", "times": None})
        try:
            yield
        finally:
            described = self._read("sandbox.json")
            key = {"authorization": f"Bearer {described['admin']['token']}"}
            assert httpx.delete(described["admin"]["faults_url"], headers=key, timeout=30).is_success

    def slips(self, slip: dict[str, Any]) -> None:
        """From now on the stand-in states something else."""
        self._admin("/slips", slip)

    def exempt(self, agency: str, indicator: str) -> None:
        """By two publishers: from then on January is computed otherwise."""
        asked = {"agency": agency, "indicator": indicator, "valid_from": "2026-01", "document": "9/DEMO (văn bản mô phỏng)"}
        made = self.call("publisher", "/applicability", {**asked, "reason": "minh họa"})
        self.call("approver", f"/decisions/{made['applicability_id']}/approvals", {"reason": "minh họa"})

    def _admin(self, path: str, body: dict[str, Any]) -> None:
        described = self._read("sandbox.json")
        self._posted(f"{described['url']}/admin{path}", body, {"authorization": f"Bearer {described['admin']['token']}"})

    def _posted(self, url: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        answer = httpx.post(url, json=body, headers=headers, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def _read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / name).read_text("utf-8"))
        return found


def outcome(person: Person) -> None:
    """A busy machine takes longer than the page waits for: who asked looks again, for a minute."""
    for _ in range(120):
        if not person.page.get_by_role("link", name="Xem lại", exact=True).count():
            return
        person.follows("Xem lại")
        person.page.wait_for_timeout(500)
    raise AssertionError(f"{person.address} does not end")
