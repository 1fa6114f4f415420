"""Steps of the workflow: hand over, approve, reject, revert, and the lapse of what no longer holds (APR-03, APR-05, APR-09)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.gateway.access.missing_roles import role_missing
from services.gateway.http.words import require_reason
from services.gateway.reports.rules.findings_summary import unresolved
from services.gateway.reports.store import submissions as stored
from services.gateway.reports.store import validations
from services.gateway.reports.store.records import Stage, Validation
from services.gateway.reports.submissions.checking import not_checked
from services.gateway.reports.submissions.desk import Desk, held
from services.gateway.reports.submissions.known import basis_now, catalogue_of
from services.gateway.reports.submissions.refused import ApprovalLapsed, ContentMissing, FindingsOpen, ValidationOutdated
from services.gateway.reports.submissions.standing import Standing
from services.gateway.reports.submissions.stored import unpack_findings
from services.gateway.reports.workflow.machine import ANYONE, MACHINE, SECOND_PERSON, ReportMove
from shared.audit import record
from shared.database import Connection
from shared.errors import Fault, SamePerson
from shared.ids import new_id
from shared.people import same_among

# Steps that say yes or no to what was agreed to before them: where that lapsed, nothing is left to answer.
ANSWERS = frozenset({"approve", "sign", "reject"})
# Steps that say of what they are taken: content, rules, and what the check compared with.
PINNED = frozenset({"hand_over", "approve", "sign"})


@dataclass(frozen=True)
class Step:
    """``reason`` is kept for ever beside the step; a signature's statement stands there too."""

    action: str
    reason: str | None = None
    changes: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Pins:
    """What a step is taken on; the agreement lapses when it is another (APR-09)."""

    revision: int
    digest: str
    catalogue_digest: str
    basis: Mapping[str, Any]


async def step(desk: Desk, sequence: int, taken: Step) -> Standing:
    """The submission after the step. Raises StepRefused, SamePerson, FindingsOpen, ValidationOutdated or ApprovalLapsed."""
    async with desk.transaction() as connection:
        await desk.lock(connection)
        found = await desk.find(connection, sequence)
        lapse = await agree(connection, desk, found, taken)
        after = await desk.find(connection, sequence)
    if lapse is not None:
        raise lapsed(sequence, lapse)
    return after


async def agree(
    connection: Connection, desk: Desk, found: Standing, taken: Step, *, move: ReportMove | None = None
) -> str | None:
    """Takes the step, or lets the agreement lapse that it would rest on and says why: that must be committed. ``move`` is what
    was decided before."""
    if found.awaits_record and found.lapse is not None:
        why = str(found.lapse.reason)
        found = await settled(connection, desk, found)
        if taken.action in ANSWERS:
            return why
    move = move or await require_move(connection, desk, found, taken.action)
    pins = await require_resolved(connection, desk, found) if taken.action in PINNED else None
    await take(connection, desk, found, taken, move, pins)
    return None


async def settled(connection: Connection, desk: Desk, found: Standing) -> Standing:
    """The submission with its lapse on record, where it lapsed: whatever is written after it follows from a draft."""
    if found.lapse is None or not found.awaits_record:
        return found
    agreed = replace(found, state=found.lapse.from_state)
    return await withdrawn(connection, desk, agreed, found.lapse.reason, found.lapse.changes)


async def withdrawn(
    connection: Connection, desk: Desk, found: Standing, reason: str | None, changes: Sequence[Mapping[str, Any]]
) -> Standing:
    """The submission as a draft again: its agreement is taken back by a step that says which changes did it.

    The step and its audit row keep who ran into the lapse, in whose transaction it is written (the database wants an act's
    author there); readers are told that it is the system's (`views.transition_shown`)."""
    await take(connection, desk, found, Step("lapse", reason, changes), MACHINE.require("lapse", found.state))
    return await desk.find(connection, found.sequence)


def lapsed(sequence: int, why: str) -> ApprovalLapsed:
    return ApprovalLapsed(f"submission {sequence} is a draft again: {why}", hint="Check it and hand it over again.")


async def require_move(connection: Connection, desk: Desk, found: Standing, action: str) -> ReportMove:
    """The move of a step that the caller may take. Raises StepRefused, NotAllowed or SamePerson."""
    move = MACHINE.move(action, found.state)
    if move is None:
        words = f"{action} is no step of a submission that is {found.state}"
        raise stored.StepRefused(words, hint="GET /api/v1/submission-machine lists the steps there are.", **held(found))
    if move.role != ANYONE and move.role not in desk.actor.roles:
        raise role_missing(desk.actor, {move.role})
    if action in SECOND_PERSON and await has_a_hand(connection, desk, found.submission_id, step=action):
        raise SamePerson(f"{action} by somebody who had a hand in the report", hint=stored.ANOTHER_PERSON)
    return move


async def has_a_hand(connection: Connection, desk: Desk, submission_id: str, *, step: str) -> bool:
    """Whether the caller wrote or handed it over, or, before a signature, approved it, with whichever key."""
    hands = await stored.contributors_of(connection, submission_id, step=step)
    return bool(await same_among(connection, desk.actor.id, hands))


async def require_resolved(connection: Connection, desk: Desk, found: Standing) -> Pins:
    """The content as it was checked under what holds now. Raises ContentMissing, ValidationOutdated or FindingsOpen."""
    if found.revision is None:
        raise ContentMissing(f"submission {found.sequence} has no content yet", hint="PUT the report to …/content.")
    checked = await validations.latest_validation(connection, found.submission_id, found.revision)
    catalogue = await catalogue_of(connection, found.period)
    basis = await basis_now(connection, agency=found.agency, period=found.period, catalogue=catalogue)
    if checked is None:
        raise await not_checked(connection, desk, found)
    if checked.catalogue_digest != catalogue.digest or checked.context != basis:
        what = "was checked under other rules or figures than hold now"
        raise ValidationOutdated(f"revision {found.revision} {what}", hint=f"POST {desk.path(found.sequence)}/validations")
    await _require_none_open(connection, found, checked)
    if found.digest is None:
        raise FindingsOpen("the report holds cells that cannot be read", hint="Correct them and send it again.")
    return Pins(found.revision, found.digest, catalogue.digest, basis)


async def take(
    connection: Connection, desk: Desk, found: Stage, taken: Step, move: ReportMove, pins: Pins | None = None
) -> None:
    """Writes one step with its audit row. Raises StepRefused or SamePerson where the database refuses it."""
    reason = require_reason(taken.reason or "") if move.reason_required or taken.reason else None
    values = {
        "transition_id": new_id("step"),
        "submission_id": found.submission_id,
        "number": found.step + 1,
        "agency": found.agency,
        "action": taken.action,
        "from_state": move.from_state,
        "to_state": move.to_state,
        "actor": desk.actor.id,
        "reason": reason,
        "revision": pins.revision if pins else None,
        "digest": pins.digest if pins else None,
        "catalogue_digest": pins.catalogue_digest if pins else None,
        "basis": pins.basis if pins else None,
        "changes": taken.changes,
    }
    await stored.insert_step(connection, values)
    if taken.action != "create":
        detail = {name: values[name] for name in ("from_state", "to_state", "revision", "digest", "catalogue_digest")}
        await record(connection, desk.actor.id, f"submission.{taken.action}", found.submission_id, reason=reason, detail=detail)


async def _require_none_open(connection: Connection, found: Standing, checked: Validation) -> None:
    counts = checked.summary
    if not counts["fatal"] and not counts["confirm"]:
        return
    confirmed = {line.finding_key for line in await stored.list_confirmations(connection, found.submission_id)}
    findings = unpack_findings(await validations.findings_of(connection, checked.validation_id))
    left = unresolved(findings, confirmed)
    if left:
        by_rule = Counter((each.rule, each.severity) for each in left)
        faults = [
            Fault("/content", f"{count} × {severity}", rule=rule, seen=str(count), expected="0")
            for (rule, severity), count in sorted(by_rule.items())
        ]
        severities = Counter(each.severity for each in left)
        raise FindingsOpen(
            f"{len(left)} findings are open",
            faults=faults,
            hint="Correct the fatal ones, and correct or confirm the others.",
            fatal=severities["fatal"],
            confirm=severities["confirm"],
        )
