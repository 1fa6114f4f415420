"""Lào Cai's month in the browser alone: set-up, sections before day 03, assembly, approval, a certificate's signature.

Only three things are not done at a page, because they are done elsewhere: the first administrators get their keys at the
machine, the signer signs with software of their own, and on day 05 the operator's command freezes the source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser

from services.ingest import create as create_ingest
from services.ingest.jobs import QUEUE
from services.ingest.settings import IngestSettings
from shared.service import Platform
from tests.browser.person import Person
from tests.browser.serving import Served, served_on
from tests.browser.test_units import BOARD, UNITS, asks_for_plan, enters, state_of, types_row
from tests.conftest import TestDatabase
from tests.integration.units.province import (
    AGENCY,
    DAY_FIVE,
    DAY_FOUR,
    DAY_THREE,
    DAY_TWO,
    FIXTURE,
    PERIOD,
    REASON,
    section_of,
    unit_of,
)
from tests.unit.signature.authority import House as Authority
from tests.unit.signature.authority import house as authority
from tests.unit.signature.authority import revocation_list, sign

BODY = f"/e-form/agencies/{AGENCY}"
MONTH = f"{BODY}/periods/{PERIOD}"
ROLES = {"drafter": "Soạn báo cáo", "approver": "Duyệt báo cáo", "signer": "Ký báo cáo"}
WHY = "theo phân công (minh họa)"


@pytest.fixture(scope="module")
def ca() -> Authority:
    return authority("ES256", at=DAY_TWO.astimezone(UTC), organisation="VN-LAO-CAI")


@pytest.fixture(scope="module")
def served(database: TestDatabase, ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway that trusts the authority made here."""
    roots, lists = tmp_path_factory.mktemp("roots"), tmp_path_factory.mktemp("lists")
    (roots / "root.pem").write_bytes(ca.root.certificate.public_bytes(Encoding.PEM))
    for name, issuer in (("root", ca.root), ("issuing", ca.issuing)):
        der = revocation_list(issuer, at=DAY_TWO.astimezone(UTC), until=DAY_FIVE.astimezone(UTC))
        (lists / f"{name}.crl").write_bytes(der)
    with served_on(database, trust=roots, signature_revocation_lists=lists) as made:
        made.clock.now = DAY_TWO
        yield made


@pytest.fixture
def person(chromium: Browser, served: Served) -> Iterator[Person]:
    with Person.at(chromium, served.url) as made:
        yield made


def test_from_the_units_sections_to_the_frozen_snapshot(
    person: Person, served: Served, ca: Authority, database: TestDatabase, tmp_path: Path
) -> None:
    one, two = (served.key(f"Quản trị {number}", "agency_admin", agency=AGENCY) for number in (1, 2))
    keys = set_up(person, one, two)
    mandates(person, served, one, two, ca, tmp_path)

    # Day 02: every unit sends; the last instant before day 03 is in time, day 03 itself is late.
    for unit in [each["unit"] for each in FIXTURE["units"]]:
        served.clock.now = DAY_TWO
        person.signs_in(keys[unit])
        for section in [
            each for each in FIXTURE["sections"] if unit_of(each["indicator"]) == unit and each["indicator"] != "E3"
        ]:
            sends(person, section)
    served.clock.now = DAY_THREE - timedelta(microseconds=1)
    person.signs_in(keys["so-tai-chinh"])
    sends(person, section_of("D2"))
    served.clock.now = DAY_THREE
    person.signs_in(keys["so-khcn"])
    person.reads("đã qua hạn")
    sends(person, section_of("E3"))

    # Day 04: the lead unit assembles, another person approves, a third signs with a certificate.
    served.clock.now = DAY_FOUR
    person.signs_in(keys["drafter"])
    person.opens(BOARD)
    person.looks("lao-cai-board")
    states = {each["indicator"]: state_of(person, each["indicator"]) for each in FIXTURE["sections"]}
    assert states == {code: "gửi muộn" if code == "E3" else "đã gửi" for code in states}
    person.presses("Tạo báo cáo mới để tổng hợp")
    person.types("Số, ký hiệu báo cáo", FIXTURE["report"]["document"])
    person.presses("Tổng hợp vào báo cáo")
    person.reads("Đã tổng hợp vào báo cáo")
    person.follows("Mở báo cáo")
    report = person.address.partition("?")[0]
    confirms_all(person, report)
    person.opens(report)
    person.follows("Chuyển duyệt")
    person.presses("Chuyển duyệt")
    person.reads("Đã chuyển duyệt")

    person.signs_in(keys["approver"])
    person.opens(report)
    person.follows("Duyệt")
    person.presses("Duyệt")
    person.reads("Đã duyệt")

    person.signs_in(keys["signer"])
    person.opens(f"{report}/signatures")
    person.reads("bắt buộc")
    saved_file = person.downloads("nội dung báo cáo")
    payload = saved_file.path().read_bytes()
    jws = sign(payload, ca.person, ca.chain, signed_at=DAY_FOUR.astimezone(UTC))
    person.attaches("Tệp chữ ký", {"name": "chu-ky.jws", "mimeType": "application/jose", "buffer": jws.encode()})
    person.presses("Ký và gửi")
    person.reads("Đã ký và tiếp nhận")
    person.reads(f"BN-{PERIOD}-{AGENCY}-000001")
    person.looks("lao-cai-receipt")
    person.opens(report)
    person.reads("đúng hạn")
    person.opens(BOARD)
    assert {code for code in states if state_of(person, code) == "đã tổng hợp"} == {"C1", "D1"}

    # Day 05: the month's reports are frozen, and the rows are what the units typed.
    served.clock.now = DAY_FIVE
    freeze(served)
    tasks, records = frozen(database)
    assert tasks == [tuple(row.values()) for row in section_of("D1")["rows"]]
    assert records == [tuple(row.values()) for row in section_of("C1")["rows"]]


def set_up(person: Person, one: str, two: str) -> dict[str, str]:
    """Units, the approved plan, and a key for each unit and step of the report, all at the pages; keys by name."""
    person.signs_in(one)
    for each in FIXTURE["units"]:
        person.opens(UNITS)
        person.types("Mã đơn vị", each["unit"])
        person.types("Tên đơn vị", each["name"])
        for label, name in (
            ("Họ và tên", "name"),
            ("Chức vụ", "position"),
            ("Điện thoại", "phone"),
            ("Thư điện tử", "email"),
        ):
            person.types(label, each["contact"][name])
        person.types("Lý do", WHY)
        person.presses("Thêm đơn vị")
        person.reads("Đã lưu")
    plan = FIXTURE["plan"]
    assigned = {each["indicator"]: each["unit"] for each in plan["assignments"]}
    asks_for_plan(person, assigned, lead=plan["lead_unit"], document=plan["document"])
    person.reads("chờ người thứ hai phê duyệt")
    asked = person.address.partition("?")[0]
    made = {each["unit"]: makes_key(person, f"Khóa {each['name']}", "Đơn vị") for each in FIXTURE["units"]}
    made |= {name: makes_key(person, f"Khóa {role}", role) for name, role in ROLES.items()}
    person.signs_in(two)
    approves(person, asked, "Phê duyệt phân công")
    for key_page, _ in made.values():
        approves(person, key_page, "Phê duyệt")
    person.signs_in(one)
    for name, (key_page, _) in made.items():
        unit = plan["lead_unit"] if name == "drafter" else name
        if name not in ("approver", "signer"):
            enters(person, unit, key_page.rpartition("/")[2])
    return {name: key for name, (_, key) in made.items()}


def makes_key(person: Person, holder: str, role: str) -> tuple[str, str]:
    """The address of its page, and the key as it is shown once."""
    person.opens(f"{BODY}/credentials/new")
    person.types("Tên hệ thống", holder)
    person.page.get_by_role("checkbox", name=role, exact=True).check()
    person.types("Có hiệu lực đến hết ngày", "30/04/2026")
    person.types("Lý do", WHY)
    person.presses("Tạo khóa")
    key = person.page.locator(".secret code").inner_text()
    person.follows("Tôi đã chép khóa")
    return person.address.partition("?")[0], key


def approves(person: Person, path: str, button: str) -> None:
    person.opens(path)
    person.types("Lý do", "đã đối chiếu (minh họa)")
    person.presses(button)
    person.reads("Đã duyệt")


def mandates(person: Person, served: Served, one: str, two: str, ca: Authority, folder: Path) -> None:
    """The signer's mandate, by two people; a system administrator demands the certificate's signature."""
    file = folder / "nguoi-ky.pem"
    file.write_bytes(ca.person.certificate.public_bytes(Encoding.PEM))
    person.opens(f"{BODY}/mandates/new")
    person.types("Người ký", "Người ký minh họa")
    person.attaches("Tệp chứng thư", file)
    person.types("Được ký từ ngày", "01/01/2026")
    person.types("Văn bản ủy quyền ký số", "Quyết định 1/QĐ-UBND (minh họa)")
    person.types("Lý do", WHY)
    person.presses("Gửi đề nghị")
    person.reads("VN-LAO-CAI")
    asked = person.address.partition("?")[0]
    person.signs_in(two)
    approves(person, asked, "Phê duyệt")
    person.signs_in(served.key("Quản trị hệ thống", "system_administrator"))
    person.opens(f"{BODY}/mandates")
    person.chooses("Từ nay", "bắt buộc ký bằng chứng thư số")
    person.types("Lý do", "theo quy chế (minh họa)")
    person.presses("Ghi quyết định")
    person.reads("Đã lưu")


def sends(person: Person, section: Mapping[str, Any]) -> None:
    person.opens(f"{BOARD}/{section['indicator']}")
    if "rows" in section:
        for number, row in enumerate(section["rows"]):
            types_row(person, number, **{name: _typed(value) for name, value in row.items()})
        for each in section["narratives"]:
            person.types("Thuyết minh công khai", each["text"])
    else:
        for measure, value in section["figures"].items():
            person.page.locator(f'[name="figures.{measure}"]').fill("" if value is None else str(value).replace(".", ","))
        person.types("Ghi chú", section.get("note", ""))
    person.presses("Kiểm tra, chưa gửi")
    person.reads("Kiểm tra thử")
    assert person.page.locator(".finding.fatal").count() == 0
    person.presses("Gửi đơn vị đầu mối")
    person.reads("Đã gửi")


def confirms_all(person: Person, report: str) -> None:
    """What the rules ask about is answered, one by one."""
    person.opens(f"{report}/findings")
    while person.page.get_by_role("link", name="Xác nhận kèm lý do").count():
        person.follows("Xác nhận kèm lý do")
        person.types("Lý do số liệu này là đúng", "đúng như đơn vị báo cáo (minh họa)")
        person.presses("Xác nhận")
        person.reads("Đã xác nhận")
        person.opens(f"{report}/findings")


def freeze(served: Served) -> None:
    """The operator's command, and ingest's worker that does it."""
    operator = served.key("Vận hành", "operator")
    asked = served.call("POST", "/freezes", operator, json={"source": "agency_report", "period": PERIOD, **REASON})

    async def work() -> None:
        ingest = create_ingest(Platform(served.database.app_url, clock=served.clock), IngestSettings())
        try:
            async with ingest.queue.opened():
                await ingest.queue.drain([QUEUE])
        finally:
            await ingest.database.close()

    asyncio.run_coroutine_threadsafe(work(), served.loop).result(120)
    done = served.call("GET", asked.headers["location"].removeprefix("/api/v1"), operator).json()
    assert done["state"] == "succeeded", done


def frozen(database: TestDatabase) -> tuple[list[Any], list[Any]]:
    """Tasks and databases of the body in the month's snapshot."""
    with psycopg.connect(database.superuser_url) as at:
        (pk,) = at.execute("SELECT pk FROM ingest.snapshot WHERE source = 'agency_report' AND period = %s", [PERIOD]).fetchall()
        tasks = at.execute(
            "SELECT task_code, title, registered_on::text, accepted_on::text, acceptance_document FROM ingest.registered_task"
            " WHERE snapshot_pk = %s AND agency_code = %s ORDER BY 1", [*pk, AGENCY],
        ).fetchall()  # fmt: skip
        records = at.execute(
            "SELECT database, database_name, new_records FROM ingest.reported_records"
            " WHERE snapshot_pk = %s AND agency_code = %s",
            [*pk, AGENCY],
        ).fetchall()
    return tasks, records


def _typed(value: Any) -> str:
    """A cell as a person types it: days as dd/mm/yyyy."""
    if value is None:
        return ""
    try:
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    except ValueError:
        return str(value)
