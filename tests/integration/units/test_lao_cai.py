"""Lào Cai's month over the API alone: sections before day 03, assembly, approval, a certificate's signature, the freeze."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.conftest import TestDatabase
from tests.integration.units.province import (
    AGENCY,
    API,
    DAY_FIVE,
    DAY_FOUR,
    DAY_THREE,
    DAY_TWO,
    FIXTURE,
    PERIOD,
    REASON,
    Province,
    opened_province,
    section_of,
    unit_of,
)
from tests.unit.signature.authority import House as Authority
from tests.unit.signature.authority import house as authority
from tests.unit.signature.authority import revocation_list, sign

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def ca(tmp_path: Path) -> tuple[Authority, dict[str, Path]]:
    """An authority made here, and the folders of a gateway that trusts it."""
    made = authority("ES256", at=DAY_TWO.astimezone(UTC), organisation="VN-LAO-CAI")
    folders = {name: tmp_path / name for name in ("signature_roots", "signature_revocation_lists")}
    for folder in folders.values():
        folder.mkdir()
    (folders["signature_roots"] / "root.pem").write_bytes(made.root.certificate.public_bytes(Encoding.PEM))
    for name, issuer in (("root", made.root), ("issuing", made.issuing)):
        der = revocation_list(issuer, at=DAY_TWO.astimezone(UTC), until=DAY_FIVE.astimezone(UTC))
        (folders["signature_revocation_lists"] / f"{name}.crl").write_bytes(der)
    return made, folders


@pytest.fixture
async def province(database: TestDatabase, ca: tuple[Authority, dict[str, Path]]) -> AsyncIterator[Province]:
    async with opened_province(database, **ca[1]) as made:
        yield made


async def mandate(province: Province, made: Authority) -> None:
    certificate = made.person.certificate.public_bytes(Encoding.PEM).decode()
    asked = {"certificate": certificate, "holder": "Người ký minh họa", "valid_from": "2026-01-01", **REASON}
    path = f"{province.path}/mandates"
    recorded = await province.post(path, "admin one", {**asked, "document": "Quyết định 1/QĐ-UBND (minh họa)"})
    await province.post(f"{path}/{recorded['mandate_id']}/approvals", "admin two", REASON)
    await province.post(f"{province.path}/signature-demands", "system", {"demand": "required", **REASON})


async def test_from_the_units_sections_to_the_frozen_snapshot(
    province: Province, ca: tuple[Authority, dict[str, Path]], database: TestDatabase
) -> None:
    plan_id = await province.set_up()
    await mandate(province, ca[0])
    held = await province.get(f"{province.month}/unit-plan", "cong-an")
    assert (held["plan_id"], held["lead_unit"]["unit"], len(held["assignments"])) == (plan_id, "so-khcn", 15)
    assert (held["deadline"], held["report_deadline"]) == (DAY_THREE.isoformat(), DAY_FIVE.isoformat())
    assert held["seconds_left"] == int((DAY_THREE - DAY_TWO).total_seconds())

    # Day 02: every unit sends; the last instant before day 03 is in time, day 03 itself is late.
    for section in FIXTURE["sections"]:
        province.clock["at"] = DAY_THREE - MICROSECOND if section["indicator"] == "C1" else DAY_TWO
        province.clock["at"] = DAY_THREE if section["indicator"] == "E3" else province.clock["at"]
        sent = await province.send(section)
        assert (sent["version"], sent["late"]) == (1, section["indicator"] == "E3"), sent
        assert sent["summary"]["fatal"] == 0, sent["findings"]
    board = await province.board()
    assert {code: line["state"] for code, line in board.items()} == {
        each["indicator"]: "late" if each["indicator"] == "E3" else "sent" for each in FIXTURE["sections"]
    }

    # Day 04: the lead unit assembles, another person approves, a third signs with a certificate.
    province.clock["at"] = DAY_FOUR
    sequence = await province.begin()
    one = f"{province.month}/submissions/{sequence}"
    made = await province.post(f"{one}/assemblies", "drafter", FIXTURE["report"])
    assert [each["indicator"] for each in made["assembly"]["sections"]] == ["C1", "D1"]
    assert made["content"]["summary"]["fatal"] == 0, made["content"]["findings"]
    for finding in made["content"]["findings"]:
        if finding["severity"] == "confirm":
            body = {"finding_key": finding["key"], **REASON}
            await province.post(f"{one}/confirmations", "drafter", body)
    await province.post(f"{one}/handovers", "drafter")
    await province.post(f"{one}/approvals", "approver")
    payload = await province.ask("GET", f"{one}/signing-payload", "signer")
    jws = sign(payload.content, ca[0].person, ca[0].chain, signed_at=DAY_FOUR.astimezone(UTC))
    signed = await province.post(f"{one}/signatures", "signer", {"digest": made["content"]["digest"], "jws": jws})
    assert (signed["state"], signed["acceptance"]["late"]) == ("accepted", False)
    assert {code for code, line in (await province.board()).items() if line["state"] == "assembled"} == {"C1", "D1"}

    # Day 05: the month's reports are frozen, and the rows are the units' rows.
    province.clock["at"] = DAY_FIVE
    frozen = await province.freeze()
    assert frozen["state"] == "succeeded", frozen
    with psycopg.connect(database.superuser_url) as at:
        pk = at.execute("SELECT pk FROM ingest.snapshot WHERE source = 'agency_report' AND period = %s", [PERIOD]).fetchone()
        assert pk is not None
        tasks = at.execute(
            "SELECT task_code, accepted_on::text FROM ingest.registered_task"
            " WHERE snapshot_pk = %s AND agency_code = %s ORDER BY 1", [*pk, AGENCY],
        ).fetchall()  # fmt: skip
        records = at.execute(
            "SELECT database, new_records FROM ingest.reported_records WHERE snapshot_pk = %s AND agency_code = %s",
            [*pk, AGENCY],
        ).fetchall()
    assert tasks == [(row["task_code"], row["accepted_on"]) for row in section_of("D1")["rows"]]
    assert records == [(row["database"], row["new_records"]) for row in section_of("C1")["rows"]]


def test_the_fixture_is_the_appendix_of_the_letter() -> None:
    """The appendix of Lào Cai's letter of 01/2026, line by line."""
    by = {each["unit"]: each["name"] for each in FIXTURE["units"]}
    appendix = {
        "Sở Khoa học và Công nghệ": ["A1", "A2", "A3", "D1", "E3"],
        "Trung tâm Phục vụ hành chính công tỉnh": ["B1", "B2", "B3", "B4", "B5"],
        "Công an tỉnh": ["C1"],
        "Trung tâm Công nghệ thông tin – Sở Khoa học và Công nghệ": ["C2"],
        "Sở Tài chính": ["D2"],
        "Văn phòng Ủy ban nhân dân tỉnh": ["E1", "E2"],
    }
    for name, codes in appendix.items():
        assert [by[unit_of(code)] for code in codes] == [name] * len(codes)
    assert by[FIXTURE["plan"]["lead_unit"]] == "Sở Khoa học và Công nghệ"
    assert FIXTURE["plan"]["due_day"] == 3
    assert "minh họa" in FIXTURE["notice"]


async def test_the_agency_of_the_fixture_is_lao_cai(province: Province) -> None:
    answer = await province.client.get(f"{API}/agencies/{AGENCY}")
    found: dict[str, Any] = answer.json()
    assert "Lào Cai" in found["name_vi"]
