"""Use cases about heads of bodies: who heads which body from which day to which, entered by two people (G-16).

Nothing is ever changed: a wrong entry is corrected by another one that begins on the same day, or withdrawn, each time by two
people. A run names the heads as they are known when it is made, and keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.gateway.access.four_eyes import Act, agree, once, require_another
from services.gateway.access.tenancy import read, require_other_body, transaction
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.words import require_reason, tidy
from services.gateway.operations.store import heads as stored
from services.gateway.operations.store.records import HeadOnRecord
from shared.audit import Actor, record
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.period import VIETNAM
from shared.tables.registry import head, head_approval, head_withdrawal, head_withdrawal_approval

_APPROVAL = Act(head_approval, "head_id", "head.approve")
_WITHDRAWAL = Act(head_withdrawal, "head_id", "head.withdraw")
_WITHDRAWAL_APPROVAL = Act(head_withdrawal_approval, "head_id", "head.withdrawal.approve")
_OTHER_HINT = "Ask another publisher."


class HeadWithdrawn(Conflict):
    """The entry was withdrawn, or its withdrawal was asked for before; it is done once."""

    slug = "head-withdrawn"
    title_vi = "Thông tin người đứng đầu đã được đề nghị thu hồi"
    title_en = "Head withdrawn"


class NoWithdrawal(Conflict):
    """Nobody asked that the entry be withdrawn, or it was never approved and its withdrawal needs no second person."""

    slug = "no-withdrawal"
    title_vi = "Không có đề nghị thu hồi chờ phê duyệt"
    title_en = "No withdrawal to approve"


@dataclass(frozen=True)
class HeadWanted:
    """Both days belong to the term; without titles the office's own is meant."""

    agency: str
    name: str
    title_vi: str | None
    title_en: str | None
    valid_from: date
    valid_to: date | None
    document: str
    reason: str


async def request_head(database: Database, *, actor: Actor, wanted: HeadWanted) -> HeadOnRecord:
    """Nobody is named before another person approves. Raises OwnBody, AgencyUnknown, ReasonMissing or InputInvalid."""
    reason = require_reason(wanted.reason)
    require_other_body(actor, wanted.agency)
    wanted = _tidied(wanted)
    _require_whole(wanted)
    head_id = new_id("head")
    values = {**vars(wanted), "head_id": head_id, "requested_by": actor.id, "reason": reason}
    async with transaction(database, actor) as connection:
        if not await stored.is_scored(connection, wanted.agency, wanted.valid_from, wanted.valid_to):
            hint = "GET /api/v1/agencies?on= lists them."
            raise AgencyUnknown(f"no scored body has the code {wanted.agency!r} in that term", hint=hint)
        await insert_row(connection, head, values)
        detail = {"agency": wanted.agency, "name": values["name"], "valid_from": wanted.valid_from.isoformat()}
        await record(connection, actor.id, "head.request", head_id, reason=reason, detail=detail)
        return await _found(connection, wanted.agency, head_id)


async def approve_head(database: Database, *, actor: Actor, agency: str, head_id: str, reason: str) -> HeadOnRecord:
    """From the commit on runs name the person. Raises NotFound, OwnBody, SamePerson, AlreadyApproved or HeadWithdrawn."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with transaction(database, actor) as connection:
        await stored.lock_head(connection, head_id)
        found = await _found(connection, agency, head_id)
        if found.withdrawal_asked_by is not None:
            raise HeadWithdrawn(f"{head_id} was withdrawn")
        own = SamePerson("nobody approves their own request", hint=_OTHER_HINT)
        await require_another(connection, actor, [found.requested_by], own)
        detail = {"agency": agency, "name": found.name}
        await agree(connection, _APPROVAL, actor, {"head_id": head_id}, reason=reason, detail=detail)
        return await _found(connection, agency, head_id)


async def withdraw_head(
    database: Database, *, actor: Actor, agency: str, head_id: str, document: str, reason: str
) -> HeadOnRecord:
    """Ends a request at once; of an approved entry it asks a second person. Raises NotFound, OwnBody or HeadWithdrawn."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with transaction(database, actor) as connection:
        await stored.lock_head(connection, head_id)
        await _found(connection, agency, head_id)
        about = {"head_id": head_id, "document": tidy(document)}
        again = HeadWithdrawn(f"{head_id} was withdrawn before, or that was asked for")
        await once(connection, _WITHDRAWAL, actor, about, again, reason=reason, detail={"agency": agency})
        return await _found(connection, agency, head_id)


async def approve_withdrawal(database: Database, *, actor: Actor, agency: str, head_id: str, reason: str) -> HeadOnRecord:
    """From the commit on the entry does not count. Raises NotFound, OwnBody, NoWithdrawal, SamePerson or AlreadyApproved."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with transaction(database, actor) as connection:
        await stored.lock_head(connection, head_id)
        found = await _found(connection, agency, head_id)
        if found.withdrawal_asked_by is None or found.approved_by is None:
            raise NoWithdrawal(f"{head_id}: no withdrawal waits for a second person")
        own = SamePerson("nobody approves their own request", hint=_OTHER_HINT)
        await require_another(connection, actor, [found.withdrawal_asked_by], own)
        await agree(connection, _WITHDRAWAL_APPROVAL, actor, {"head_id": head_id}, reason=reason, detail={"agency": agency})
        return await _found(connection, agency, head_id)


async def list_heads(database: Database, actor: Actor, *, agency: str, after: int | None, limit: int) -> list[HeadOnRecord]:
    """All entries of a body, those that were corrected or withdrawn among them."""
    async with read(database, actor) as connection:
        return await stored.list_heads(connection, agency=agency, after=after, limit=limit)


async def find_head(database: Database, actor: Actor, *, agency: str, head_id: str) -> HeadOnRecord:
    """Raises NotFound."""
    async with read(database, actor) as connection:
        return await _found(connection, agency, head_id)


def state_of(found: HeadOnRecord, now: datetime) -> str:
    """``requested``, ``to_come``, ``in_force``, ``ended``, ``replaced`` (by a correction) or ``withdrawn``, as of today."""
    today = now.astimezone(VIETNAM).date()
    if found.approved_by is None:
        return "requested" if found.withdrawal_asked_by is None else "withdrawn"
    if not found.counts:
        return "replaced" if found.withdrawal_approved_by is None else "withdrawn"
    if found.valid_from > today:
        return "to_come"
    return "ended" if found.counts_to is not None and found.counts_to < today else "in_force"


def told(found: HeadOnRecord, now: datetime) -> dict[str, Any]:
    """In short: head_id, agency, name, first_day, last_day (None while no end is known), state, and whether a withdrawal waits
    for a second person."""
    return {
        "head_id": found.head_id,
        "agency": found.agency,
        "name": found.name,
        "first_day": found.valid_from,
        "last_day": found.counts_to or found.valid_to,
        "state": state_of(found, now),
        "withdrawal_waits": found.counts and found.withdrawal_asked_by is not None,
    }


def _tidied(wanted: HeadWanted) -> HeadWanted:
    """A title that says nothing is none: the terminal gives it as it was typed."""
    vi, en = (tidy(title or "") or None for title in (wanted.title_vi, wanted.title_en))
    return replace(wanted, name=tidy(wanted.name), document=tidy(wanted.document), title_vi=vi, title_en=en)


def _require_whole(wanted: HeadWanted) -> None:
    for name in ("name", "document"):
        if not getattr(wanted, name):
            raise InputInvalid("a head has a name and a document", faults=[Fault(f"/{name}", "is blank")])
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        first = f"{wanted.valid_from.isoformat()} or later"
        fault = Fault("/valid_to", "lies before the first day", seen=wanted.valid_to.isoformat(), expected=first)
        raise InputInvalid("the last day lies before the first", faults=[fault])
    if (wanted.title_vi is None) != (wanted.title_en is None):
        place = "/title_en" if wanted.title_en is None else "/title_vi"
        fault = Fault(place, "is missing beside the other title", expected="both titles, or neither for the office's own")
        raise InputInvalid("a title is given in both languages", faults=[fault])


async def _found(connection: Connection, agency: str, head_id: str) -> HeadOnRecord:
    found = await stored.find_head(connection, agency=agency, head_id=head_id)
    if found is None:
        raise NotFound(f"{agency} has no head {head_id}")
    return found
