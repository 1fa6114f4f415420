"""A report signed with a certificate over HTTP: demanded or offered, kept with its mandate, in the receipt (APR-06 to 08)."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from shared.audit import Actor, record
from shared.canonical import sha256_hex
from shared.period import in_vietnam
from shared.tables.mandates import signature
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House, opened_house
from tests.integration.gateway.people import REASON, second_administrator
from tests.integration.gateway.reports import Body, report
from tests.integration.gateway.seeds import Seeds
from tests.unit.signature.authority import Holder, Wish, issue, revocation_list, sign
from tests.unit.signature.authority import House as Authority
from tests.unit.signature.authority import house as authority

PERIOD = "2026-02"
ADMIN = "system_administrator"
ORGANISATION: dict[str, Any] = {"organisation": "VN-OF-THE-TESTS"}


@pytest.fixture(scope="module")
def ca() -> Authority:
    return authority("ES256", **ORGANISATION)


@pytest.fixture(scope="module")
def folders(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {name: tmp_path_factory.mktemp(name) for name in ("signature_roots", "signature_revocation_lists")}
    (found["signature_roots"] / "root.pem").write_bytes(ca.root.certificate.public_bytes(Encoding.PEM))
    for name, issuer in (("root", ca.root), ("issuing", ca.issuing)):
        der = revocation_list(issuer, at=NOW - timedelta(hours=1), until=NOW + timedelta(days=1))
        (found["signature_revocation_lists"] / f"{name}.crl").write_bytes(der)
    return found


@pytest.fixture(scope="module")
async def house(database: TestDatabase, folders: dict[str, Path]) -> AsyncIterator[House]:
    async with opened_house(database, **folders) as made:
        yield made


def slug(answer: Any) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


async def mandated(house: House, agency: str, holder: Holder, **changes: Any) -> str:
    """The mandate's id, in force."""
    asked = {
        "certificate": holder.certificate.public_bytes(Encoding.PEM).decode(), "holder": "Người ký minh họa",
        "valid_from": "2026-01-01", "document": "Quyết định 12 (minh họa)", **REASON, **changes,
    }  # fmt: skip
    made = await house.post(f"{API}/agencies/{agency}/mandates", ADMIN, asked)
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    done = await house.client.post(f"{path}/approvals", headers=await second_administrator(house), json=REASON)
    assert done.status_code == 201, done.text
    return str(made.json()["mandate_id"])


async def demanded(house: House, agency: str, demand: str = "required") -> None:
    made = await house.post(f"{API}/agencies/{agency}/signature-demands", ADMIN, {"demand": demand, **REASON})
    assert made.status_code == 201, made.text


async def approved(body: Body) -> tuple[int, str, bytes]:
    """A report that only needs signing: its number, its digest, and the bytes to sign."""
    sequence, digest = await body.handed_over()
    await body.step(sequence, "approvals", "approver")
    payload = await body.get(f"/{sequence}/signing-payload", "signer")
    assert (payload.status_code, payload.headers["etag"]) == (200, f'"{digest}"')
    assert sha256_hex(payload.content) == digest
    return sequence, digest, payload.content


def signed_by(holder: Holder, ca: Authority, payload: bytes, **words: Any) -> str:
    return sign(payload, holder, [holder, ca.issuing], **{"signed_at": NOW, **words})


@pytest.mark.parametrize(("algorithm", "agency"), [("ES256", "G01"), ("EdDSA", "G02"), ("RS256", "G03")])
async def test_a_report_is_signed_with_a_certificate(house: House, ca: Authority, algorithm: str, agency: str) -> None:
    body = Body(house, agency, PERIOD)
    person = issue(Wish(f"Người ký {algorithm}", algorithm, **ORGANISATION), ca.issuing)
    mandate_id = await mandated(house, agency, person)
    await demanded(house, agency)
    sequence, digest, payload = await approved(body)
    assert slug(await body.post(f"/{sequence}/signatures", "signer", {"digest": digest})) == (409, "signature-required")
    jws = signed_by(person, ca, payload)
    done = await body.step(sequence, "signatures", "signer", {"digest": digest, "jws": jws})
    assert done["state"] == "accepted"
    kept = (await body.get(f"/{sequence}/signature", "drafter")).json()
    assert (kept["jws"], kept["algorithm"], kept["mandate_id"]) == (jws, algorithm, mandate_id)
    assert (kept["payload_digest"], kept["signed_at"]) == (digest, in_vietnam(NOW))
    assert [each["status"] for each in kept["verification"]["revocation"]] == ["not revoked"] * 2
    assert kept["verification"]["path"][0]["sha256"] == sha256_hex(person.der)
    receipt = (await body.get(f"/{sequence}/receipt")).json()
    assert receipt["content"]["signature_digest"] == sha256_hex(jws.encode()) == kept["jws_digest"]
    audited = await house.audit_of(done["submission_id"])
    (found,) = [each for each in audited if each["action"] == "signature.keep"]
    assert found["detail"]["mandate"] == mandate_id
    assert len({each["xid"] for each in audited if each["action"] in ("signature.keep", "submission.sign")}) == 1


async def test_where_it_is_optional_a_report_may_go_without(house: House, ca: Authority) -> None:
    body = Body(house, "H38", PERIOD)
    await demanded(house, "H38")
    await demanded(house, "H38", "optional")
    sequence, digest, _ = await approved(body)
    assert (await body.step(sequence, "signatures", "signer", {"digest": digest}))["state"] == "accepted"
    assert (await body.get(f"/{sequence}/signature")).status_code == 404
    assert (await body.get(f"/{sequence}/receipt")).json()["content"]["signature_digest"] is None


async def test_the_file_may_be_signed_instead(house: House, ca: Authority) -> None:
    body = Body(house, "H42", PERIOD)
    await mandated(house, "H42", ca.person)
    sequence, digest, payload = await approved(body)
    shown = await body.get(f"/{sequence}/signing-payload?signs=file", "signer")
    file_digest = (await body.get(f"/{sequence}")).json()["content"]["file_digest"]
    assert json.loads(shown.content) == {"agency": "H42", "file": file_digest, "period": PERIOD}
    asked = {"digest": digest, "signs": "file"}
    wrong = await body.post(f"/{sequence}/signatures", "signer", {**asked, "jws": signed_by(ca.person, ca, payload)})
    assert slug(wrong) == (422, "signature-differs"), "a signature of the report is none of the file"
    done = await body.step(sequence, "signatures", "signer", {**asked, "jws": signed_by(ca.person, ca, shown.content)})
    assert done["state"] == "accepted"
    kept = (await body.get(f"/{sequence}/signature")).json()
    assert (kept["signs"], kept["payload_digest"]) == ("file", sha256_hex(shown.content))


async def test_a_refused_signature_leaves_nothing_behind(house: House, ca: Authority) -> None:
    """Each by its own problem type over HTTP; after all of them the report can still be signed well."""
    body = Body(house, "G08", PERIOD)
    await mandated(house, "G08", ca.person)
    sequence, digest, payload = await approved(body)
    foreign = issue(Wish("Người của cơ quan khác", organisation="VN-ANOTHER"), ca.issuing)
    stranger = issue(Wish("Người chưa được ủy quyền", "EdDSA", **ORGANISATION), ca.issuing)
    old = issue(Wish("Chứng thư cũ", not_after=NOW - timedelta(days=1), **ORGANISATION), ca.issuing)
    elsewhere = issue(Wish("Another root", "P-384", ca=True))
    lone = issue(Wish("Người ký ở nơi khác", **ORGANISATION), elsewhere)
    good = signed_by(ca.person, ca, payload)
    cases = [
        (signed_by(ca.person, ca, payload + b" "), 422, "signature-differs"),
        ("not a signature", 422, "signature-malformed"),
        (signed_by(old, ca, payload), 422, "certificate-expired"),
        (sign(payload, lone, [lone], signed_at=NOW), 422, "certificate-root-unknown"),
        (sign(payload, ca.person, [ca.person, elsewhere], signed_at=NOW), 422, "certificate-chain-broken"),
        (signed_by(ca.person, ca, payload, signed_at=NOW - timedelta(hours=25)), 422, "signing-time-implausible"),
        (signed_by(foreign, ca, payload), 403, "certificate-of-another-agency"),
        (signed_by(stranger, ca, payload), 403, "mandate-missing"),
    ]
    for jws, status, problem in cases:
        answer = await body.post(f"/{sequence}/signatures", "signer", {"digest": digest, "jws": jws})
        assert slug(answer) == (status, problem), answer.text
        assert (await body.get(f"/{sequence}")).json()["state"] == "approved"
    assert await house.facts("SELECT submission_id FROM intake.signature WHERE agency = 'G08'") == []
    assert (await body.step(sequence, "signatures", "signer", {"digest": digest, "jws": good}))["state"] == "accepted"


async def test_a_mandate_that_ended_yesterday_signs_nothing_and_history_keeps_the_one_used(house: House, ca: Authority) -> None:
    body = Body(house, "G09", PERIOD)
    first = await mandated(house, "G09", ca.person)
    sequence, digest, payload = await approved(body)
    jws = signed_by(ca.person, ca, payload)
    await body.step(sequence, "signatures", "signer", {"digest": digest, "jws": jws})
    withdrawn = await house.post(f"{API}/agencies/G09/mandates/{first}/withdrawals", ADMIN, REASON)
    assert withdrawn.status_code == 201
    assert (await body.get(f"/{sequence}/signature")).json()["mandate_id"] == first
    assert (await body.get(f"/{sequence}")).json()["state"] == "accepted", "what was accepted stays accepted"
    later, digest, payload = await approved(body)
    answer = await body.post(f"/{later}/signatures", "signer", {"digest": digest, "jws": signed_by(ca.person, ca, payload)})
    assert slug(answer) == (403, "mandate-ended")
    await mandated(house, "G09", ca.person, valid_from="2026-03-11")
    answer = await body.post(f"/{later}/signatures", "signer", {"digest": digest, "jws": signed_by(ca.person, ca, payload)})
    assert slug(answer) == (403, "mandate-not-begun")


async def test_signatures_and_payloads_stay_within_the_body(house: House, ca: Authority) -> None:
    body, other = Body(house, "G10", PERIOD), Body(house, "G11", PERIOD)
    await mandated(house, "G10", ca.person)
    sequence, digest, payload = await approved(body)
    await body.step(sequence, "signatures", "signer", {"digest": digest, "jws": signed_by(ca.person, ca, payload)})
    headers = await house.bearer_of("G11", "agency_signer")
    for place in ("signature", "signing-payload"):
        assert (await house.client.get(f"{body.path}/{sequence}/{place}", headers=headers)).status_code == 404
    assert (await house.get(f"{body.path}/{sequence}/signature", "auditor")).status_code == 200
    assert (await house.get(f"{body.path}/{sequence}/signing-payload", "auditor")).status_code == 403
    actor = Actor("key:other", frozenset({"agency_signer"}), other.agency)
    async with tenancy.read(house.runtime.database, actor) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM intake.signature WHERE agency = 'G10'")) == 0


async def test_the_database_refuses_a_signature_that_rests_on_nothing(house: House, ca: Authority) -> None:
    body = Body(house, "G12", PERIOD)
    mandate_id = await mandated(house, "G12", ca.person, valid_from="2026-03-10")
    sequence, digest, _ = await approved(body)
    done = await body.step(sequence, "signatures", "signer", {"digest": digest})
    values = {
        "submission_id": done["submission_id"], "agency": "G12", "signs": "report", "jws": "a..b", "jws_digest": digest,
        "payload_digest": digest, "algorithm": "ES256", "key_digest": ca.person.read.key_digest, "signed_at": NOW,
        "received_at": NOW, "mandate_id": mandate_id, "verification": {}, "actor": done["acceptance"]["signed_by"],
    }  # fmt: skip
    for wrong in ({"actor": "key:somebody"}, {"signed_at": NOW - timedelta(days=1)}, {"key_digest": digest}):
        with pytest.raises(DBAPIError, match=r"was not accepted|did not hold|fk_signature_mandate"):
            await _by_hand(house, {**values, **wrong})


async def _by_hand(house: House, values: dict[str, Any]) -> None:
    actor = Actor(values["actor"], frozenset({"agency_signer"}), values["agency"])
    async with tenancy.transaction(house.runtime.database, actor) as connection:
        await record(connection, actor.id, "signature.keep", values["submission_id"])
        await connection.execute(signature.insert().values(**values))


async def test_a_system_signs_from_draft_to_receipt_without_a_browser(house: House, ca: Authority) -> None:
    """APR-07: its own keys, its own certificate; what it signs is what it reads, and what it computes itself."""
    body = Body(house, "H26", PERIOD)
    await mandated(house, "H26", ca.person)
    await demanded(house, "H26")
    sequence = await body.begin()
    sent = await body.sent(sequence, report("H26", PERIOD))
    await body.step(sequence, "handovers", "drafter")
    await body.step(sequence, "approvals", "approver")
    payload = (await body.get(f"/{sequence}/signing-payload", "signer")).content
    assert sha256_hex(payload) == sent["digest"]
    header, _, _ = signed_by(ca.person, ca, payload).partition("..")
    assert "x5c" in json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    words = {"digest": sent["digest"], "jws": signed_by(ca.person, ca, payload)}
    await body.step(sequence, "signatures", "signer", words)
    assert (await body.get(f"/{sequence}/receipt")).status_code == 200


async def test_a_freeze_is_countersigned(house: House, ca: Authority, seeds: Seeds) -> None:
    snapshot = await seeds.freeze("ndxp", "2026-01")
    mandate_id = await mandated(house, "G15", ca.person)
    signer, path = await house.bearer_of("G15", "agency_signer"), f"{API}/agencies/G15/countersignatures"
    payload = (await house.get(f"{API}/snapshots/{snapshot}/signing-payload", "reader")).content
    assert json.loads(payload) == {"period": "2026-01", "snapshot": snapshot, "source": "ndxp"}
    asked = {"snapshot_id": snapshot, "jws": signed_by(ca.person, ca, payload)}
    made = await house.client.post(path, headers=signer, json=asked)
    assert made.status_code == 201, made.text
    assert (made.json()["agency"], made.json()["mandate_id"], made.json()["jws"]) == ("G15", mandate_id, asked["jws"])
    again = await house.client.post(path, headers=signer, json=asked)
    assert slug(again) == (409, "already-countersigned")
    for place in (f"{API}/snapshots/{snapshot}/countersignatures", path):
        assert len((await house.get(place, "auditor")).json()["items"]) == 1
    other = await house.bearer_of("G16", "agency_signer")
    assert (await house.client.get(path, headers=other)).status_code == 404
    assert (await house.audit_of(snapshot))[-1]["action"] == "snapshot.countersign"


async def test_a_signature_of_another_snapshot_or_body_countersigns_nothing(house: House, ca: Authority, seeds: Seeds) -> None:
    one, two = await seeds.freeze("ndxp", "2026-02"), await seeds.freeze("national_database", "2026-02")
    await mandated(house, "G17", ca.person)
    signer, path = await house.bearer_of("G17", "agency_signer"), f"{API}/agencies/G17/countersignatures"
    payload = (await house.get(f"{API}/snapshots/{one}/signing-payload", "reader")).content
    jws = signed_by(ca.person, ca, payload)
    refused = await house.client.post(path, headers=signer, json={"snapshot_id": two, "jws": jws})
    assert slug(refused) == (422, "signature-differs")
    unmandated, elsewhere = await house.bearer_of("G18", "agency_signer"), path.replace("G17", "G18")
    refused = await house.client.post(elsewhere, headers=unmandated, json={"snapshot_id": one, "jws": jws})
    assert slug(refused) == (403, "mandate-missing")
    missing = await house.client.post(path, headers=signer, json={"snapshot_id": "snap_none", "jws": jws})
    assert slug(missing) == (422, "input-invalid")
    assert slug(await house.post(path, "operator", {"snapshot_id": one, "jws": jws})) == (403, "not-allowed")


async def test_a_bodys_signer_reads_the_bytes_once_somebody_may_sign(house: House, ca: Authority, seeds: Seeds) -> None:
    place = f"{API}/snapshots/{await seeds.freeze()}/signing-payload"
    signer = await house.bearer_of("G22", "agency_signer")
    assert slug(await house.client.get(place, headers=signer)) == (404, "not-found")
    mandate_id = await mandated(house, "G22", ca.person)
    read = await house.client.get(place, headers=signer)
    assert (read.status_code, read.content) == (200, (await house.get(place, "reader")).content)
    assert slug(await house.client.get(f"{API}/snapshots/snap_none/signing-payload", headers=signer)) == (404, "not-found")
    for role in ("agency_drafter", "agency_approver", "agency_admin"):
        answer = await house.client.get(place, headers=await house.bearer_of("G22", role))
        assert slug(answer) == (403, "not-allowed")
    withdrawn = await house.post(f"{API}/agencies/G22/mandates/{mandate_id}/withdrawals", ADMIN, REASON)
    assert withdrawn.status_code == 201, withdrawn.text
    assert slug(await house.client.get(place, headers=signer)) == (404, "not-found")
