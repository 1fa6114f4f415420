"""What the registers say of one body, as its own people read it: which version counts, what waits, what was frozen. Pure.

Readings E-1 to E-8 and F-1 to F-3; the points follow from these entries and nothing else (docs/registers.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

Line = Mapping[str, Any]
_SHOWN: Final = ("entry_id", "version", "period", "evidence_digest", "entered_at", "confirmed_at", "content")


def own_register(
    *, agency: str, period: str, entries: Sequence[Line], closing: Line | None, frozen: Line | None, initiatives: Sequence[Any]
) -> dict[str, Any]:
    """The document. ``entries`` are visible versions ordered by entry and version; ``frozen`` the month's latest snapshot."""
    by_kind: dict[str, list[dict[str, Any]]] = {"meeting": [], "attendance": [], "speech": []}
    taken = _taken(frozen)
    for (kind, entry_id), versions in groupby(entries, key=lambda line: (line["kind"], line["entry_id"])):
        by_kind[kind].append({**_standing(list(versions)), "frozen_version": taken.get(entry_id)})
    summoned = {each["entry_id"] for each in by_kind["meeting"] if each["state"] == "in_force"}
    for each in (*by_kind["attendance"], *by_kind["speech"]):
        each["counts"] = each["state"] == "in_force" and each["meeting_id"] in summoned
    return {
        "agency": agency,
        "period": period,
        "closing": None if closing is None or closing["withdrawn"] else _closing(closing),
        "snapshot": None if frozen is None else {name: frozen[name] for name in ("snapshot_id", "version", "origin", "as_of")},
        "meetings": by_kind["meeting"],
        "attendances": by_kind["attendance"],
        "speeches": by_kind["speech"],
        "initiatives": list(initiatives),
    }


def _standing(versions: Sequence[Line]) -> dict[str, Any]:
    """One entry as it stands: the version in force where it speaks of the body, else what waits, else what it last said."""
    in_force = versions[-1]["version_in_force"] or 0
    counting = [line for line in versions if line["version"] == in_force and not line["withdrawn"]]
    waiting = [line for line in versions if line["version"] > in_force and not line["withdrawn"]]
    shown = (counting or waiting or versions)[-1]
    state = "in_force" if counting else "awaiting_confirmation" if waiting else "withdrawn"
    later = shown["last_version"] if shown["last_version"] > max(in_force, shown["version"]) else None
    of = {"meeting_id": shown["meeting_id"]} if shown["meeting_id"] is not None else {}
    return {**{name: shown[name] for name in _SHOWN}, **of, "state": state, "awaiting_version": later}


def _closing(closing: Line) -> dict[str, Any]:
    return {name: closing[name] for name in ("version", "meetings", "evidence_digest", "confirmed_at")}


def _taken(frozen: Line | None) -> dict[str, int]:
    """Which version of each entry the snapshot was made of; a month that came by official file was made of none."""
    entries: Iterable[Line] = () if frozen is None else frozen["entries"] or ()
    return {each["entry"]: each["version"] for each in entries}
