"""Which entries of the Government Office's registers count at an instant, and the contract's rows they make. Pure.

Source in law: QĐ 4585 appendix §3 E1, E2 and §4; readings E-1, E-2, E-4, E-6, E-7, F-1 to F-3. Of an entry the last version
that a second person had confirmed by then counts (ING-11). A body's row is made only when it is known of every meeting that
summoned it whether somebody came, and only in a month whose register was closed: what nobody said is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
# E-1: an acting head stands for the head.
_RANK = {"head": 3, "acting_head": 3, "deputy": 2, "officer": 1}


@dataclass(frozen=True)
class Entry:
    """A confirmed version of one entry; ``content`` as services.gateway.registers.schemas.registers describes it."""

    entry_id: str
    version: int
    kind: str
    meeting_id: str | None
    agency: str | None
    content: Mapping[str, Any]
    evidence_digest: str
    withdrawn: bool
    confirmed_at: datetime


@dataclass(frozen=True)
class Decision:
    """A decision on an initiative; of several the one with the highest ``step`` holds."""

    initiative_id: str
    step: int
    agency: str
    title: str
    points: int
    decision_number: str
    decided_on: date
    decision_digest: str
    taken_at: datetime


@dataclass(frozen=True)
class Choice:
    """``incomplete``: bodies left out, each with the meetings of which nobody said whether it came. ``stray``: entries whose
    meeting no longer stands, or no longer summons their body. ``meetings`` are those in force, ``stated`` what the closing says
    (None while the month is open)."""

    rows: Rows
    entries: tuple[Entry, ...]
    decisions: tuple[Decision, ...]
    meetings: int
    stated: int | None
    incomplete: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stray: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether somebody said that the month is all there, and it still is."""
        return self.stated == self.meetings


def choose(entries: Iterable[Entry], decisions: Iterable[Decision], *, agencies: Iterable[str], as_of: datetime) -> Choice:
    """What counts of a month at an instant, and its rows for the scored bodies."""
    counting = in_force(entries, as_of=as_of)
    held = {each.entry_id: each for each in counting if each.kind == "meeting"}
    stated = next((each.content["meetings"] for each in counting if each.kind == "closing"), None)
    decided = decided_by(decisions, as_of=as_of)
    under = [each for each in counting if each.kind in ("attendance", "speech")]
    stray = tuple(each.entry_id for each in under if not _stands(each, held))
    month = _Month(held, {(each.meeting_id, each.agency): each for each in under if each.kind == "attendance"})
    bodies = sorted(agencies)
    incomplete = {body: missing for body in bodies if (missing := month.unknown(body))}
    choice = Choice(_no_rows(), tuple(counting), tuple(decided), len(held), stated, incomplete, stray)
    if not choice.closed:
        return choice
    speeches = [each for each in under if each.kind == "speech" and each.entry_id not in stray]
    for body in bodies:
        if body not in incomplete:
            _add(choice.rows, body, month, speeches, decided)
    return choice


def in_force(entries: Iterable[Entry], *, as_of: datetime) -> list[Entry]:
    """Per entry, in the order of their ids, the last version confirmed before ``as_of``; withdrawn ones are gone."""
    last: dict[str, Entry] = {}
    for each in sorted(entries, key=lambda each: each.version):
        if each.confirmed_at < as_of:
            last[each.entry_id] = each
    return [last[name] for name in sorted(last) if not last[name].withdrawn]


def decided_by(decisions: Iterable[Decision], *, as_of: datetime) -> list[Decision]:
    """Per initiative, in the order of their ids, the decision that holds at ``as_of``; those of 0 points among them."""
    last: dict[str, Decision] = {}
    for each in sorted(decisions, key=lambda each: each.step):
        if each.taken_at < as_of:
            last[each.initiative_id] = each
    return [last[name] for name in sorted(last)]


def who_counts(summons: Mapping[str, Any], attendees: Sequence[Mapping[str, str]]) -> tuple[str | None, str | None]:
    """The role and mode that speak for a body: the highest role in a mode that the invitation allowed (E-4), else the highest
    that came at all, else nobody. In person before online at one rank, head before acting head."""

    def merit(one: Mapping[str, str]) -> tuple[bool, int, bool, bool]:
        in_person = one["mode"] == "in_person"
        return in_person or summons["online_allowed"], _RANK[one["role"]], in_person, one["role"] == "head"

    best = max(attendees, key=merit, default=None)
    return (None, None) if best is None else (best["role"], best["mode"])


@dataclass(frozen=True)
class _Month:
    """Meetings in force, and attendance by meeting and body."""

    held: Mapping[str, Entry]
    heard: Mapping[tuple[str | None, str | None], Entry]

    def summonses(self, body: str) -> list[tuple[Entry, Mapping[str, Any]]]:
        found = ((meeting, _summons_of(meeting, body)) for meeting in self.held.values())
        return [(meeting, summons) for meeting, summons in found if summons is not None]

    def unknown(self, body: str) -> list[str]:
        return [meeting.entry_id for meeting, _ in self.summonses(body) if (meeting.entry_id, body) not in self.heard]


def _add(rows: Rows, body: str, month: _Month, speeches: Sequence[Entry], decided: Sequence[Decision]) -> None:
    made: Rows = {
        "summonses": [
            _summons_row(body, meeting, summons, month.heard[meeting.entry_id, body])
            for meeting, summons in month.summonses(body)
        ],
        "speeches": [_speech_row(each, month.held[str(each.meeting_id)]) for each in speeches if each.agency == body],
        "initiatives": [_initiative_row(each) for each in decided if each.agency == body and each.points > 0],
    }
    rows["registers"].append({"agency": body, **{name: len(lines) for name, lines in made.items()}})
    for name, lines in made.items():
        rows[name] += lines


def _summons_row(body: str, meeting: Entry, summons: Mapping[str, Any], attendance: Entry) -> dict[str, Any]:
    role, mode = who_counts(summons, attendance.content["attendees"])
    return {
        "agency": body,
        "meeting_id": meeting.entry_id,
        **{name: meeting.content[name] for name in ("held_on", "chair", "topic")},
        **{name: summons[name] for name in ("required_role", "online_allowed")},
        "attended_role": role,
        "attended_mode": mode,
        "evidence_digest": attendance.evidence_digest,
    }


def _speech_row(speech: Entry, meeting: Entry) -> dict[str, Any]:
    return {
        "agency": speech.agency,
        "speech_id": speech.entry_id,
        "meeting_id": meeting.entry_id,
        "spoken_on": meeting.content["held_on"],
        "kind": speech.content["speech_kind"],
        **{name: speech.content[name] for name in ("speaker_role", "qualifying", "note")},
        "evidence_digest": speech.evidence_digest,
    }


def _initiative_row(decision: Decision) -> dict[str, Any]:
    return {
        "agency": decision.agency,
        "initiative_id": decision.initiative_id,
        "title": decision.title,
        "points": decision.points,
        "decided_on": decision.decided_on.isoformat(),
        "decision_document": decision.decision_number,
        "decision_digest": decision.decision_digest,
    }


def _stands(entry: Entry, held: Mapping[str, Entry]) -> bool:
    meeting = held.get(str(entry.meeting_id))
    return meeting is not None and _summons_of(meeting, str(entry.agency)) is not None


def _summons_of(meeting: Entry, body: str) -> Mapping[str, Any] | None:
    found: Iterable[Mapping[str, Any]] = meeting.content["summons"]
    return next((each for each in found if each["agency"] == body), None)


def _no_rows() -> Rows:
    return {"registers": [], "summonses": [], "speeches": [], "initiatives": []}
