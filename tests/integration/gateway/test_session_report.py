"""The report to print for the Government's session: of published figures alone, compared with the published month before."""

from __future__ import annotations

import json
from fractions import Fraction

from services.gateway.pages.oversight.session_report import gaps
from shared.writing import signed
from tests.integration.gateway.conftest import HOME, House
from tests.integration.gateway.seeds import Seeds
from tests.integration.gateway.test_eform import browser

PLACE = "/e-form/periods/2026-02/session-report"
OTHER = "H38"


async def test_movers_and_gaps_are_those_of_the_sheets(house: House, seeds: Seeds) -> None:
    async with browser(house, house.keys["reader"]) as client:
        assert (await client.get(PLACE)).status_code == 404
        now = await seeds.publish("2026-02", version=1, figures={HOME: {"bonus_points": 5}, OTHER: {"transparency": None}})
        assert "Kỳ trước liền kề chưa công bố nên chưa so sánh được." in (await client.get(PLACE)).text
        before = await seeds.publish("2026-01", version=1, figures={HOME: {"bonus_points": 0}})
        text = (await client.get(PLACE)).text
    sheets = [{each["agency"]: each for each in json.loads(made.json)["agencies"]} for made in (before, now)]
    changes = {code: Fraction(sheets[1][code]["total_exact"]) - Fraction(sheets[0][code]["total_exact"]) for code in sheets[1]}
    risen = sorted((code for code in changes if changes[code] > 0), key=lambda code: (-changes[code], code))[:5]
    fallen = sorted((code for code in changes if changes[code] < 0), key=lambda code: (changes[code], code))[:5]
    assert risen or fallen
    rose, fell = text.index("Tăng nhiều nhất"), text.index("Giảm nhiều nhất")
    end = text.index("III. ")
    for code in risen:
        assert f"{sheets[1][code]['name_vi']}: " in text[rose:fell]
        assert f"({signed(str(changes[code]))})" in text[rose:fell]
    for code in fallen:
        assert f"{sheets[1][code]['name_vi']}: " in text[fell:end]
    lacking = dict(gaps(list(sheets[1].values())))
    assert "B1" in lacking[OTHER]
    assert f"{sheets[1][OTHER]['name_vi']}: {', '.join(lacking[OTHER])}" in text
    assert json.loads(now.json)["publication"] in text


async def test_it_is_for_national_readers(house: House, seeds: Seeds) -> None:
    async with browser(house, house.keys["agency_drafter"]) as client:
        assert (await client.get(PLACE)).status_code == 403
