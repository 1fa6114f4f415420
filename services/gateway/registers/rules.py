"""Rules of register entries: what a version says about whom, and what a month lacks before it can be closed. Pure.

Source in law: QĐ 4585 appendix §3 E1, E2; readings E-1, E-2, E-5, E-7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.errors import Fault

Kind = Literal["meeting", "attendance", "speech", "closing"]
PREFIXES: Final[Mapping[Kind, str]] = {"meeting": "meet", "attendance": "att", "speech": "speech", "closing": "close"}
PLACES: Final[Mapping[Kind, str]] = {
    "meeting": "/meetings",
    "attendance": "/attendances",
    "speech": "/speeches",
    "closing": "/register-closings",
}
KEEPER: Final = "officer"
CONFIRMERS: Final = frozenset({"officer", "publisher"})

Content = Mapping[str, Any]


def speaks_of(kind: Kind, agency: str | None, *, before: Content | None, after: Content | None) -> frozenset[str]:
    """The bodies about which a version says something new. ``before`` is the content in force, ``after`` the version's; None
    is no entry. A meeting speaks of the bodies whose summons it adds, changes or takes away."""
    if agency is not None:
        return frozenset({agency})
    if kind != "meeting":
        return frozenset()
    old, new = _summons(before), _summons(after)
    return frozenset(body for body in old.keys() | new.keys() if old.get(body) != new.get(body))


def summoned(content: Content) -> frozenset[str]:
    return frozenset(_summons(content))


def speech_faults(content: Content) -> list[Fault]:
    """A mark needs its note (E-7)."""
    if content["qualifying"] and content["note"] is None:
        return [Fault("/note", "is missing", expected="why the speech or report qualifies")]
    return []


@dataclass(frozen=True)
class Standing:
    """One meeting of a month: its id, whom the version in force summons (None without one), whom a confirmed attendance
    speaks of, and entries of it that wait for a second person."""

    meeting_id: str
    summons: frozenset[str] | None
    attended: frozenset[str]
    waiting: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Bodies of which nobody said whether they came."""
        return sorted((self.summons or frozenset()) - self.attended)


def closing_faults(stated: int, standings: Iterable[Standing]) -> list[Fault]:
    """What stands between a month's entries and the words "so many meetings were held, all entered"."""
    known = sorted(standings, key=lambda each: each.meeting_id)
    held = [each for each in known if each.summons is not None]
    faults = []
    if len(held) != stated:
        faults.append(Fault("/meetings", "is not how many are in the register", seen=str(stated), expected=str(len(held))))
    for each in known:
        place = f"/meetings/{each.meeting_id}"
        faults += [Fault(place, f"{entry} awaits its confirmation") for entry in each.waiting]
        if each.missing:
            faults.append(Fault(place, "attendance is not recorded", seen=", ".join(each.missing)))
    return faults


def _summons(content: Content | None) -> dict[str, Any]:
    return {} if content is None else {each["agency"]: each for each in content["summons"]}
