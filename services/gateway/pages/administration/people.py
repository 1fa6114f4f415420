"""People and their roles: of a body, and of the national offices."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.gateway.access.auth import Access
from services.gateway.access.keys_making import OFFICE_ROLES
from services.gateway.access.tenancy import ADMINISTRATOR, AGENCY_ROLES
from services.gateway.http.runtime import runtime
from services.gateway.pages.administration.registers import Register
from services.gateway.pages.administration.typed import end_of, said
from services.gateway.pages.administration.whole_lists import whole_list
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.posted import Posted

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

_ACTS = {"approvals": "approved", "revocations": "revoked"}


def member_asked(posted: Posted) -> dict[str, Any]:
    found = {"person": said(posted, "issuer", "sub"), "roles": posted.texts("roles")}
    ends = {"ends_at": end_of(posted.text("ends_at"))} if posted.given("ends_at") else {}
    return {**found, **ends, **said(posted, "holder", "document", "reason", "belongs_to")}


async def grantable(page: Page, agency: str | None) -> dict[str, Any]:
    """The providers there are, and the roles that this person gives here: a system administrator appoints administrators."""
    inside = ("agency_admin",) if page.has(ADMINISTRATOR) else AGENCY_ROLES
    return {
        "issuers": [(name, name) for name in runtime(page.request).part(Access).issuers.names],
        "grantable": inside if agency else tuple(role for role in OFFICE_ROLES if role != "public"),
    }


async def beside_officers(page: Page, agency: str | None) -> dict[str, Any]:
    """Beside people with roles here the keys that the server's operator made: both act."""
    return {**await grantable(page, agency), "keys": await whole_list(page, "/keys")}


OF_BODY = Register(
    name="members",
    place="/agencies/{agency}/members",
    identifier="grant_id",
    member="grant",
    templates="administration/member",
    asked=member_asked,
    acts=_ACTS,
    lists=("/roles",),
    beside=grantable,
)
OF_OFFICE = Register(
    name="officers",
    place="/members",
    identifier="grant_id",
    member="grant",
    templates="administration/member",
    asked=member_asked,
    acts=_ACTS,
    lists=("/roles",),
    beside=beside_officers,
)
for _register in (OF_BODY, OF_OFFICE):
    _register.add_to(router)
