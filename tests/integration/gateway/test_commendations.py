"""The commendation list is the published sheet's, says where rounding lifted a grade, and its letter is a draft (G-22).
Every figure is invented."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

from shared.law.scheme import scheme_for
from shared.period import Period
from tests.integration.gateway.conftest import API, HOME, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_eform import browser

MONTH, BEST, LOW = "2026-02", "H38", "G09"
PLACE = f"{API}/periods/{MONTH}/commendations"
# As tests/cases/months/lifted.yaml has it: 84.50 points, rounded to 85.
LIFTED = {
    "period_tasks": 1, "on_time_tasks": 1, "digitised_records": 1, "exchange_transactions": 1, "meetings_attended": 1,
    "meetings_summoned": 1, "bonus_points": 4, "progress": Fraction(5, 2), "registered_tasks": 1, "accepted_tasks": 1,
    "allocated_vnd": 1, "disbursed_vnd": 1, "kpis_required": 1, "kpis_updated": 1, "thematic_reports": 1, "satisfaction": 18,
    "digitisation": 7,
}  # fmt: skip


async def test_it_is_the_sheets_list_and_says_who_is_there_by_rounding(house: House, seeds: Seeds) -> None:
    codes = [line["code"] for line in await house.facts("SELECT DISTINCT code FROM registry.agency ORDER BY code")]
    nothing = dict.fromkeys(scheme_for(Period.parse(MONTH)).measures, 0)
    lifted = {**nothing, **LIFTED}
    figures = {**dict.fromkeys(codes, lifted), BEST: {**lifted, "bonus_points": 5}, LOW: nothing}
    made = await seeds.publish(MONTH, version=1, figures=figures)
    sheet = json.loads(made.json)
    found = (await house.get(PLACE, "reader")).json()

    assert [each["agency"] for each in found["items"]] == sheet["commended"]
    assert {each["agency"] for each in found["items"] if each["by_rounding"]} == set(sheet["commended_by_rounding"])
    assert (found["publication"], found["version"], found["bodies"]) == (made.publication_id, 1, len(codes) - 1)
    assert found["by_rounding"] == len(codes) - 2
    by_body = {each["agency"]: each for each in found["items"]}
    assert (by_body[HOME]["total"], by_body[HOME]["shown_total"], by_body[HOME]["grade"]) == (85, "84.50", "A")
    assert by_body[HOME]["rounded"]["vi"].startswith("Tổng điểm 84,50 được làm tròn thành 85 nên xếp loại A")
    assert (by_body[BEST]["by_rounding"], by_body[BEST]["rounded"]) == (False, None)
    assert LOW not in by_body
    assert found["clause"]["text"].startswith("Đối với cơ quan được Loại A, kiến nghị Thủ tướng Chính phủ xem xét tuyên dương")
    assert found["reading"]["id"] == "G-22"

    table = (await house.get(f"{PLACE}?format=csv", "publisher")).content.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(table), delimiter=";")
    assert head[:4] == ["STT", "Cơ quan", "Người đứng đầu", "Tổng điểm"]
    assert [line[7] for line in lines].count("có") == len(codes) - 2
    assert {line[4] for line in lines} == {"84,50", "85,50"}

    async with browser(house, house.keys["publisher"]) as client:
        listed = (await client.get(f"/e-form/periods/{MONTH}/commendations")).text
        assert listed.count("loại A do làm tròn") == len(codes) - 2
        letter = (await client.get(f"/e-form/periods/{MONTH}/commendations/letter?version=1")).text
        for words in ("DỰ THẢO", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TỜ TRÌNH", made.publication_id, "Số: ……/TTr-……"):
            assert words in letter
        assert letter.count("(loại A do làm tròn)") == len(codes) - 2
        assert "chưa phải văn bản được ký ban hành" in letter
        saved = await client.get(f"/e-form/periods/{MONTH}/commendations.csv")
        assert saved.content.decode("utf-8-sig") == table


async def test_a_month_that_is_not_published_has_none(house: House, seeds: Seeds) -> None:
    answer = await house.get(f"{API}/periods/2026-03/commendations", "reader")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "not-yet-published")
