"""Units of a body, made over HTTP, so that there is something to be found by its id. All of it is demo data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

REASON = {"reason": "kiểm thử hợp đồng"}
INDICATORS = ("A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C1", "C2", "D1", "D2", "E1", "E2", "E3")
UNIT: dict[str, Any] = {
    "unit": "don-vi", "name": "Đơn vị minh họa", **REASON,
    "contact": {"name": "Đầu mối minh họa", "position": "Minh họa", "email": "a@example.vn", "phone": "0000 000 000"},
}  # fmt: skip


@dataclass(frozen=True)
class Uniting:
    """One unit that answers for everything and leads; ``second`` is the header of another administrator of the body."""

    session: requests.Session
    url: str
    keys: Mapping[str, str]
    headers: Callable[[str], Mapping[str, str]]
    second: Mapping[str, str]
    agency: str
    period: str

    def set_up(self) -> dict[str, str]:
        """Ids by the name of the path parameter that finds them."""
        agency = f"/agencies/{self.agency}"
        self._post(f"{agency}/units", "agency_admin", UNIT)
        member = ""
        for role in ("agency_unit", "agency_drafter"):
            subject = f"key:{self.keys[role].split('_')[1]}"
            made = self._post(f"{agency}/units/don-vi/members", "agency_admin", {"subject": subject, **REASON})
            member = str(made["membership_id"])
        assigned = [{"indicator": code, "unit": "don-vi"} for code in INDICATORS]
        plan = {"first_period": self.period, "document": "1/CV (minh họa)", "lead_unit": "don-vi", "due_day": 3}
        asked = self._post(f"{agency}/unit-plans", "agency_admin", {**plan, "assignments": assigned, **REASON})
        path = f"{agency}/unit-plans/{asked['plan_id']}/approvals"
        self._done(self.session.post(self._at(path), headers=dict(self.second), json=REASON, timeout=30))
        section = {"indicator": "C1", "rows": []}
        self._post(f"{agency}/periods/{self.period}/sections", "agency_unit", section)
        return {"unit": "don-vi", "membership": member, "plan": str(asked["plan_id"]), "indicator": "C1"}

    def assemble(self, sequence: int) -> tuple[str, str]:
        """The assembly's id, and the draft's ETag after it."""
        path = f"/agencies/{self.agency}/periods/{self.period}/submissions/{sequence}/assemblies"
        body = {"document": "1/BC (minh họa)", "without": [{"indicator": "D1", **REASON}]}
        made = self._post(path, "agency_drafter", body)
        return str(made["assembly"]["assembly_id"]), str(made["content"]["etag"])

    def _post(self, path: str, role: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._done(self.session.post(self._at(path), headers=dict(self.headers(role)), json=dict(body), timeout=30))

    def _at(self, path: str) -> str:
        return f"{self.url}/api/v1{path}"

    def _done(self, answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found
