"""Official files signed by the body that supplies the source: algorithm × fault, kept with the import (Art. 7.7, APR-08)."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags
from sqlalchemy.exc import DBAPIError

from services.gateway.access import tenancy
from services.gateway.signatures.file_signatures import Offered, SignedFile, judge_files, told
from services.gateway.signatures.imports import request_import
from services.gateway.signatures.store import file_signatures as stored
from shared.audit import Actor, record
from shared.canonical import sha256_hex
from shared.database import Row
from shared.errors import DomainError
from shared.signature import payloads
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House, opened_house
from tests.integration.gateway.people import REASON
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_signatures import ADMIN, ORGANISATION, mandated, slug
from tests.unit.signature.authority import Holder, Wish, issue, revocation_list, sign, usage
from tests.unit.signature.authority import House as Authority
from tests.unit.signature.authority import house as authority

MONTH, SOURCE, AGENCY = "2026-01", "ndxp", "G12"
TABLE, MANIFEST = b"demo,table\n1,2\n", b'{"notice": "demo data"}'
OPERATOR = Actor("key:operator", frozenset({"operator"}))
DAY = timedelta(days=1)
ALGORITHMS = ("ES256", "EdDSA", "RS256")


@dataclass(frozen=True)
class Ca:
    """One root with three issuing authorities: one with its list, one without, one with a stale one."""

    made: Authority
    listless: Holder
    stale: Holder

    def person(self, name: str, algorithm: str, issuer: Holder | None = None, **wishes: Any) -> Holder:
        return issue(Wish(f"{name} {algorithm}", algorithm, **{**ORGANISATION, **wishes}), issuer or self.made.issuing)


@pytest.fixture(scope="module")
def ca() -> Ca:
    made = authority("ES256", **ORGANISATION)
    listless, stale = (issue(Wish(f"{name} authority", ca=True, path_length=0), made.root) for name in ("Listless", "Stale"))
    return Ca(made, listless, stale)


@pytest.fixture(scope="module")
def revoked(ca: Ca) -> dict[str, Holder]:
    return {each: ca.person("Đã thu hồi", each) for each in ALGORITHMS}


@pytest.fixture(scope="module")
async def house(
    database: TestDatabase, ca: Ca, revoked: dict[str, Holder], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folders: dict[str, Path] = {
        name: tmp_path_factory.mktemp(name) for name in ("signature_roots", "signature_revocation_lists")
    }
    (folders["signature_roots"] / "root.pem").write_bytes(ca.made.root.certificate.public_bytes(Encoding.PEM))
    gone = [(each, NOW - DAY, ReasonFlags.key_compromise) for each in revoked.values()]
    fresh: dict[str, Any] = {"at": NOW - timedelta(hours=1), "until": NOW + DAY}
    lists = {
        "root": revocation_list(ca.made.root, **fresh),
        "issuing": revocation_list(ca.made.issuing, *gone, **fresh),
        "stale": revocation_list(ca.stale, at=NOW - 3 * DAY, until=NOW - 2 * DAY),
    }
    for name, der in lists.items():
        (folders["signature_revocation_lists"] / f"{name}.crl").write_bytes(der)
    async with opened_house(database, **folders) as made:
        yield made


def payload(body: bytes, agency: str = AGENCY, period: str = MONTH) -> bytes:
    return payloads.of_file(sha256_hex(body), agency=agency, period=period)


def signed(holder: Holder, issuer: Holder, body: bytes = TABLE, **words: Any) -> str:
    return sign(payload(body), holder, [holder, issuer], **{"signed_at": NOW, **words})


async def judged(house: House, *files: SignedFile, agency: str | None = AGENCY, source: str = SOURCE) -> list[Row]:
    given = house.runtime
    offered = Offered(source, MONTH, agency, files)
    return await judge_files(given.database, given.verifier, actor=OPERATOR, offered=offered, now=NOW)


def table(jws: str | None, body: bytes = TABLE) -> SignedFile:
    return SignedFile("exchange_volumes.csv", sha256_hex(body), jws)


async def imported(house: House, *signatures: Row) -> str:
    """The command's id."""
    return await request_import(
        house.runtime.database, actor=OPERATOR, source=SOURCE, period=MONTH, document="1/CV (minh họa)",
        author="Cơ quan minh họa", reason="thử", signatures=signatures,
    )  # fmt: skip


Made = Callable[[Ca, Holder, str], str]
FAULTS: dict[str, tuple[str, Made]] = {
    "altered byte": ("signature-differs", lambda ca, who, _: signed(who, ca.made.issuing, TABLE + b" ")),
    "of the report, not of the file": ("signature-differs", lambda ca, who, _: sign(TABLE, who, [who, ca.made.issuing])),
    "for another month": (
        "signature-differs",
        lambda ca, who, _: sign(payload(TABLE, period="2026-02"), who, [who, ca.made.issuing]),
    ),
    "no signature": ("signature-malformed", lambda ca, who, _: "not a signature"),
    "another algorithm's name": (
        "signature-algorithm-refused",
        lambda ca, who, _: signed(who, ca.made.issuing).replace(*_named_none(signed(who, ca.made.issuing))),
    ),
    "expired": (
        "certificate-expired",
        lambda ca, _, alg: signed(ca.person("Cũ", alg, not_after=NOW - DAY), ca.made.issuing),
    ),
    "not yet valid": (
        "certificate-not-yet-valid",
        lambda ca, _, alg: signed(ca.person("Chưa đến", alg, not_before=NOW + DAY), ca.made.issuing),
    ),
    "unknown root": ("certificate-root-unknown", lambda ca, _, alg: _elsewhere(ca, alg)),
    "broken chain": ("certificate-chain-broken", lambda ca, who, _: sign(payload(TABLE), who, [who, ca.listless])),
    "wrong usage": (
        "certificate-usage-wrong",
        lambda ca, _, alg: signed(ca.person("Máy chủ", alg, usage=usage(key_encipherment=True)), ca.made.issuing),
    ),
    "long ago": (
        "signing-time-implausible",
        lambda ca, who, _: signed(who, ca.made.issuing, signed_at=NOW - timedelta(hours=25)),
    ),
    "no revocation list": (
        "revocation-list-missing",
        lambda ca, _, alg: signed(ca.person("Không danh sách", alg, ca.listless), ca.listless),
    ),
    "stale revocation list": (
        "revocation-list-stale",
        lambda ca, _, alg: signed(ca.person("Danh sách cũ", alg, ca.stale), ca.stale),
    ),
    "another agency": (
        "certificate-of-another-agency",
        lambda ca, _, alg: signed(ca.person("Cơ quan khác", alg, organisation="VN-ANOTHER"), ca.made.issuing),
    ),
    "no mandate": ("mandate-missing", lambda ca, _, alg: signed(ca.person("Chưa ủy quyền", alg), ca.made.issuing)),
}


def _elsewhere(ca: Ca, algorithm: str) -> str:
    root = issue(Wish("Another root", ca=True))
    return signed(ca.person("Nơi khác", algorithm, root), root)


def _named_none(jws: str) -> tuple[str, str]:
    """The protected header and the same that claims no algorithm: the signature no longer fits either, which is not said."""
    protected = jws.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    changed = json.dumps({**header, "alg": "HS256"}).encode()
    return protected, base64.urlsafe_b64encode(changed).decode().rstrip("=")


@pytest.fixture(scope="module")
async def signers(house: House, ca: Ca) -> dict[str, Holder]:
    """One person of the body for each algorithm, mandated."""
    found = {each: ca.person("Người ký", each) for each in ALGORITHMS}
    for holder in found.values():
        await mandated(house, AGENCY, holder)
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_good_signature_is_taken(house: House, ca: Ca, signers: dict[str, Holder], algorithm: str) -> None:
    (row,) = await judged(house, table(signed(signers[algorithm], ca.made.issuing)))
    assert (row["algorithm"], row["agency"], row["payload_digest"]) == (algorithm, AGENCY, sha256_hex(payload(TABLE)))
    assert told(row)["signer"]["sha256"] == sha256_hex(signers[algorithm].der)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_has_its_own_problem_type(
    house: House, ca: Ca, signers: dict[str, Holder], algorithm: str, fault: str
) -> None:
    problem, made = FAULTS[fault]
    with pytest.raises(DomainError) as caught:
        await judged(house, table(made(ca, signers[algorithm], algorithm)))
    assert caught.value.slug == problem


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_revoked_certificate_and_a_mandate_out_of_its_days_sign_nothing(
    house: House, ca: Ca, revoked: dict[str, Holder], signers: dict[str, Holder], algorithm: str
) -> None:
    assert signers
    early, late = ca.person("Sớm", algorithm), ca.person("Muộn", algorithm)
    await mandated(house, AGENCY, early, valid_from="2026-03-11")
    over = await mandated(house, AGENCY, late)
    withdrawn = await house.post(f"{API}/agencies/{AGENCY}/mandates/{over}/withdrawals", ADMIN, REASON)
    assert withdrawn.status_code == 201
    expected = {"certificate-revoked": revoked[algorithm], "mandate-not-begun": early, "mandate-ended": late}
    for problem, holder in expected.items():
        with pytest.raises(DomainError) as caught:
            await judged(house, table(signed(holder, ca.made.issuing)))
        assert caught.value.slug == problem


async def test_every_file_is_signed_or_none(house: House, ca: Ca, signers: dict[str, Holder]) -> None:
    good = table(signed(signers["ES256"], ca.made.issuing))
    with pytest.raises(DomainError) as caught:
        await judged(house, good, SignedFile("manifest.json", sha256_hex(MANIFEST), None))
    assert (caught.value.slug, [fault.place for fault in caught.value.faults]) == (
        "file-signature-missing",
        ["manifest.json.jws"],
    )
    with pytest.raises(DomainError) as swapped:
        await judged(house, good, SignedFile("manifest.json", sha256_hex(MANIFEST), good.jws))
    assert swapped.value.slug == "signature-differs"
    assert await judged(house, table(None), agency=None) == [], "nobody demands one"


async def test_a_source_whose_files_must_be_signed_takes_no_others(house: House, ca: Ca, signers: dict[str, Holder]) -> None:
    path = f"{API}/file-signature-demands"
    asked = {"source": "finance", "agency": AGENCY, "demand": "required", **REASON}
    made = await house.post(path, ADMIN, asked)
    assert (made.status_code, made.json()["demand"]) == (201, "required")
    for agency, problem in ((None, "file-signature-required"), ("G15", "file-signer-differs")):
        with pytest.raises(DomainError) as caught:
            await judged(house, table("x"), agency=agency, source="finance")
        assert (caught.value.slug, caught.value.context["agency"]) == (problem, AGENCY)
    jws = signed(signers["EdDSA"], ca.made.issuing)
    assert len(await judged(house, table(jws), source="finance")) == 1
    await house.post(path, ADMIN, {**asked, "demand": "optional"})
    assert await judged(house, table(None), agency=None, source="finance") == []
    assert [each["demand"] for each in (await house.get(path, "auditor")).json()["items"]] == ["required", "optional"]
    for wrong, expected in (({"source": "nothing"}, (422, "input-invalid")), ({"agency": "Z99"}, (404, "agency-unknown"))):
        assert slug(await house.post(path, ADMIN, {**asked, **wrong})) == expected


async def test_it_is_kept_with_the_command_and_shown_of_the_snapshot(
    house: House, ca: Ca, signers: dict[str, Holder], seeds: Seeds
) -> None:
    kept = await judged(house, table(signed(signers["RS256"], ca.made.issuing)))
    command = await imported(house, *kept)
    actions = [line["action"] for line in await house.audit_of(command)]
    assert actions == ["command.import", "file_signature.keep"]
    snapshot = await seeds.freeze(SOURCE, MONTH)
    place = f"{API}/snapshots/{snapshot}/file-signatures"
    assert (await house.get(place, "reader")).json()["items"] == []
    async with house.owner.transaction() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        await connection.exec_driver_sql(
            "UPDATE ingest.pull SET command_id = %s"
            " FROM ingest.snapshot s WHERE s.pull_id = pull.pull_id AND s.snapshot_id = %s",
            (command, snapshot),
        )
    (shown,) = (await house.get(place, "reader")).json()["items"]
    assert (shown["name"], shown["sha256"], shown["jws"]) == ("exchange_volumes.csv", sha256_hex(TABLE), kept[0]["jws"])
    assert [each["status"] for each in shown["verification"]["revocation"]] == ["not revoked"] * 2


async def test_the_database_refuses_one_that_rests_on_nothing(house: House, ca: Ca, signers: dict[str, Holder]) -> None:
    (row,) = await judged(house, table(signed(signers["ES256"], ca.made.issuing)))
    command = await imported(house)
    for wrong in ({"signed_at": NOW - 90 * DAY}, {"key_digest": "sha256:" + "0" * 64}, {"agency": "G15"}):
        with pytest.raises(DBAPIError, match=r"did not hold|fk_file_signature_mandate"):
            await _by_hand(house, command, {**row, **wrong})


async def _by_hand(house: House, command: str, row: Row) -> None:
    async with tenancy.transaction(house.runtime.database, OPERATOR) as connection:
        await record(connection, OPERATOR.id, "file_signature.keep", command)
        await stored.insert_signatures(connection, command, [row])
