"""Receipts as a body gets them: over HTTP, proven by the published keys alone, also when the signer's connection dies."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from services.gateway.reports.receipt_checks import prove, read_key_set
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, report
from tests.integration.gateway.test_idempotency import arrival, gate


async def test_a_signed_report_has_a_receipt_that_the_published_keys_prove(house: House) -> None:
    body = Body(house, "H37", "2026-02")
    sequence, digest = await body.handed_over()
    assert (await body.get(f"/{sequence}/receipt")).status_code == 404
    await body.step(sequence, "approvals", "approver")
    signed = await body.step(sequence, "signatures", "signer", {"digest": digest})
    answer = await body.get(f"/{sequence}/receipt")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    published = await house.get(f"{API}/receipt-keys")
    assert published.headers["cache-control"].startswith("public")
    proven = prove(told["jws"], read_key_set(published.text))
    assert (dict(proven.content), proven.kid, proven.state) == (told["content"], told["kid"], "active")
    shown = (await body.get(f"/{sequence}")).json()
    assert told["content"]["digest"] == digest == shown["content"]["digest"]
    assert told["content"]["file_digest"] == shown["content"]["file_digest"]
    assert told["content"]["catalogue_digest"] == shown["validation"]["catalogue_digest"]
    assert told["content"]["late"] is signed["acceptance"]["late"] is True
    assert told["content"]["receipt_number"] == told["receipt_number"]
    assert "d" not in json.loads(published.text)["keys"][0]


async def test_who_may_read_a_receipt(house: House) -> None:
    body = Body(house, "H36", "2026-02")
    await body.signed()
    place = f"{API}/agencies/H36/periods/2026-02/submissions/1/receipt"
    for role in ("reader", "operator", "auditor"):
        assert (await house.get(place, role)).status_code == 200
    assert (await house.get(place, "publisher")).status_code == 403
    assert (await house.get(place)).status_code == 401
    other = await house.client.get(place, headers=await house.bearer_of("H38", "agency_signer"))
    assert other.status_code == 404


async def test_a_signature_whose_connection_dies_is_whole_or_nothing(house: House) -> None:
    """Everything is written, the answer is about to be kept, and the connection dies; the same request signs once."""
    body = Body(house, "H35", "2026-02")
    sequence, digest = await body.handed_over(report("H35", "2026-02"))
    await body.step(sequence, "approvals", "approver")
    key = {"idempotency-key": "sign-1"}

    def sign() -> asyncio.Task[Any]:
        asked = body.ask("POST", f"/{sequence}/signatures", "signer", json={"digest": digest}, headers=key)
        return asyncio.create_task(asked)

    async with gate(house) as keeper:
        first = sign()
        pid = await arrival(keeper)
        await keeper.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        answer = await first
    assert answer.status_code == 503
    assert (await body.get(f"/{sequence}")).json()["state"] == "approved"
    assert (await body.get(f"/{sequence}/receipt")).status_code == 404
    done, again = await sign(), await sign()
    assert (done.status_code, again.status_code) == (201, 201)
    assert again.content == done.content
    count = "SELECT count(*) AS n FROM intake.receipt WHERE agency = :it"
    assert (await house.facts(count, "H35"))[0]["n"] == 1
    assert (await body.get(f"/{sequence}/receipt")).status_code == 200
