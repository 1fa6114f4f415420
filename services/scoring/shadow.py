"""Use case: what a revision of the scheme would change in months that are frozen (RUL-17).

Nothing of a shadow run is a run: it is never published, and it stands beside the revision for whoever signs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring import store
from services.scoring.compute import Computed, compute_from
from services.scoring.sheet_document import Document
from shared import audit
from shared.awaiting import awaited_of, missing_of
from shared.canonical import canonical_bytes, sha256_hex
from shared.database import Connection, Database
from shared.errors import Fault, InputInvalid, NotFound
from shared.ids import new_id
from shared.law.revisions import Law, Revision
from shared.law.scheme import scheme_for
from shared.law_store import load_law
from shared.period import Period

# What the decision's readers go by; indicators stand in the two sheets that the digests name.
COMPARED = ("total", "total_exact", "grade", "rank", "missing", "awaiting")
# The total to two decimals stands beside the rank that it decides (G-23).
SHOWN = (*COMPARED, "shown_total")


class RevisionNotFound(NotFound):
    slug = "revision-not-found"
    title_vi = "Không tìm thấy bản sửa đổi phương án"
    title_en = "No such revision"


class NothingFrozen(InputInvalid):
    """A month named for a shadow run has no frozen figures, or another scheme rules it."""

    slug = "nothing-frozen"
    title_vi = "Tháng chưa có số liệu đã chốt"
    title_en = "Nothing frozen"


async def shadow(
    database: Database, revision_id: str, periods: Sequence[str], *, actor: str, reason: str, command_id: str | None = None
) -> dict[str, Any]:
    """Compute each month as the law now in force says and as the revision would, with both engines, and keep what differs.

    Returns shadow_id, revision_id, periods, agrees, digest.
    """
    async with database.read() as connection:
        law = await store.find_revision(connection, revision_id)
        if law is None or law.revision is None:
            raise RevisionNotFound(f"no revision {revision_id}")
        months = [await _month(connection, Period.parse(period), law, law.revision) for period in sorted(set(periods))]
    impact = {"revision_id": revision_id, "digest": law.digest, "months": months}
    shadow_id = new_id("shd")
    values = {
        "shadow_id": shadow_id,
        "revision_id": revision_id,
        "periods": [month["period"] for month in months],
        "impact": impact,
        "digest": sha256_hex(canonical_bytes(impact)),
        "agrees": all(month["agrees"] for month in months),
        "command_id": command_id,
        "actor": actor,
        "reason": reason,
    }
    async with database.transaction() as connection:
        await store.insert_shadow(connection, values)
        detail = {name: values[name] for name in ("revision_id", "periods", "digest", "agrees")}
        await audit.record(connection, actor, "scheme.shadow", shadow_id, reason=reason, detail=detail)
    return {name: values[name] for name in ("shadow_id", "revision_id", "periods", "agrees", "digest")}


async def _month(connection: Connection, period: Period, law: Law, revision: Revision) -> Document:
    if scheme_for(period).id != law.scheme.id:
        raise NothingFrozen(f"{period}: {law.scheme.id} does not rule this month")
    inputs = await store.load_inputs(connection, period)
    if not inputs.snapshots:
        fault = Fault(str(period), "nothing is frozen of this month")
        raise NothingFrozen(f"{period}: nothing is frozen of this month", faults=[fault])
    held = await load_law(connection, period)
    before = await compute_from(connection, inputs, held.scheme, revision=held.revision)
    after = await compute_from(connection, inputs, law.scheme, revision=revision)
    return month_of(period, held, before, after)


def month_of(period: Period, held: Law, before: Computed, after: Computed) -> Document:
    """What differs between two sheets of a month: every body whose total, grade, rank, missing or awaiting
    indicators change."""
    mine, theirs = (_lines(one) for one in (before, after))
    changed = [_body(mine[code], theirs[code]) for code in mine if _seen(mine[code]) != _seen(theirs[code])]
    return {
        "period": str(period),
        "inputs_digest": before.document["inputs_digest"],
        "revision_before": None if held.revision is None else held.revision.number,
        "before": sha256_hex(before.sheet),
        "after": sha256_hex(after.sheet),
        "agrees": not before.differences and not after.differences,
        "body_count": len(mine),
        "changed_totals": sum(each["total"]["before"] != each["total"]["after"] for each in changed),
        "changed_grades": sum(each["grade"]["before"] != each["grade"]["after"] for each in changed),
        "changed_ranks": sum(each["rank"]["before"] != each["rank"]["after"] for each in changed),
        "changed": changed,
    }


def _lines(computed: Computed) -> dict[str, Document]:
    """With what is missing and what only awaits a word told apart."""
    return {
        line["agency"]: {**line, "missing": missing_of(line), "awaiting": awaited_of(line)}
        for line in computed.document["agencies"]
    }


def _seen(line: Mapping[str, Any]) -> list[Any]:
    return [line[name] for name in COMPARED]


def _body(before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    both = {name: {"before": before[name], "after": after[name]} for name in SHOWN}
    return {"agency": before["agency"], "name_vi": before["name_vi"], **both}
