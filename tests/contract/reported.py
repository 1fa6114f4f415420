"""One of everything about reports, made over HTTP, so that there is something to be found by its id. All of it is demo data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from services.gateway.reports.rules.catalogue import catalogue_in_force
from tests.contract.signing import Signing
from tests.contract.united import Uniting

Headers = Callable[[str], Mapping[str, str]]
REASON = {"reason": "kiểm thử hợp đồng"}
PAPER = {**REASON, "document": "Công văn 4 (minh họa)"}
PDF = b"%PDF-1.7\n% minh hoa"
DATABASE = {"database": "csdl-minh-hoa", "database_name": "Cơ sở dữ liệu minh họa", "new_records": 7}


class Reporting:
    """A body's people, and those of national offices who decide about its report."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        headers: Headers,
        *,
        agency: str,
        period: str,
        signing: Signing,
        units: Uniting,
    ) -> None:
        self._session, self._headers, self._signing, self._units = session, headers, signing, units
        self._agency, self._period = agency, period
        self._api = f"{url}/api/v1"
        self._month = f"/agencies/{agency}/periods/{period}"

    def everything(self) -> dict[str, str]:
        """Ids by the name of the path parameter that finds them."""
        found = {"form": "monthly-report", "version": "1", "sequence": "1", "step": "1", "section": "registered_tasks"}
        return found | self._mandate() | self._units.set_up() | self._report() | self._decisions() | self._people()

    def _mandate(self) -> dict[str, str]:
        """One asks, another approves; and the body's reports need a signature."""
        path = f"/agencies/{self._agency}/mandates"
        asked = {"certificate": self._signing.certificate, "holder": "Người ký minh họa", "valid_from": "2026-01-01", **PAPER}
        mandate = self._post(path, "system_administrator", asked)
        self._post(f"{path}/{mandate}/approvals", "agency_admin", REASON)
        self._post(f"/agencies/{self._agency}/signature-demands", "system_administrator", {"demand": "required", **REASON})
        return {"mandate": mandate}

    def _report(self) -> dict[str, str]:
        """Signed with a certificate, with a confirmation, a further check and a file."""
        one = f"{self._month}/submissions/1"
        assert self._post(f"{self._month}/submissions", "agency_drafter", {"test": False}) == "1"
        assembly, tag = self._units.assemble(1)
        content = {"json": self._content(), "headers": {"If-Match": tag}}
        sent = self._send("PUT", f"{one}/content", "agency_drafter", **content).json()
        (finding,) = [each for each in sent["findings"] if each["severity"] == "confirm"]
        confirmation = self._post(f"{one}/confirmations", "agency_drafter", {"finding_key": finding["key"], **REASON})
        validation = self._post(f"{one}/validations", "agency_drafter", {})
        attachment = self._attach(one)
        self._post(f"{one}/handovers", "agency_drafter", {})
        self._post(f"{one}/approvals", "agency_approver", {})
        payload = self._send("GET", f"{one}/signing-payload", "agency_signer").content
        jws = self._signing.sign(payload, datetime.now(UTC))
        self._post(f"{one}/signatures", "agency_signer", {"digest": sent["digest"], "jws": jws})
        found = {"confirmation": confirmation, "validation": validation, "attachment": attachment}
        return {**found, "assembly": assembly}

    def _decisions(self) -> dict[str, str]:
        one = f"{self._month}/submissions/1"
        submission = self._send("GET", one, "agency_drafter").json()["submission_id"]
        until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        extension = {"agency": self._agency, "period": self._period, "until": until, "effect": "late_counts", **PAPER}
        counted = {name: DATABASE[name] for name in ("database", "new_records")}
        figure = {"sequence": 1, **counted, "verdict": "confirmed"}
        stricter = {**catalogue_in_force(self._period).content, "id": "kiem-thu-hop-dong"}
        return {
            "submission": self._post("/late-acceptances", "publisher", {"submission_id": submission, **PAPER}),
            "extension": self._post("/extensions", "publisher", extension),
            "review": self._post(f"{self._month}/records-reviews", "records_reviewer", {**figure, **PAPER}),
            "activation": self._post("/rule-activations", "publisher", {"catalogue": stricter, **REASON}),
        }

    def _people(self) -> dict[str, str]:
        agency = f"/agencies/{self._agency}"
        later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        person = {"person": {"issuer": "vpcp", "sub": "nguoi-minh-hoa"}, "holder": "Người minh họa"}
        return {
            "grant": self._post(f"{agency}/members", "agency_admin", {**person, "roles": ["agency_drafter"], **REASON}),
            "officer": self._post("/members", "system_administrator", {**person, "roles": ["reader"], **REASON}),
            "credential": self._post(
                f"{agency}/credentials", "agency_admin",
                {"holder": "Máy minh họa", "roles": ["agency_drafter"], "expires_at": later, **REASON},
            ),
        }  # fmt: skip

    def _content(self) -> dict[str, Any]:
        """No task at all: that needs a confirmation."""
        head = {"form": "monthly-report/1", "agency": self._agency, "period": self._period, "document": "1/BC (minh họa)"}
        return {"report": head, "registered_tasks": [], "reported_databases": [DATABASE], "narratives": []}

    def _attach(self, one: str) -> str:
        digest = base64.b64encode(hashlib.sha256(PDF).digest()).decode()
        headers = {"Content-Type": "application/pdf", "Content-Digest": f"sha-256=:{digest}:"}
        query = {"section": "registered_tasks", "name": "bien-ban.pdf"}
        made = self._send("POST", f"{one}/attachments", "agency_drafter", params=query, headers=headers, data=PDF)
        return str(made.headers["location"]).rsplit("/", 1)[1]

    def _post(self, path: str, role: str, body: dict[str, Any]) -> str:
        """The last part of where it stands."""
        return str(self._send("POST", path, role, json=body).headers["location"]).rsplit("/", 1)[1]

    def _send(self, method: str, path: str, role: str, **words: Any) -> requests.Response:
        headers = {**self._headers(role), **words.pop("headers", {})}
        answer = self._session.request(method, self._api + path, headers=headers, timeout=30, **words)
        assert answer.ok, f"{method} {path}: {answer.text}"
        return answer
