"""Use cases of what holds a month: what is open, and deciding on it, which takes two people (docs/adr/0028, 0036)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.gateway.access.four_eyes import Act, agree, require_another
from services.gateway.access.tenancy import require_other_body
from services.gateway.http.errors import AlreadyApproved
from services.gateway.http.periods import ruled_period
from services.gateway.http.words import require_reason
from services.gateway.publication.store import published
from services.gateway.reports.classification.markers import refuse_classified_words
from shared.audit import Actor, record
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, NotFound, SamePerson
from shared.holds.declaration import Hold
from shared.holds.omissions import Omission, find_omission
from shared.holds.register import kind_of, open_holds
from shared.ids import new_id
from shared.period import Period
from shared.problems import Language
from shared.tables.control import omission, omission_approval

_APPROVAL = Act(omission_approval, "omission_id", "omission.approve")


class HoldNotOpen(Conflict):
    """What was to be left out is not open any more, or says something else by now."""

    slug = "hold-not-open"
    title_vi = "Việc này không còn chờ giải quyết"
    title_en = "The hold is not open"


class HoldNotScored(Conflict):
    """Nobody leaves out what has no points yet: the month's latest run does not rest on what the hold was found in."""

    slug = "hold-not-scored"
    title_vi = "Chưa chấm điểm nên chưa biết số điểm liên quan"
    title_en = "The hold's points are not known before the month is scored"


async def holds_of(connection: Connection, period: Period, run_id: str | None = None) -> Sequence[Hold]:
    """What keeps a month's next version from being published: that of a run, None the latest. See ``open_holds``."""
    await published.preview(connection)
    earlier = str(period) in await published.latest_versions(connection)
    return await open_holds(connection, period, run_id=run_id, published=earlier)


async def ask_omission(database: Database, *, actor: Actor, period: str, hold_id: str, reason: str, document: str) -> Omission:
    """The first person's half: nothing is left out before another person approves. The hold is kept as it stands, with its
    bodies and points. Raises HoldNotOpen, HoldNotScored, OwnBody, ReasonMissing, InputInvalid, or Classified: reason and
    document are published."""
    reason = require_reason(reason)
    refuse_classified_words([("/reason", reason), ("/document", document)])
    month = ruled_period(period)
    omission_id = new_id("omit")
    async with database.transaction() as connection:
        hold = await _open(connection, month, hold_id)
        if not hold.scored:
            raise HoldNotScored(
                f"no run of {month} rests on what {hold_id} was found in",
                hint=f"Score {month}, then ask: the points stand beside.",
            )
        for body in hold.bodies:
            require_other_body(actor, body.agency)
        values = {"omission_id": omission_id, "period": period, "kind": hold.kind, "hold_id": hold_id}
        row = {**values, "hold": hold.as_document(), "document": document, "reason": reason, "actor": actor.id}
        await insert_row(connection, omission, row)
        await record(connection, actor.id, "omission.ask", omission_id, reason=reason, detail={**values, "document": document})
        return await require_omission(connection, omission_id)


async def approve_omission(database: Database, *, actor: Actor, omission_id: str, reason: str) -> Omission:
    """The second person's half, from which on the facts do not hold the publication any more. Raises NotFound, SamePerson,
    OwnBody, ReasonMissing, AlreadyApproved, or HoldNotOpen when the facts are not those that were asked about."""
    reason = require_reason(reason)
    async with database.transaction() as connection:
        asked = await require_omission(connection, omission_id)
        own = SamePerson("nobody approves their own request", hint="Ask another person to approve it.")
        await require_another(connection, actor, [asked.actor], own)
        if asked.approved_by is not None:
            raise AlreadyApproved(f"{omission_id} was approved before")
        hold = await _open(connection, Period.parse(asked.period), asked.hold_id)
        for body in hold.bodies:
            require_other_body(actor, body.agency)
        detail = {"period": asked.period, "kind": asked.kind, "hold_id": asked.hold_id}
        await agree(connection, _APPROVAL, actor, {"omission_id": omission_id}, reason=reason, detail=detail)
        return await require_omission(connection, omission_id)


async def require_omission(connection: Connection, omission_id: str) -> Omission:
    """With its approval, where there is one. Raises NotFound."""
    found = await find_omission(connection, omission_id)
    if found is None:
        raise NotFound(f"no omission has the id {omission_id}")
    return found


async def _open(connection: Connection, month: Period, hold_id: str) -> Hold:
    for hold in await holds_of(connection, month):
        if hold.hold_id == hold_id:
            return hold
    raise HoldNotOpen(f"{hold_id} does not hold {month}", hint=f"GET /api/v1/periods/{month}/holds lists what does.")


def told(hold: Hold, language: Language) -> dict[str, Any]:
    """A hold as a document, with its name and what settles it in the language asked for."""
    kind = kind_of(hold.kind)
    title, settled_by = (kind.title_vi, kind.settled_by_vi) if language == "vi" else (kind.title_en, kind.settled_by_en)
    return {**hold.as_document(), "title": title, "settled_by": settled_by}
