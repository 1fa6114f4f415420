"""What the registers say of one body, as its own people read it: which version counts, what waits, what was frozen. Pure.

Readings E-1 to E-8 and F-1 to F-3; the points follow from these entries and nothing else (docs/registers.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from services.gateway.http.answers import chosen
from services.gateway.registers.store.records import MonthClosing, OwnEntry, RegisterSnapshot

_SHOWN: Final = ("entry_id", "version", "period", "evidence_digest", "entered_at", "confirmed_at", "content")
_CLOSING: Final = ("version", "meetings", "evidence_digest", "confirmed_at")


def own_register(
    *,
    agency: str,
    period: str,
    entries: Sequence[OwnEntry],
    closing: MonthClosing | None,
    frozen: RegisterSnapshot | None,
    initiatives: Sequence[Any],
) -> dict[str, Any]:
    """The document. ``entries`` are visible versions ordered by entry and version; ``frozen`` the month's latest snapshot."""
    by_kind: dict[str, list[dict[str, Any]]] = {"meeting": [], "attendance": [], "speech": []}
    taken = _taken(frozen)
    for (kind, entry_id), versions in groupby(entries, key=lambda line: (line.kind, line.entry_id)):
        by_kind[kind].append({**_standing(list(versions)), "frozen_version": taken.get(entry_id)})
    summoned = {each["entry_id"] for each in by_kind["meeting"] if each["state"] == "in_force"}
    for each in (*by_kind["attendance"], *by_kind["speech"]):
        each["counts"] = each["state"] == "in_force" and each["meeting_id"] in summoned
    return {
        "agency": agency,
        "period": period,
        "closing": None if closing is None or closing.withdrawn else chosen(closing, _CLOSING),
        "snapshot": None if frozen is None else chosen(frozen, ("snapshot_id", "version", "origin", "as_of")),
        "meetings": by_kind["meeting"],
        "attendances": by_kind["attendance"],
        "speeches": by_kind["speech"],
        "initiatives": list(initiatives),
    }


def _standing(versions: Sequence[OwnEntry]) -> dict[str, Any]:
    """One entry as it stands: the version in force where it speaks of the body, else what waits, else what it last said."""
    in_force = versions[-1].version_in_force or 0
    counting = [line for line in versions if line.version == in_force and not line.withdrawn]
    waiting = [line for line in versions if line.version > in_force and not line.withdrawn]
    shown = (counting or waiting or versions)[-1]
    state = "in_force" if counting else "awaiting_confirmation" if waiting else "withdrawn"
    later = shown.last_version if shown.last_version > max(in_force, shown.version) else None
    of = {"meeting_id": shown.meeting_id} if shown.meeting_id is not None else {}
    return {**chosen(shown, _SHOWN), **of, "state": state, "awaiting_version": later}


def _taken(frozen: RegisterSnapshot | None) -> dict[str, int]:
    """Which version of each entry the snapshot was made of; a month that came by official file was made of none."""
    entries = () if frozen is None else frozen.entries or ()
    return {each["entry"]: each["version"] for each in entries}
