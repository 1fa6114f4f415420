"""Mandates with their approvals and withdrawals, demands for signatures, and the signatures of accepted reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.gateway.signatures.store.records import Countersignature, MandateOnRecord, ReportSignature, SignatureDemand
from shared.database import every, one
from shared.tables.mandates import (
    countersignature,
    mandate,
    mandate_approval,
    mandate_withdrawal,
    signature,
    signature_demand,
)

_WHOLE = mandate.outerjoin(mandate_approval, mandate.c.mandate_id == mandate_approval.c.mandate_id).outerjoin(
    mandate_withdrawal, mandate.c.mandate_id == mandate_withdrawal.c.mandate_id
)
_COLUMNS = (
    *mandate.c,
    mandate_approval.c.actor.label("approved_by"),
    mandate_approval.c.recorded_at.label("approved_at"),
    mandate_withdrawal.c.actor.label("withdrawn_by"),
    mandate_withdrawal.c.recorded_at.label("withdrawn_at"),
)


async def list_mandates(connection: AsyncConnection, *, agency: str, after: int | None, limit: int) -> list[MandateOnRecord]:
    """Of one body, in the order they were asked for."""
    statement = _of(agency).order_by(mandate.c.sequence).limit(limit)
    return await every(connection, MandateOnRecord, statement if after is None else statement.where(mandate.c.sequence > after))


async def find_mandate(connection: AsyncConnection, *, agency: str, mandate_id: str) -> MandateOnRecord | None:
    return await one(connection, MandateOnRecord, _of(agency).where(mandate.c.mandate_id == mandate_id))


async def approved_mandates(connection: AsyncConnection, *, agency: str) -> list[MandateOnRecord]:
    """All that ever were in force, also those that ended or were withdrawn."""
    return await every(connection, MandateOnRecord, _of(agency).where(mandate_approval.c.mandate_id.is_not(None)))


async def list_demands(connection: AsyncConnection, *, agency: str, after: int | None, limit: int) -> list[SignatureDemand]:
    """Of one body, the oldest first."""
    statement = select(signature_demand).where(signature_demand.c.agency == agency)
    statement = statement.order_by(signature_demand.c.sequence).limit(limit)
    return await every(
        connection, SignatureDemand, statement if after is None else statement.where(signature_demand.c.sequence > after)
    )


async def insert_demand(connection: AsyncConnection, values: Mapping[str, Any]) -> SignatureDemand:
    found = await one(connection, SignatureDemand, signature_demand.insert().values(**values).returning(*signature_demand.c))
    if found is None:
        raise RuntimeError("a demand was not written")
    return found


async def is_demanded(connection: AsyncConnection, *, agency: str) -> bool:
    """Whether a report of the body must carry a certificate's signature now."""
    statement = select(signature_demand.c.demand).where(signature_demand.c.agency == agency)
    last = await connection.scalar(statement.order_by(signature_demand.c.sequence.desc()).limit(1))
    return last == "required"


async def insert_signature(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    await connection.execute(signature.insert().values(**values))


async def find_signature(connection: AsyncConnection, submission_id: str) -> ReportSignature | None:
    return await one(connection, ReportSignature, select(signature).where(signature.c.submission_id == submission_id))


def _of(agency: str) -> Select[Any]:
    return select(*_COLUMNS).select_from(_WHOLE).where(mandate.c.agency == agency)


async def find_countersignature(connection: AsyncConnection, *, snapshot_id: str, agency: str) -> Countersignature | None:
    statement = select(countersignature).where(countersignature.c.snapshot_id == snapshot_id)
    return await one(connection, Countersignature, statement.where(countersignature.c.agency == agency))


async def list_countersignatures(
    connection: AsyncConnection, *, snapshot_id: str | None = None, agency: str | None = None
) -> list[Countersignature]:
    """Of one snapshot or one body, the first first, as far as the session sees them."""
    statement = select(countersignature).order_by(countersignature.c.recorded_at, countersignature.c.countersignature_id)
    if snapshot_id is not None:
        statement = statement.where(countersignature.c.snapshot_id == snapshot_id)
    return await every(
        connection, Countersignature, statement if agency is None else statement.where(countersignature.c.agency == agency)
    )


async def acts_for(connection: AsyncConnection, agency: str) -> bool:
    """Whether the session writes for the body."""
    return bool(await connection.scalar(select(func.intake.acts_for(agency))))
