"""Use cases about mandates: whose certificate may sign for a body, from which day to which (APR-08).

Recorded by the body's administrator or a system administrator, in force once a second person approved it, withdrawn by one.
Nothing of it is ever changed: a signature keeps the mandate it was accepted under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.gateway.access.four_eyes import Act, agree, once, require_another, require_not_holder
from services.gateway.access.keys_making import holder_named
from services.gateway.access.tenancy import administering, administering_read, require_other_body
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.words import require_reason, tidy
from services.gateway.signatures.store import mandates as stored
from services.gateway.signatures.store.records import MandateOnRecord, SignatureDemand
from shared.audit import Actor, record
from shared.database import Connection, Database, insert_row
from shared.errors import Conflict, Fault, InputInvalid, NotFound, SamePerson
from shared.ids import new_id
from shared.period import VIETNAM
from shared.registry_store import is_registered
from shared.signature.certificates import Certificate, CertificateUnreadable, read_pem
from shared.signature.chain import require_signer
from shared.signature.mandates import Mandate
from shared.signature.verifier import Verified
from shared.tables.mandates import mandate, mandate_approval, mandate_withdrawal

_APPROVAL = Act(mandate_approval, "mandate_id", "mandate.approve")
_WITHDRAWAL = Act(mandate_withdrawal, "mandate_id", "mandate.withdraw")


class MandateOver(Conflict):
    """The mandate was withdrawn, or its last day is past; a new one must be asked for."""

    slug = "mandate-over"
    title_vi = "Ủy quyền ký số đã bị thu hồi hoặc đã hết hạn"
    title_en = "Mandate over"


class CertificateUnusable(InputInvalid):
    """No certificate in PEM, or one that does not name its organisation (organizationIdentifier, 2.5.4.97)."""

    slug = "certificate-unusable"
    title_vi = "Chứng thư số không dùng được"
    title_en = "Certificate unusable"


@dataclass(frozen=True)
class Wanted:
    """A mandate for the holder of a certificate (PEM); both days belong to it."""

    agency: str
    certificate: str
    holder: str
    valid_from: date
    valid_to: date | None
    document: str
    reason: str


async def request_mandate(database: Database, *, actor: Actor, wanted: Wanted, now: datetime) -> MandateOnRecord:
    """Raises CertificateUnusable, UsageWrong, InputInvalid, AgencyUnknown or OwnBody."""
    reason = require_reason(wanted.reason)
    require_other_body(actor, wanted.agency)
    certificate = _certificate(wanted.certificate)
    _require_days(wanted, now)
    mandate_id = new_id("mandate")
    values = {
        "mandate_id": mandate_id,
        "agency": wanted.agency,
        "organisation": certificate.organisation,
        "key_digest": certificate.key_digest,
        "certificate_subject": certificate.subject,
        "certificate_serial": certificate.serial,
        "holder": holder_named(wanted.holder),
        "valid_from": wanted.valid_from,
        "valid_to": wanted.valid_to,
        "document": tidy(wanted.document),
        "requested_by": actor.id,
        "reason": reason,
    }
    async with administering(database, actor, wanted.agency) as connection:
        if not await is_registered(connection, wanted.agency, now.date()):
            raise AgencyUnknown(f"no scored body has the code {wanted.agency!r}")
        await insert_row(connection, mandate, values)
        detail = {name: values[name] for name in ("agency", "holder", "key_digest", "organisation")}
        await record(connection, actor.id, "mandate.request", mandate_id, reason=reason, detail=detail)
        return await _found(connection, wanted.agency, mandate_id)


async def approve_mandate(
    database: Database, *, actor: Actor, agency: str, mandate_id: str, reason: str, now: datetime
) -> MandateOnRecord:
    """Raises NotFound, SamePerson (neither who asked nor who is mandated), AlreadyApproved or MandateOver."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        found = await _found(connection, agency, mandate_id)
        if state_of(found, now) in ("withdrawn", "ended"):
            raise MandateOver(f"{mandate_id} was withdrawn or has ended")
        hint = "Ask another administrator of the body, or a system administrator."
        mandated = SamePerson("nobody approves their own mandate", hint=hint)
        await require_not_holder(connection, actor, found.holder, mandated)
        own = SamePerson("nobody approves their own request", hint=hint)
        await require_another(connection, actor, [found.requested_by], own)
        await agree(connection, _APPROVAL, actor, {"mandate_id": mandate_id, "agency": agency}, reason=reason)
        return await _found(connection, agency, mandate_id)


async def withdraw_mandate(database: Database, *, actor: Actor, agency: str, mandate_id: str, reason: str) -> MandateOnRecord:
    """From the commit on nothing is accepted under it; one person is enough. Raises NotFound or MandateOver."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        await _found(connection, agency, mandate_id)
        about = {"mandate_id": mandate_id, "agency": agency}
        await once(connection, _WITHDRAWAL, actor, about, MandateOver(f"{mandate_id} was withdrawn before"), reason=reason)
        return await _found(connection, agency, mandate_id)


async def find_mandate(database: Database, *, actor: Actor, agency: str, mandate_id: str) -> MandateOnRecord:
    """Raises NotFound."""
    async with administering_read(database, actor, agency) as connection:
        return await _found(connection, agency, mandate_id)


async def list_mandates(
    database: Database, *, actor: Actor, agency: str, after: int | None, limit: int
) -> list[MandateOnRecord]:
    async with administering_read(database, actor, agency) as connection:
        return await stored.list_mandates(connection, agency=agency, after=after, limit=limit)


async def demand_signatures(
    database: Database, *, actor: Actor, agency: str, demand: str, reason: str, now: datetime
) -> SignatureDemand:
    """From now on a body's reports need a certificate's signature (``required``) or may have one (``optional``)."""
    reason = require_reason(reason)
    require_other_body(actor, agency)
    async with administering(database, actor, agency) as connection:
        if not await is_registered(connection, agency, now.date()):
            raise AgencyUnknown(f"no scored body has the code {agency!r}")
        values = {"agency": agency, "demand": demand, "actor": actor.id, "reason": reason}
        made = await stored.insert_demand(connection, values)
        await record(connection, actor.id, "signature.demand", agency, reason=reason, detail={"demand": demand})
        return made


async def list_demands(
    database: Database, *, actor: Actor, agency: str, after: int | None, limit: int
) -> list[SignatureDemand]:
    async with administering_read(database, actor, agency) as connection:
        return await stored.list_demands(connection, agency=agency, after=after, limit=limit)


def state_of(found: MandateOnRecord, now: datetime) -> str:
    """``requested``, ``in_force``, ``to_come``, ``ended`` or ``withdrawn``, on the day in Vietnam."""
    today = now.astimezone(VIETNAM).date()
    if found.withdrawn_at is not None:
        return "withdrawn"
    if found.valid_to is not None and found.valid_to < today:
        return "ended"
    if found.approved_at is None:
        return "requested"
    return "in_force" if found.valid_from <= today else "to_come"


def _certificate(pem: str) -> Certificate:
    try:
        found = read_pem(pem)
    except CertificateUnreadable as error:
        fault = Fault("/certificate", "is no X.509 certificate in PEM", expected="-----BEGIN CERTIFICATE-----…")
        raise CertificateUnusable("the certificate cannot be read", faults=[fault]) from error
    if found.organisation is None:
        fault = Fault("/certificate", "does not name one organisation", expected="one organizationIdentifier (2.5.4.97)")
        raise CertificateUnusable("the certificate names no organisation", faults=[fault])
    require_signer(found)
    return found


def _require_days(wanted: Wanted, now: datetime) -> None:
    if wanted.valid_to is None:
        return
    if wanted.valid_to < max(wanted.valid_from, now.astimezone(VIETNAM).date()):
        fault = Fault("/valid_to", "lies before the mandate begins, or in the past", seen=wanted.valid_to.isoformat())
        raise InputInvalid("the mandate cannot be", faults=[fault])


async def _found(connection: Connection, agency: str, mandate_id: str) -> MandateOnRecord:
    found = await stored.find_mandate(connection, agency=agency, mandate_id=mandate_id)
    if found is None:
        raise NotFound(f"{agency} has no mandate {mandate_id}")
    return found


def row_of(verified: Verified, mandate: Mandate, *, actor: str) -> dict[str, Any]:
    """What is kept of a good signature, whatever it is of."""
    return {
        "agency": mandate.agency,
        "jws": verified.jws.text,
        "jws_digest": verified.jws.digest,
        "payload_digest": verified.payload_digest,
        "algorithm": verified.jws.algorithm,
        "key_digest": verified.signer.key_digest,
        "signed_at": verified.signed_at,
        "received_at": verified.received_at,
        "mandate_id": mandate.mandate_id,
        "verification": verified.as_dict(),
        "actor": actor,
    }
