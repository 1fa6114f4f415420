"""A body's people read what the registers say of their body, and of nobody else's (E1, E2, bonus; SEC-01)."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest

from services.gateway.registers.own import own_register
from services.gateway.registers.store.records import OwnEntry, RegisterSnapshot
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, NOW, House
from tests.integration.gateway.office import REASON, Office, digest, meeting, summons
from tests.integration.gateway.seeds import Seeds


@pytest.fixture(scope="module")
async def office(house: House) -> Office:
    return Office(house)


async def ask(
    house: House, agency: str = "G06", *, by: str = "G06", role: str = "agency_drafter", month: str
) -> httpx.Response:
    return await house.client.get(f"{API}/agencies/{agency}/periods/{month}/register", headers=await house.bearer_of(by, role))


async def own(house: House, agency: str, month: str) -> dict[str, Any]:
    answer = await ask(house, agency, by=agency, month=month)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_body_sees_its_own_summons_attendance_and_speeches(office: Office, house: House) -> None:
    held = await office.meeting("2026-01-08", summons("G06"), summons("H38", "deputy", online="allowed"))
    await office.attendance(held, "G06", ("head", "in_person"))
    await office.attendance(held, "H38", ("officer", "online"))
    said = await office.speech(held, "G06")
    await office.entered("/meetings", meeting("2026-01-09", summons("G06"), topic="Phiên chờ xác nhận (minh họa)"))
    found = await own(house, "G06", "2026-01")
    first, waiting = found["meetings"]
    assert (first["entry_id"], first["state"], first["version"], first["awaiting_version"]) == (held, "in_force", 1, None)
    assert first["content"] == {
        "held_on": "2026-01-08", "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ",
        "topic": "Phiên họp minh họa ngày 2026-01-08", "summons_document": "Giấy mời 1/GM-VPCP (minh họa)",
        "required_role": "head", "online_allowed": False,
    }  # fmt: skip
    assert (waiting["state"], waiting["confirmed_at"]) == ("awaiting_confirmation", None)
    (came,) = found["attendances"]
    assert (came["meeting_id"], came["counts"]) == (held, True)
    assert came["content"]["attendees"] == [{"role": "head", "mode": "in_person"}]
    (spoken,) = found["speeches"]
    assert (spoken["entry_id"], spoken["counts"]) == (said, True)
    assert (spoken["content"]["qualifying"], spoken["content"]["note"]) == (True, "Kinh nghiệm tốt")
    assert found["closing"] is None
    assert found["snapshot"] is None
    other = await ask(house, "H38", by="H38", month="2026-01")
    assert "G06" not in other.text
    assert "H38" not in (await ask(house, month="2026-01")).text
    assert [each["content"]["required_role"] for each in other.json()["meetings"]] == ["deputy"]
    assert other.json()["speeches"] == []


async def test_nobodys_name_is_shown(house: House) -> None:
    answer = await ask(house, month="2026-01")
    assert answer.json()["meetings"]
    assert "key:" not in answer.text


async def test_another_bodys_register_is_not_there(house: House) -> None:
    for role in ("agency_drafter", "agency_approver", "agency_signer", "agency_admin"):
        assert (await ask(house, "G06", by="H38", role=role, month="2026-01")).status_code == 404
        assert (await ask(house, "G06", by="G06", role=role, month="2026-01")).status_code == 200


async def test_officers_see_any_bodys(office: Office) -> None:
    found = await office.get("/agencies/H38/periods/2026-01/register")
    assert [each["content"]["attendees"] for each in found["attendances"]] == [[{"role": "officer", "mode": "online"}]]


async def test_a_body_left_out_by_a_correction_reads_that_it_is_not_summoned_any_more(office: Office, house: House) -> None:
    held = await office.meeting("2026-02-03", summons("G06"), summons("H38"))
    await office.attendance(held, "H38", ("head", "in_person"))
    without = {**meeting("2026-02-03", summons("G06")), "reason": REASON}
    made = await office.entered(f"/meetings/{held}/corrections", without)
    (before,) = (await own(house, "H38", "2026-02"))["meetings"]
    assert (before["state"], before["awaiting_version"]) == ("in_force", 2)
    await office.confirm("meetings", made)
    found = await own(house, "H38", "2026-02")
    (after,), (came,) = found["meetings"], found["attendances"]
    assert (after["state"], after["version"]) == ("withdrawn", 1)
    assert (came["state"], came["counts"]) == ("in_force", False), "it is of a meeting that does not summon the body"
    assert [each["version"] for each in (await own(house, "G06", "2026-02"))["meetings"]] == [2]


async def test_closed_and_frozen_is_said_with_the_evidence(office: Office, house: House, seeds: Seeds) -> None:
    await office.attendance((await own(house, "G06", "2026-02"))["meetings"][0]["entry_id"], "G06", ("head", "online"))
    await office.close("2026-02", 1)
    frozen = await seeds.freeze("government_office", "2026-02")
    found = await own(house, "G06", "2026-02")
    assert (found["closing"]["meetings"], found["closing"]["evidence_digest"]) == (1, digest("sổ 2026-02"))
    assert (found["snapshot"]["snapshot_id"], found["snapshot"]["version"]) == (frozen, 1)
    assert [each["frozen_version"] for each in found["meetings"]] == [None], "that snapshot came by official file"


async def test_a_bodys_initiatives_with_points_are_part_of_it(office: Office, house: House) -> None:
    proposal = {
        "period": "2026-01", "title": "Sáng kiến minh họa", "explanation": "minh họa", "document": "1/TTr (minh họa)",
        "document_digest": digest("thuyết minh"),
    }  # fmt: skip
    made = await house.post(f"{API}/agencies/G06/initiatives", "agency_drafter", proposal)
    assert made.status_code == 201
    (seen,) = (await own(house, "G06", "2026-01"))["initiatives"]
    assert (seen["state"], seen["points"]) == ("proposed", None)
    assert (await office.get("/agencies/G06/periods/2026-01/register"))["initiatives"] == [], "not handed in yet"
    assert (await own(house, "H38", "2026-01"))["initiatives"] == []


def test_the_views_show_a_session_without_reach_nothing_and_a_bodys_only_its_own(database: TestDatabase) -> None:
    """Held by the database, whatever a query asks."""
    asked = "SELECT DISTINCT agency FROM intake.own_register ORDER BY agency"
    seen = {}
    for reads in ("", "H38", "*"):
        with psycopg.connect(database.app_url, options=f"-c role=gateway -c bangdiem.reads={reads}") as at:
            seen[reads] = [name for (name,) in at.execute(asked)]
            raw = at.execute("SELECT count(*) FROM intake.register_entry").fetchone()
            assert raw is not None
            assert (raw[0] > 0) == (reads == "*"), "the entries themselves stay with the offices"
    assert seen == {"": [], "H38": ["H38"], "*": ["G06", "H38"]}
    with psycopg.connect(database.owner_url) as at:
        assert at.execute("SELECT count(*) FROM intake.register_entry").fetchone() == (0,), "the owner is held too"


def line(version: int, in_force: int | None, last: int, *, withdrawn: bool = False) -> OwnEntry:
    return OwnEntry(
        kind="meeting", entry_id="meet_1", version=version, period="2026-01", meeting_id=None, evidence_digest="d",
        entered_at=NOW, confirmed_at=None, content={"version": version}, withdrawn=withdrawn, version_in_force=in_force,
        last_version=last,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([line(1, None, 1)], (1, "awaiting_confirmation", None)),
        ([line(1, 1, 1)], (1, "in_force", None)),
        ([line(1, 1, 2), line(2, 1, 2)], (1, "in_force", 2)),
        ([line(1, None, 2), line(2, None, 2)], (2, "awaiting_confirmation", None)),
        ([line(1, 2, 2), line(2, 2, 2, withdrawn=True)], (2, "withdrawn", None)),
        ([line(1, 2, 3), line(2, 2, 3, withdrawn=True), line(3, 2, 3)], (3, "awaiting_confirmation", None)),
        # The version in force does not speak of the body: the view has no row of it.
        ([line(1, 2, 2)], (1, "withdrawn", None)),
        ([line(1, 2, 3), line(3, 2, 3)], (3, "awaiting_confirmation", None)),
        ([line(1, 2, 3)], (1, "withdrawn", 3)),
    ],
)
def test_how_an_entry_stands(versions: list[OwnEntry], expected: tuple[Any, ...]) -> None:
    taken = [{"entry": "meet_1", "version": 1, "kind": "meeting"}]
    frozen = RegisterSnapshot(snapshot_id="s", version=1, origin="intake", as_of=NOW, entries=taken)
    made = own_register(agency="G06", period="2026-01", entries=versions, closing=None, frozen=frozen, initiatives=())
    (shown,) = made["meetings"]
    assert (shown["version"], shown["state"], shown["awaiting_version"]) == expected
    assert shown["frozen_version"] == 1
