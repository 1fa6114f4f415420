"""Whether what was agreed to still holds, asked whenever a submission is read (APR-09, ADR 18).

Handing over and approving pin the content, the rules and what the check compared with. As soon as one of them is another,
the submission *is* a draft again, for everybody who reads it; the next step that is taken of it puts the lapse on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.gateway.intake.context import AutomaticFigure
from services.gateway.intake.lapsing import Change, earlier_changed, figures_changed, reason_of
from services.gateway.queries import Connection
from services.gateway.queries import validations as stored
from services.gateway.submissions.known import basis_now, catalogue_of, figures_of
from shared.database import Row

AGREED = frozenset({"in_review", "approved"})
DRAFT = "draft"


@dataclass(frozen=True)
class Lapse:
    """An agreement that no longer holds: in which state it was, why, and, once it is on record, by which step."""

    from_state: str
    reason: str
    changes: Sequence[Mapping[str, Any]]
    step: int | None = None


async def as_it_stands(connection: Connection, found: Row) -> Row:
    """The submission with its ``lapse``: None while all is as agreed, or nothing was agreed to since.

    Where the agreement lapsed and no step says so yet, its state is `draft` all the same.
    """
    if "lapse" in found:
        return found
    if found["state"] in AGREED:
        changes = await _changes(connection, found)
        if not changes:
            return {**found, "lapse": None}
        lapse = Lapse(found["state"], reason_of(changes), [asdict(each) for each in changes])
        return {**found, "state": DRAFT, "lapse": lapse}
    if found["last_action"] == "lapse":
        return {**found, "lapse": Lapse(found["last_from"], found["last_reason"], found["changes"] or (), found["step"])}
    return {**found, "lapse": None}


def awaits_record(found: Row) -> bool:
    """Whether the lapse is so and no step says it yet."""
    return found["lapse"] is not None and found["lapse"].step is None


async def _changes(connection: Connection, found: Row) -> list[Change]:
    """What is another than at the last step, which agreed to it."""
    agency, period = found["agency"], found["period"]
    changes = []
    if (found["agreed_revision"], found["agreed_digest"]) != (found["revision"], found["digest"]):
        changes.append(Change("content", "", found["agreed_digest"], found["digest"]))
    catalogue = await catalogue_of(connection, period)
    if found["agreed_rules"] != catalogue.digest:
        cause = await stored.activation_of(connection, catalogue.id)
        changes.append(Change("rules", catalogue.id, found["agreed_rules"], catalogue.digest, cause))
    was = found["basis"]
    if was is None:
        # A step of the time before steps pinned what they compared with: it is checked again at the next one.
        return changes
    now = await basis_now(connection, agency=agency, period=period, catalogue=catalogue)
    if was["automatic_snapshot"] != now["automatic_snapshot"]:
        before, after = [await _figures(connection, found, basis) for basis in (was, now)]
        changes += figures_changed(before, after)
    return changes + earlier_changed(was["earlier_reports"], now["earlier_reports"])


async def _figures(connection: Connection, found: Row, basis: Mapping[str, Any]) -> Mapping[str, AutomaticFigure]:
    figures = await figures_of(connection, found["agency"], found["period"], basis["automatic_snapshot"])
    return figures or {}
