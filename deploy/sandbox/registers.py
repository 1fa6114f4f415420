"""The demo month of the Government Office's registers as its officers would enter it: bodies of requests, all invented."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.sandbox.internal.government_office import datasets
from deploy.sandbox.months import Month

PARTY = "Lãnh đạo Ban Chỉ đạo Trung ương"
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Meeting:
    """A meeting, who came for each body it summoned, and who spoke. Every body's evidence digest is its own."""

    entry: Body
    attendances: tuple[Body, ...]
    speeches: tuple[Body, ...]


@dataclass(frozen=True)
class Initiative:
    """What a body proposes, and what comes of it."""

    agency: str
    proposal: Body
    points: int
    decision: Body


@dataclass(frozen=True)
class Registers:
    meetings: tuple[Meeting, ...]
    initiatives: tuple[Initiative, ...]
    closing: Body


def registers(period: Month, *, seed: int) -> Registers:
    """The same month that the official file of the demo holds."""
    rows = datasets(seed, period)
    by_meeting: dict[str, list[Body]] = {}
    for row in rows["summonses"]:
        by_meeting.setdefault(str(row["meeting_id"]), []).append(row)
    meetings = tuple(_meeting(name, by_meeting[name], rows["speeches"]) for name in sorted(by_meeting))
    closing = {"period": str(period), "meetings": len(meetings), "evidence_digest": _digest(f"khoa-so {period}")}
    return Registers(meetings, tuple(_initiative(period, row) for row in rows["initiatives"]), closing)


def _meeting(name: str, summonses: list[Body], speeches: list[Body]) -> Meeting:
    first = summonses[0]
    entry = {
        "held_on": str(first["held_on"]),
        "summoned_by": "steering_committee_leader" if first["chair"] == PARTY else "government_leader",
        "chair": first["chair"],
        "topic": first["topic"],
        "summons_document": f"{name} (giấy mời mô phỏng)",
        "summons": [{key: row[key] for key in ("agency", "required_role", "online_allowed")} for row in summonses],
        "evidence_digest": _digest(f"bien-ban {name}"),
    }
    mine = (row for row in speeches if row["meeting_id"] == name)
    return Meeting(entry, tuple(_attendance(name, row) for row in summonses), tuple(_speech(row) for row in mine))


def _attendance(name: str, row: Body) -> Body:
    """Nobody came = an empty list, which has its evidence too."""
    came = [] if row["attended_role"] is None else [{"role": row["attended_role"], "mode": row["attended_mode"]}]
    evidence = row["evidence_digest"] or _digest(f"vang-mat {name} {row['agency']}")
    return {"agency": row["agency"], "attendees": came, "evidence_digest": evidence}


def _speech(row: Body) -> Body:
    said = {key: row[key] for key in ("agency", "speaker_role", "qualifying", "note", "evidence_digest")}
    return {**said, "speech_kind": row["kind"]}


def _initiative(period: Month, row: Body) -> Initiative:
    name = row["initiative_id"]
    proposal = {
        "period": str(period),
        "title": row["title"],
        "explanation": "Thuyết minh mô phỏng: cách làm, kết quả và khả năng nhân rộng đều là giả định",
        "document": f"{name} (tờ trình mô phỏng)",
        "document_digest": _digest(f"to-trinh {name}"),
    }
    decision = {
        "points": row["points"],
        "decision_number": row["decision_document"],
        "decided_on": str(row["decided_on"]),
        "decision_digest": row["decision_digest"],
    }
    return Initiative(str(row["agency"]), proposal, int(row["points"]), decision)


def _digest(about: str) -> str:
    """SHA-256 of a demo text that anyone can write down again."""
    return "sha256:" + hashlib.sha256(f"DEMO evidence {about}".encode()).hexdigest()
