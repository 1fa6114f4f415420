"""People of a unit sign in at an identity provider; their role is granted by two people, their unit entered by one (SEC-05)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import TestDatabase
from tests.integration.gateway.issuer import AUDIENCE, Issuer
from tests.integration.units.province import REASON, Province, opened_province, section_of


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture
async def province(database: TestDatabase, issuer: Issuer) -> AsyncIterator[Province]:
    async with opened_province(database, issuers={"vpcp": {"url": issuer.url, "audience": AUDIENCE}}) as made:
        await made.set_up()
        yield made


async def test_a_person_of_a_unit_sends_its_section(province: Province, issuer: Issuer) -> None:
    # The actor of a token is kept where keys are: ask() takes the second part as the bearer.
    province.keys["an"] = ("", issuer.token(province.clock["at"], sub="an"))
    sections = f"{province.month}/sections"
    asked = {"person": {"issuer": "vpcp", "sub": "an"}, "holder": "Cán bộ An (minh họa)", "roles": ["agency_unit"], **REASON}
    grant = await province.post(f"{province.path}/members", "admin one", asked)
    members = f"{province.path}/units/cong-an/members"
    person = {"subject": "oidc:vpcp:an", **REASON}
    assert (await province.refused(members, "admin one", person))[:2] == (422, "input-invalid"), "nothing is granted yet"
    await province.post(f"{province.path}/members/{grant['grant_id']}/approvals", "admin two", REASON)
    assert (await province.refused(sections, "an", section_of("C1")))[:2] == (403, "not-in-a-unit")
    made = await province.post(members, "admin one", person)
    assert made["subject"] == "oidc:vpcp:an"
    assert (await province.send(section_of("C1"), "an"))["version"] == 1
    assert (await province.board("an"))["C1"]["actor"] == "oidc:vpcp:an"
    await province.post(f"{members}/{made['membership_id']}/revocations", "admin one", REASON)
    assert (await province.refused(sections, "an", section_of("C1")))[:2] == (403, "not-in-a-unit")
