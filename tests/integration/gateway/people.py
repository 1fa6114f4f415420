"""People as tests need them: granted through the API, by two administrators."""

from __future__ import annotations

from typing import Any

from services.gateway.access.auth import create_key
from shared.database import Database
from tests.integration.gateway.conftest import API, NOW, PEPPER, ROOT, House

REASON = {"reason": "theo phân công"}


async def second_administrator(house: House) -> dict[str, str]:
    """The header of another system administrator's key."""
    _, key = await create_key(
        house.runtime.database,
        pepper=PEPPER,
        actor=ROOT,
        holder="another system administrator",
        roles=["system_administrator"],
        reason="kiểm thử",
        now=NOW,
    )
    return {"authorization": f"Bearer {key}"}


def asked(sub: str, roles: list[str], *, issuer: str = "vpcp", **more: Any) -> dict[str, Any]:
    return {"person": {"issuer": issuer, "sub": sub}, "holder": f"Người {sub}", "roles": roles, **REASON, **more}


async def grant_office(house: House, issuer: str, sub: str, roles: list[str], **more: Any) -> str:
    """The grant's id, in force."""
    made = await house.post(f"{API}/members", "system_administrator", asked(sub, roles, issuer=issuer, **more))
    assert made.status_code == 201, made.text
    return await approved(house, made.headers["location"])


async def appoint(house: House, issuer: str, sub: str, agency: str) -> str:
    """The grant of a body's administrator, in force."""
    path = f"{API}/agencies/{agency}/members"
    made = await house.post(path, "system_administrator", asked(sub, ["agency_admin"], issuer=issuer))
    assert made.status_code == 201, made.text
    return await approved(house, made.headers["location"])


async def approved(house: House, location: str) -> str:
    headers = await second_administrator(house)
    done = await house.client.post(f"{location}/approvals", headers=headers, json=REASON)
    assert (done.status_code, done.json()["state"]) == (201, "in_force"), done.text
    return str(done.json()["grant_id"])


async def grant_at_the_machine(owner: Database, sub: str, roles: list[str], *, agency: str | None = None) -> None:
    """In force at once, for where nobody can approve before somebody has a second factor; ``owner`` is the database's."""
    async with owner.transaction() as connection:
        await connection.exec_driver_sql("INSERT INTO audit.entry (actor, action, object) VALUES ('local:x', 'grant', 'x')")
        await connection.exec_driver_sql(
            "INSERT INTO control.member_grant (grant_id, agency, subject, holder, roles, requested_by, reason)"
            " VALUES (%s, %s, %s, %s, %s, 'local:x', 'kiểm thử')",
            (f"grant_{sub}", agency, f"oidc:vpcp:{sub}", f"Người {sub}", roles),
        )
        await connection.exec_driver_sql(
            "INSERT INTO control.grant_approval (grant_id, agency, subject, actor, reason)"
            " VALUES (%s, %s, %s, 'local:y', 'kiểm thử')",
            (f"grant_{sub}", agency, f"oidc:vpcp:{sub}"),
        )
