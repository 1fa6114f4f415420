"""The document for the meeting comes with its publication and is sent as it was stored (XPT-03, XPT-06)."""

from __future__ import annotations

import json

import pytest

from services.scoring.exports.meeting_contents import Around
from services.scoring.exports.meeting_pdf import meeting_pdf
from shared.canonical import sha256_hex
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import scheme_for
from shared.period import Period
from shared.public_pages.rendering import PDF
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Published, Seeds
from tests.unit.scoring.pdf_files import attached, root_file

FEBRUARY = f"{API}/periods/2026-02/scores"


@pytest.fixture(scope="module")
async def months(seeds: Seeds) -> tuple[Published, Published, Published]:
    """January, January corrected, and February with its document."""
    january = await seeds.publish("2026-01", version=1), await seeds.publish("2026-01", version=2)
    return *january, await seeds.publish("2026-02", version=1, meeting=True)


async def test_it_is_sent_with_its_digest(house: House, months: tuple[Published, ...]) -> None:
    named, accepted = await house.get(f"{FEBRUARY}?format=pdf"), await house.get(FEBRUARY, accept=PDF)
    assert named.content == accepted.content == (await house.get(f"{FEBRUARY}?version=1&format=pdf")).content
    assert named.headers["content-type"] == PDF
    assert named.headers["content-disposition"] == 'attachment; filename="bang-diem-2026-02-v1.pdf"'
    assert named.headers["etag"] == f'"{sha256_hex(named.content)}"'
    assert (await house.get(f"{FEBRUARY}?format=pdf", **{"if-none-match": named.headers["etag"]})).status_code == 304
    assert attached(named.content) == months[-1].json


async def test_the_months_page_leads_to_it(house: House, months: tuple[Published, ...]) -> None:
    assert f"{FEBRUARY}?version=1&amp;format=pdf" in (await house.get("/periods/2026-02", accept="text/html")).text


async def test_it_is_compared_with_what_stands_of_the_month_before(house: House, months: tuple[Published, ...]) -> None:
    *january, february = (json.loads(each.json) for each in months)
    found, scheme = restored(february), scheme_for(Period.parse("2026-02"))
    sent = (await house.get(f"{FEBRUARY}?format=pdf")).content
    said, root = sentences_of(found.sheet, found.names), root_file(sent)["root"]
    wrong, corrected = (meeting_pdf(february, scheme, said, Around(before=each, root=root)) for each in january)
    assert sent == corrected
    assert sent != wrong
