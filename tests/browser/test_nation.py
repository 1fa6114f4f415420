"""The national board (DSH-03): two published months, one of them corrected, and a run that nobody has published."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from tests.browser.person import Person
from tests.browser.serving import Served
from tests.integration.gateway.seeds import Seeds


async def publish(seeds: Seeds) -> None:
    await seeds.publish("2026-01", version=1)
    await seeds.publish("2026-02", version=1)
    await seeds.keep_readings(await seeds.publish("2026-02", version=2))
    await seeds.run("2026-03")


def test_a_reader_sees_the_nation_over_the_months_and_what_stands_behind(person: Person, served: Served) -> None:
    served.clock.now = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
    asyncio.run_coroutine_threadsafe(publish(Seeds(served.database.app_url)), served.loop).result(300)
    person.signs_in(served.key("Người đọc", "reader"))
    person.reads("Cả nước, tháng 02/2026")
    for summary in person.page.locator("summary").all():
        summary.click()
    for words in (
        "đã điều chỉnh, phiên bản 2",
        "Tất cả cơ quan, trung bình",
        "Tỉnh, thành phố, trung bình",
        "Cơ quan chưa nộp, còn thời hạn: 56",
        "Lần chấm điểm chưa công bố",
        "phiên bản đầu; sát ngưỡng",
        "Tháng 01/2026, phiên bản 1 → tháng 02/2026, phiên bản 2",
        "Tháng 02/2026, phiên bản 1 → tháng 02/2026, phiên bản 2",
        "Sát ngưỡng xếp loại",
        "Cách hiểu có ảnh hưởng nhất",
    ):
        person.reads(words)
    hollow, full = (person.page.locator(f"svg.trend >> nth=0 >> circle.{mark}").count() for mark in ("hollow", "full"))
    assert (hollow, full) == (1, 1)
    person.looks("board-nation")
    person.switches("English")
    person.reads("The nation, 02/2026")
    person.looks("board-nation-english")
    person.switches("Tiếng Việt")
    person.follows("Lập phương án, chấm điểm, công bố")
    assert person.address == "/e-form/periods/2026-03/publishing"
