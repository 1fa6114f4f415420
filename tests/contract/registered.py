"""One of everything about registers and initiatives, entered over HTTP, so that there is something to be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

API = "/api/v1"
REASON = {"reason": "kiểm thử hợp đồng"}


def digest(about: str) -> str:
    return "sha256:" + hashlib.sha256(about.encode()).hexdigest()


@dataclass(frozen=True)
class Registering:
    """An officer enters, the publisher confirms; a body proposes an initiative, the standing agency assesses it."""

    session: requests.Session
    url: str
    headers: Callable[[str], Mapping[str, str]]
    agency: str

    def everything(self) -> dict[str, str]:
        """Ids by the name of the path parameter that finds them."""
        evidence = {"evidence_digest": digest("biên bản")}
        summons = {"agency": self.agency, "required_role": "head", "online_allowed": True}
        held = {
            "held_on": "2026-01-08", "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ",
            "topic": "Phiên họp minh họa", "summons_document": "1/GM (minh họa)",
        }  # fmt: skip
        meeting = self._confirmed("meetings", f"{API}/meetings", {**held, "summons": [summons], **evidence})
        came = {"agency": self.agency, "attendees": [{"role": "head", "mode": "online"}], **evidence}
        attendance = self._confirmed("attendances", f"{API}/meetings/{meeting}/attendances", came)
        said = {"agency": self.agency, "speech_kind": "speech", "speaker_role": "head", "qualifying": True, "note": "tốt"}
        speech = self._confirmed("speeches", f"{API}/meetings/{meeting}/speeches", {**said, **evidence})
        closing = self._confirmed("register-closings", f"{API}/register-closings",
                                  {"period": "2026-01", "meetings": 1, **evidence})  # fmt: skip
        return {"meeting": meeting, "attendance": attendance, "speech": speech, "closing": closing,
                "initiative": self._initiative(), "feedback": self._feedback()}  # fmt: skip

    def _initiative(self) -> str:
        proposal = {
            "period": "2026-01", "title": "Sáng kiến minh họa", "explanation": "minh họa", "document": "1/TTr (minh họa)",
            "document_digest": digest("thuyết minh"),
        }  # fmt: skip
        own = f"{API}/agencies/{self.agency}/initiatives"
        name = str(self._post(own, "agency_drafter", proposal)["initiative_id"])
        self._post(f"{own}/{name}/approvals", "agency_approver", REASON)
        self._post(f"{API}/initiatives/{name}/assessments", "assessor", {"points": 3, **REASON})
        decision = {"points": 2, "decision_number": "7/QĐ (minh họa)", "decided_on": "2026-01-30"}
        self._post(f"{API}/initiatives/{name}/decisions", "publisher",
                   {**decision, "decision_digest": digest("quyết định"), **REASON})  # fmt: skip
        return name

    def _feedback(self) -> str:
        said = {"kind": "feedback", "subject": "Phản hồi minh họa", "text": "minh họa", "period": "2026-01", "indicator": "C2"}
        evidence = [{"title": "Bảng đối chiếu (minh họa)", "digest": digest("đối chiếu")}]
        made = self._post(f"{API}/agencies/{self.agency}/feedback", "agency_drafter", {**said, "evidence": evidence})
        name = str(made["feedback_id"])
        self._post(f"{API}/feedback/{name}/acceptances", "officer", {})
        self._post(f"{API}/feedback/{name}/forwardings", "officer", {"agency": "H38", "text": "minh họa"})
        contact = {"name": "Người gửi minh họa", "phone": "0000 000 000"}
        self._post(f"{API}/feedback", "officer", {**said, "sender": "individual", "channel": "phone", **contact})
        return name

    def _confirmed(self, place: str, path: str, body: Mapping[str, Any]) -> str:
        name = str(self._post(path, "officer", body)["entry_id"])
        self._post(f"{API}/{place}/{name}/confirmations", "publisher", {"version": 1})
        return name

    def _post(self, path: str, role: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.session.post(self.url + path, headers=dict(self.headers(role)), json=dict(body), timeout=30)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found
