"""Whether what was agreed to still holds, asked whenever a submission is read (APR-09, ADR 18).

Handing over and approving pin the content, the rules and what the check compared with. As soon as one of them is another,
the submission *is* a draft again, for everybody who reads it; the next step that is taken of it puts the lapse on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from services.gateway.reports.rules.context import AutomaticFigure
from services.gateway.reports.rules.lapsing import Change, earlier_changed, figures_changed, lapsed_at, reason_of
from services.gateway.reports.store import validations as stored
from services.gateway.reports.store.records import Submission
from services.gateway.reports.submissions.known import basis_now, catalogue_of, figures_of
from shared.database import Connection
from shared.period import VIETNAM

AGREED = frozenset({"in_review", "approved"})
DRAFT = "draft"
LAPSE: Final = "lapse"
# A lapse is nobody's act: whoever ran into it did not take the agreement back.
SYSTEM: Final = "service:gateway"


@dataclass(frozen=True)
class Lapse:
    """An agreement that no longer holds: in which state it was, why, since when where a cause's instant is known, and, once
    it is on record, by which step."""

    from_state: str
    reason: str | None
    changes: Sequence[Mapping[str, Any]]
    at: datetime | None = None
    step: int | None = None


@dataclass(frozen=True, kw_only=True)
class Standing(Submission):
    """A submission as it stands now. ``lapse`` is None while all is as agreed, or nothing was agreed to since.

    Where the agreement lapsed and no step says so yet, its state is `draft` all the same.
    """

    lapse: Lapse | None

    @property
    def awaits_record(self) -> bool:
        """Whether the lapse is so and no step says it yet."""
        return self.lapse is not None and self.lapse.step is None


@dataclass(frozen=True, kw_only=True)
class WithContent(Standing):
    """One that has a revision."""

    revision: int
    scope: str
    media_type: str
    file_digest: str
    edited_by: str
    edited_at: datetime


async def as_it_stands(connection: Connection, found: Submission) -> Standing:
    if found.state in AGREED:
        changes = [await _dated(connection, found, each) for each in await _changes(connection, found)]
        if not changes:
            return _standing(found, None)
        kept = [asdict(each) for each in changes]
        return _standing(found, Lapse(found.state, reason_of(changes), kept, lapsed_at(kept)))
    if found.last_action == LAPSE:
        kept = [dict(each) for each in found.changes or ()]
        return _standing(found, Lapse(found.last_from, found.last_reason, kept, lapsed_at(kept), found.step))
    return _standing(found, None)


def _standing(found: Submission, lapse: Lapse | None) -> Standing:
    """A state that lapsed is the system's doing, since the cause."""
    stored = vars(found)
    if lapse is not None:
        stored = {**stored, "state": DRAFT, "moved_by": SYSTEM, "state_since": lapse.at or found.state_since}
    return Standing(**stored, lapse=lapse)


async def _changes(connection: Connection, found: Submission) -> list[Change]:
    """What is another than at the last step, which agreed to it."""
    agency, period = found.agency, found.period
    changes = []
    if (found.agreed_revision, found.agreed_digest) != (found.revision, found.digest):
        changes.append(Change("content", "", found.agreed_digest, found.digest))
    catalogue = await catalogue_of(connection, period)
    if found.agreed_rules != catalogue.digest:
        cause = await stored.activation_of(connection, catalogue.id)
        changes.append(Change("rules", catalogue.id, found.agreed_rules, catalogue.digest, cause))
    was = found.basis
    if was is None:
        # A step of the time before steps pinned what they compared with: it is checked again at the next one.
        return changes
    now = await basis_now(connection, agency=agency, period=period, catalogue=catalogue)
    if was["automatic_snapshot"] != now["automatic_snapshot"]:
        before, after = [await _figures(connection, found, basis) for basis in (was, now)]
        changes += figures_changed(before, after)
    changes += earlier_changed(was["earlier_reports"], now["earlier_reports"])
    return changes


async def _dated(connection: Connection, found: Submission, change: Change) -> Change:
    """With its cause's instant. What was there before the agreement did not end it by itself (a late report that a ruling or
    an extension let count since): then the instant is not known."""
    at = await stored.instant_of(connection, change.cause) if change.cause else None
    if at is None or at < found.state_since:
        return change
    return replace(change, at=instant_told(at))


def instant_told(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="microseconds")


async def _figures(connection: Connection, found: Submission, basis: Mapping[str, Any]) -> Mapping[str, AutomaticFigure]:
    figures = await figures_of(connection, found.agency, found.period, basis["automatic_snapshot"])
    return figures or {}
