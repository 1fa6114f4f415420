"""Approve, sign, score, publish ask for a second factor where one is configured; an API key never has one (SEC-04)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.access.permits import Permit
from services.gateway.access.second_factor import SecondFactor, factors_of
from services.gateway.application import build_app
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House, opened_house
from tests.integration.gateway.issuer import AUDIENCE, Issuer
from tests.integration.gateway.people import REASON, grant_at_the_machine

# Every act that cannot be taken back, by the name of its operation.
ASKING = {
    "post_score_run", "post_back_fill", "post_publication", "post_publication_approval", "post_approval",
    "post_roll_up_publication",
    "post_submission_approval", "post_signature",
    "post_member_approval", "post_officer_approval", "post_credential_approval",
}  # fmt: skip


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture(scope="module")
async def house(database: TestDatabase, issuer: Issuer) -> AsyncIterator[House]:
    settings = {"vpcp": {"url": issuer.url, "audience": AUDIENCE}}
    async with opened_house(database, issuers=settings, second_factor=["amr:mfa", "acr:loa3"]) as made:
        await grant_at_the_machine(made.owner, "an", ["operator", "publisher"])
        yield made


def permits(app: FastAPI) -> Iterator[tuple[str, Permit]]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for dependency in context.dependant.dependencies:
                if isinstance(dependency.call, Permit):
                    yield str(route.name), dependency.call


def test_the_acts_that_ask_for_it_are_at_least_those_written_here() -> None:
    asking = {name for name, permit in permits(build_app()) if permit.factor is SecondFactor.NEEDED}
    assert asking >= ASKING


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"acr": "mfa"}, {"amr": "mfa"}, {"acr": ["loa3"]}])
async def test_without_a_second_factor_it_is_403(house: House, issuer: Issuer, claims: dict[str, Any]) -> None:
    headers = {"authorization": f"Bearer {issuer.token(NOW, **claims)}"}
    body = {"period": "2026-01", **REASON}
    answer = await house.client.post(f"{API}/score-runs", headers=headers, json=body)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "second-factor-needed")
    assert (await house.client.get(f"{API}/score-runs", headers=headers)).status_code == 200, "reading needs none"


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "loa3"}])
async def test_with_a_second_factor_it_passes(house: House, issuer: Issuer, claims: dict[str, Any]) -> None:
    headers = {"authorization": f"Bearer {issuer.token(NOW, **claims)}"}
    answer = await house.client.post(f"{API}/score-runs", headers=headers, json={"period": "2026-01", **REASON})
    assert answer.status_code == 202, answer.text
    run = {"run_id": "run_" + "0" * 26, "plan": "sha256:" + "0" * 64, **REASON}
    assert (await house.client.post(f"{API}/publications", headers=headers, json=run)).status_code == 404, "no such run"


async def test_an_api_key_opens_none_of_these_acts(house: House) -> None:
    for path, role, body in (
        ("/score-runs", "operator", {"period": "2026-01", **REASON}),
        ("/back-fills", "operator", {"from": "2026-01", "to": "2026-02", **REASON}),
        ("/score-plans", "operator", {"period": "2026-01", **REASON}),
        ("/publications", "publisher", {"run_id": "run_" + "0" * 26, "plan": "sha256:" + "0" * 64, **REASON}),
        (f"/members/grant_{'0' * 26}/approvals", "system_administrator", REASON),
        (f"/agencies/G06/members/grant_{'0' * 26}/approvals", "agency_admin", REASON),
        ("/agencies/G06/periods/2026-01/submissions/1/approvals", "agency_approver", REASON),
        ("/agencies/G06/periods/2026-01/submissions/1/signatures", "agency_signer", REASON),
    ):
        answer = await house.post(f"{API}{path}", role, body)
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "second-factor-needed"), path


def test_only_strings_in_the_claims_count() -> None:
    assert factors_of({"acr": 3, "amr": ["mfa", 7, None]}) == {"amr:mfa"}
    assert factors_of({"acr": "loa3", "amr": {"mfa": True}}) == {"acr:loa3"}
