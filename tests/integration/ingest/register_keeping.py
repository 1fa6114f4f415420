"""Register entries and decisions by made-up officers, row by row as the gateway writes them; everything is demo data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from shared.audit import record
from shared.database import Connection, Database
from shared.ids import new_id
from shared.period import Period
from shared.tables.registers import initiative_proposal, initiative_step, register_confirmation, register_entry

ACTOR = "local:tests"
_REACH = text("SELECT set_config('bangdiem.reads', :reads, true), set_config('bangdiem.acts', :acts, true)")


def digest(about: str) -> str:
    return "sha256:" + hashlib.sha256(about.encode()).hexdigest()


@dataclass(frozen=True)
class Keeping:
    """Writes as the gateway. ``confirmed_at`` None leaves a version without its second person."""

    database: Database

    async def meeting(
        self, period: Period, held_on: str, summons: Sequence[Mapping[str, Any]], confirmed_at: datetime | None
    ) -> str:
        content = {
            "held_on": held_on, "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ (minh họa)",
            "topic": "Phiên họp minh họa", "summons_document": "1/GM-DEMO", "summons": list(summons),
        }  # fmt: skip
        return await self.entry("meeting", period, content, confirmed_at)

    async def attendance(
        self, period: Period, meeting: str, agency: str, people: Sequence[tuple[str, str]], confirmed_at: datetime | None
    ) -> str:
        content = {"attendees": [{"role": role, "mode": mode} for role, mode in people]}
        return await self.entry("attendance", period, content, confirmed_at, meeting_id=meeting, agency=agency)

    async def speech(
        self, period: Period, meeting: str, agency: str, said: tuple[str, str, str], confirmed_at: datetime | None
    ) -> str:
        """``said`` is kind, the speaker's role, and "yes" when it qualifies."""
        kind, role, mark = said
        note = "Kinh nghiệm tốt (minh họa)" if mark == "yes" else None
        content = {"speech_kind": kind, "speaker_role": role, "qualifying": mark == "yes", "note": note}
        return await self.entry("speech", period, content, confirmed_at, meeting_id=meeting, agency=agency)

    async def close(self, period: Period, meetings: int, confirmed_at: datetime | None) -> str:
        return await self.entry("closing", period, {"meetings": meetings}, confirmed_at)

    async def entry(
        self, kind: str, period: Period, content: Mapping[str, Any], confirmed_at: datetime | None, **about: str
    ) -> str:
        entry_id = new_id({"meeting": "meet", "attendance": "att", "speech": "speech", "closing": "close"}[kind])
        whole = {"entry_id": entry_id, "kind": kind, "period": str(period), "meeting_id": None, "agency": None, **about}
        await self.version(whole, 1, content, confirmed_at)
        return entry_id

    async def again(self, entry_id: str, content: Mapping[str, Any] | None, confirmed_at: datetime | None) -> None:
        """The next version; None withdraws the entry."""
        async with self._office() as connection:
            query = text("SELECT * FROM intake.register_entry WHERE entry_id = :id ORDER BY version DESC LIMIT 1")
            last = dict((await connection.execute(query, {"id": entry_id})).mappings().one())
        whole = {name: last[name] for name in ("entry_id", "kind", "period", "meeting_id", "agency")}
        said = last["content"] if content is None else content
        await self.version(whole, last["version"] + 1, said, confirmed_at, withdrawn=content is None)

    async def version(
        self,
        whole: Mapping[str, Any],
        number: int,
        content: Mapping[str, Any],
        confirmed_at: datetime | None,
        *,
        withdrawn: bool = False,
    ) -> None:
        key = {"entry_id": whole["entry_id"], "version": number}
        async with self._office() as connection:
            said = {"content": dict(content), "evidence_digest": digest(f"{whole} {content}"), "withdrawn": withdrawn}
            who = {"actor": "key:officer-one", "actor_agency": "office", "reason": "demo"}
            await connection.execute(register_entry.insert().inline().values(**whole, version=number, **said, **who))
            if confirmed_at is not None:
                second = {"actor": "key:officer-two", "actor_agency": "office", "confirmed_at": confirmed_at}
                await connection.execute(register_confirmation.insert().inline().values(**key, **second))
            await record(connection, ACTOR, "register.enter", str(whole["entry_id"]))

    async def initiative(
        self, agency: str, period: Period, points: int, decided_at: datetime, *, initiative_id: str | None = None
    ) -> str:
        """Proposed, approved, assessed and decided; a given id is decided anew."""
        name = initiative_id or new_id("init")
        about = {"initiative_id": name, "agency": agency, "period": str(period)}
        first = 5 if initiative_id else 1
        if initiative_id is None:
            said = {"title": "Sáng kiến minh họa", "explanation": "demo", "document": "1/TTr-DEMO"}
            async with self._body(agency) as connection:
                proposal = {**about, **said, "document_digest": digest(name), "created_by": "key:drafter"}
                await connection.execute(initiative_proposal.insert().inline().values(**proposal))
                for number, (action, before, after, who) in enumerate(
                    (("propose", "none", "proposed", "key:drafter"), ("approve", "proposed", "submitted", "key:approver")), 1
                ):
                    moved = {"number": number, "action": action, "from_state": before, "to_state": after, "actor": who}
                    step = {**about, **moved, "actor_agency": agency, "taken_at": decided_at}
                    await connection.execute(initiative_step.insert().inline().values(**step))
                await record(connection, ACTOR, "initiative.approve", name)
            await self._national(about, 3, ("assess", "submitted", "assessed"), decided_at, {"points": max(1, points)})
            first = 4
        decision = {"points": points, "decision_number": f"{first}/QĐ-DEMO", "decided_on": date(2026, 1, 30)}
        decision |= {"decision_digest": digest(f"{name} {first}")}
        before = "decided" if initiative_id else "assessed"
        await self._national(about, first, ("decide", before, "decided"), decided_at, decision)
        return name

    async def _national(
        self,
        about: Mapping[str, Any],
        number: int,
        move: tuple[str, str, str],
        taken_at: datetime,
        said: Mapping[str, Any],
    ) -> None:
        action, before, after = move
        async with self._office() as connection:
            moved = {"number": number, "action": action, "from_state": before, "to_state": after, "reason": "demo"}
            who = {"actor": f"key:{action}", "actor_agency": "office", "taken_at": taken_at}
            await connection.execute(initiative_step.insert().inline().values(**about, **moved, **who, **said))
            await record(connection, ACTOR, f"initiative.{action}", str(about["initiative_id"]))

    def _office(self) -> _Session:
        return _Session(self.database, {"reads": "*", "acts": ""})

    def _body(self, agency: str) -> _Session:
        return _Session(self.database, {"reads": agency, "acts": agency})


class _Session:
    """A transaction of the gateway within somebody's reach."""

    def __init__(self, database: Database, reach: Mapping[str, str]) -> None:
        self._opening = database.transaction()
        self._reach = reach

    async def __aenter__(self) -> Connection:
        connection = await self._opening.__aenter__()
        await connection.execute(_REACH, dict(self._reach))
        return connection

    async def __aexit__(self, *error: Any) -> bool | None:
        return await self._opening.__aexit__(*error)
