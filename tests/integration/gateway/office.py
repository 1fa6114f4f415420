"""People of the Government Office and of the standing agency at work over HTTP. Every meeting and figure is invented."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.integration.gateway.conftest import API, House, make_key

REASON = "Nhập theo biên bản (minh họa)"


def digest(about: str) -> str:
    return "sha256:" + hashlib.sha256(about.encode()).hexdigest()


def summons(agency: str, required: str = "head", *, online: str = "no") -> dict[str, Any]:
    return {"agency": agency, "required_role": required, "online_allowed": online == "allowed"}


def meeting(held_on: str, *summoned: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {
        "held_on": held_on, "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ",
        "topic": f"Phiên họp minh họa ngày {held_on}", "summons_document": "Giấy mời 1/GM-VPCP (minh họa)",
        "summons": list(summoned), "evidence_digest": digest(f"biên bản {held_on}"), **words,
    }  # fmt: skip


def attendance(agency: str, *people: tuple[str, str]) -> dict[str, Any]:
    """Who came as (role, mode); nobody when nobody is named."""
    came = [{"role": role, "mode": mode} for role, mode in people]
    return {"agency": agency, "attendees": came, "evidence_digest": digest(f"điểm danh {agency} {people}")}


def speech(agency: str, *, kind: str = "speech", role: str = "head", note: str | None = "Kinh nghiệm tốt") -> dict[str, Any]:
    """Qualifying when there is a note."""
    said = {"agency": agency, "speech_kind": kind, "speaker_role": role, "qualifying": note is not None}
    return {**said, "note": note, "evidence_digest": digest(f"phát biểu {agency} {kind}")}


@dataclass
class Office:
    """Two officers and others with a key each, by a name; a key may say from which body its holder comes."""

    house: House
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def key(self, name: str, role: str = "officer", agency: str | None = None) -> str:
        if name not in self.keys:
            self.keys[name] = await make_key(self.house.runtime, holder=f"holder {name}", role=role, agency=agency)
        return self.keys[name][1]

    async def ask(self, method: str, path: str, who: str, body: Any = None) -> httpx.Response:
        secret = await self.key(who)
        words = {} if body is None else {"json": body}
        return await self.house.client.request(method, API + path, headers={"authorization": f"Bearer {secret}"}, **words)

    async def post(self, path: str, who: str, body: Any) -> httpx.Response:
        return await self.ask("POST", path, who, body)

    async def get(self, path: str, who: str = "officer one") -> dict[str, Any]:
        answer = await self.ask("GET", path, who)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def entered(self, path: str, body: Any, who: str = "officer one") -> dict[str, Any]:
        answer = await self.post(path, who, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def confirmed(self, path: str, body: Any) -> str:
        """The id of an entry that two officers made."""
        made = await self.entered(path, body)
        return await self.confirm(path.rsplit("/", 1)[1], made)

    async def confirm(self, place: str, made: dict[str, Any], who: str = "officer two") -> str:
        path = f"/{place}/{made['entry_id']}/confirmations"
        answer = await self.post(path, who, {"version": made["version"]})
        assert answer.status_code == 201, answer.text
        return str(made["entry_id"])

    async def meeting(self, held_on: str, *summoned: dict[str, Any], **words: Any) -> str:
        return await self.confirmed("/meetings", meeting(held_on, *summoned, **words))

    async def attendance(self, meeting_id: str, agency: str, *people: tuple[str, str]) -> str:
        return await self.confirmed(f"/meetings/{meeting_id}/attendances", attendance(agency, *people))

    async def speech(self, meeting_id: str, agency: str, **words: Any) -> str:
        return await self.confirmed(f"/meetings/{meeting_id}/speeches", speech(agency, **words))

    async def close(self, period: str, meetings: int) -> str:
        body = {"period": period, "meetings": meetings, "evidence_digest": digest(f"sổ {period}")}
        return await self.confirmed("/register-closings", body)
