"""The law of a month as it stands in the database: its scheme, and the revision of it that two people put in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import row, rows
from shared.law.revisions import Law, Revision, law_of
from shared.law.scheme import packaged_schemes, scheme_for
from shared.period import Period

_COLUMNS = "SELECT r.scheme, r.number, r.first_period, r.readings, r.document FROM control.scheme_revision r"
IN_FORCE = text(f"{_COLUMNS} JOIN control.scheme_activation USING (revision_id) WHERE r.scheme = :scheme ORDER BY r.number")
NUMBERED = text(f"{_COLUMNS} WHERE r.scheme = :scheme AND r.number = :number")


async def load_law(connection: AsyncConnection, period: Period) -> Law:
    """As in force now. Raises SchemeNotInForce."""
    scheme = scheme_for(period)
    return law_of(scheme, period, await revisions_in_force(connection, scheme.id))


async def revisions_in_force(connection: AsyncConnection, scheme_id: str) -> list[Revision]:
    """All that were ever put in force, by number; which of them rules a month is `law_of`'s to say."""
    return list(map(_revision, await rows(connection, IN_FORCE, {"scheme": scheme_id})))


async def find_law(connection: AsyncConnection, scheme_id: str, number: int | None) -> Law | None:
    """The scheme that ships under this id with the revision of this number, in force or not; None where there is no such."""
    scheme = next((each for each in packaged_schemes() if each.id == scheme_id), None)
    if scheme is None or number is None:
        return None if scheme is None else Law(scheme)
    found = await row(connection, NUMBERED, {"scheme": scheme_id, "number": number})
    return None if found is None else Law(scheme, _revision(found))


def _revision(line: Mapping[str, Any]) -> Revision:
    return Revision(**{**line, "first_period": Period.parse(line["first_period"])})
