"""All kinds of holds, what is open of them now, and the refusal that names it."""

from __future__ import annotations

from collections.abc import Sequence

from shared.database import Connection
from shared.errors import Conflict, Fault
from shared.holds.declaration import HeldBody, Hold, Kind
from shared.holds.late_completions import RECORDED_LATE, TAKEN_BACK, was_taken_in
from shared.holds.missing_looks import LOOK_MISSING
from shared.holds.omissions import left_out
from shared.holds.open_words import OPEN_WORD
from shared.holds.outlier_leaders import OUTLIER_LEADER
from shared.period import Period

KINDS: tuple[Kind, ...] = (RECORDED_LATE, TAKEN_BACK, LOOK_MISSING, OPEN_WORD, OUTLIER_LEADER)


class PublicationHeld(Conflict):
    """Facts of the month are open: the errors name kind, body, how many and the points at stake."""

    slug = "publication-held"
    title_vi = "Còn việc phải giải quyết trước khi công bố"
    title_en = "Publication is held"


def kind_of(code: str) -> Kind:
    """Raises KeyError for a kind that nobody registered."""
    return {kind.code: kind for kind in KINDS}[code]


async def open_holds(
    connection: Connection, period: Period, *, run_id: str | None = None, published: bool = False
) -> list[Hold]:
    """What holds the month's next version, without what two people decided on: the first of a month is held by facts of every
    kind, one after it by what would have to be confirmed, and by what the published one took in and it would not. ``run_id`` is
    the run to be published, None the month's latest."""
    decided = await left_out(connection, period)
    kinds = [kind for kind in KINDS if kind.confirms or kind.taken_in or not published]
    found = [await kind.find(connection, period, decided.get(kind.code, frozenset()), run_id) for kind in kinds]
    holds = [hold for each in found for hold in each]
    if not published:
        return holds
    return [hold for hold in holds if kind_of(hold.kind).confirms or await was_taken_in(connection, hold)]


def refuse_held(period: Period, holds: Sequence[Hold], *, published: bool = False) -> None:
    """Raises PublicationHeld naming every body of every hold."""
    if not holds:
        return
    counted = "; ".join(f"{hold.source} {hold.kind} {len(hold.keys)}" for hold in holds)
    faults = [_fault(hold, body) for hold in holds for body in hold.bodies]
    if all(kind_of(hold.kind).confirms for hold in holds):
        raise PublicationHeld(
            f"{period}: figures to be confirmed hold the version: {counted}",
            faults=faults,
            hint="Correct them by a superseding snapshot, or confirm them by a decision of two people.",
        )
    if published:
        raise PublicationHeld(
            f"{period}: facts that the published version took in would be dropped: {counted}",
            faults=faults,
            hint="Ask the source once more and take them in again, or leave them out by a decision of two people.",
        )
    raise PublicationHeld(
        f"{period}: open facts hold the first version: {counted}",
        faults=faults,
        hint="Take them in by a superseding snapshot, or leave them out by a decision of two people.",
    )


def _fault(hold: Hold, body: HeldBody) -> Fault:
    points = body.as_document()["points"]
    words = "open, points at stake not known" if points is None else f"open, {points} points at stake"
    return Fault(f"{hold.kind}/{body.agency}", words, seen=str(len(body.items)), expected="0", rule=hold.kind)
