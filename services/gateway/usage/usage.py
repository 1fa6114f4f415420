"""How a month's use of the system adds up, by user group, roles and action (Regulation 02-QC/BCĐTW, Art. 20.4; SEC-10).

Counted are audit rows: every one is in exactly one group, so the groups add up to all there are. The groups of roles are data
(`audit.usage_group`); GROUPS is the same list, and a test compares them. What was only looked at leaves no audit row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.gateway.http.answers import chosen
from services.gateway.http.periods import ruled_period
from services.gateway.usage.store import usage as stored
from services.gateway.usage.store.usage import UsageCount
from shared.csv_files import csv_file
from shared.database import Database
from shared.errors import Fault, InputInvalid
from shared.period import VIETNAM

REFUSED_KEY_USE: Final = "key.refuse"
PAGE_SESSION: Final = "session.begin"
CSV_COLUMNS: Final = ("period", "user_group", "user_group_vi", "roles", "action", "entries", "actors")


@dataclass(frozen=True)
class Group:
    """Who holds roles of several groups is of the first of them."""

    code: str
    name_vi: str
    name_en: str
    roles: tuple[str, ...] = ()


GROUPS: Final = (
    Group("administration", "Quản trị", "Administration", ("system_administrator", "agency_admin", "operator")),
    Group("approval", "Phê duyệt", "Approval", ("publisher", "assessor", "agency_approver", "agency_signer")),
    Group("updating", "Cập nhật", "Updating", ("officer", "agency_drafter", "agency_unit")),
    Group("monitoring", "Giám sát", "Monitoring", ("auditor", "records_reviewer", "reader", "public")),
    Group("machine", "Dịch vụ và người vận hành tại máy chủ", "Services and the machine's operators"),
    Group("none", "Không có vai trò được ghi nhận", "No role on record"),
)


async def usage_of(database: Database, *, period: str, now: datetime) -> dict[str, Any]:
    """The report's document. Raises InputInvalid for a month that no scheme rules or that has not begun."""
    month = ruled_period(period, place="?period")
    async with database.read() as connection:
        if await stored.now_of_the_log(connection) < month.start:
            # Zeros would say that nobody did anything.
            fault = Fault("?period", f"{month} has not begun", seen=period, expected="a month that has begun")
            raise InputInvalid("this month has not begun", faults=[fault])
        counted = await stored.usage(connection, since=month.start, until=month.end)
    span = {"since": month.start, "until": month.end, "complete": now >= month.end, "now": now.astimezone(VIETNAM)}
    return {"period": str(month), **span, **report(counted)}


def report(counted: Sequence[UsageCount]) -> dict[str, Any]:
    """Totals and groups; a group that did nothing is there with zeros: the audit log says so, nothing is missing."""
    whole = next(line for line in counted if line.depth == 0)
    groups = [_group(group, [line for line in counted if line.user_group == group.code]) for group in GROUPS]
    return {"entries": whole.entries, "actors": whole.actors, "groups": groups}


def as_csv(document: Mapping[str, Any]) -> bytes:
    """One line per group, roles and action: the lines add up to all entries. UTF-8 with a byte order mark, RFC 4180."""
    lines: list[tuple[object, ...]] = [CSV_COLUMNS]
    for group in document["groups"]:
        for held in group["by_roles"]:
            for each in held["actions"]:
                named = (document["period"], group["user_group"], group["name_vi"], " ".join(held["roles"]), each["action"])
                lines.append((*named, each["entries"], each["actors"]))
    return csv_file(lines)


def _group(group: Group, lines: Sequence[UsageCount]) -> dict[str, Any]:
    total = next((line for line in lines if line.depth == 1), None)
    actions = [line for line in lines if line.depth == 3]
    return {
        "user_group": group.code,
        "name_vi": group.name_vi,
        "name_en": group.name_en,
        "roles": list(group.roles),
        "entries": total.entries if total else 0,
        "actors": total.actors if total else 0,
        "refused_key_uses": _times(actions, REFUSED_KEY_USE),
        "page_sessions": _times(actions, PAGE_SESSION),
        "by_roles": [
            {
                "roles": held.roles,
                "entries": held.entries,
                "actors": held.actors,
                "actions": [chosen(each, ("action", "entries", "actors")) for each in actions if each.roles == held.roles],
            }
            for held in lines
            if held.depth == 2
        ],
    }


def _times(actions: Sequence[UsageCount], action: str) -> int:
    return sum(each.entries for each in actions if each.action == action)
