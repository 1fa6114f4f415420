"""Sections that units send: who may, what is found, when it is late, and what stands beside the sources' figures (APR-02)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from services.gateway.access import tenancy
from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.report import Report, ReportedDatabase
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK
from services.gateway.reports.formats.writing import write
from shared.audit import Actor, record
from shared.law.scheme import scheme_for
from shared.period import Period
from tests.integration.second_engine.rows import Month
from tests.integration.units.conftest import Founding
from tests.integration.units.province import (
    DAY_THREE,
    DAY_TWO,
    FIXTURE,
    PERIOD,
    REASON,
    Province,
    section_of,
    unit_of,
)

MICROSECOND = timedelta(microseconds=1)
INDICATORS = [each["indicator"] for each in FIXTURE["sections"]]


def faults(problem: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["detail"]) for each in problem["errors"]]


async def test_a_unit_sends_what_it_answers_for_and_nothing_else(founded: Founding) -> None:
    province = await founded("H38")
    sections = f"{province.month}/sections"
    for who in {each["unit"] for each in FIXTURE["units"]}:
        for code in INDICATORS:
            if unit_of(code) == who:
                assert (await province.send(section_of(code)))["unit"]["unit"] == who
                continue
            status, slug, problem = await province.refused(sections, who, section_of(code))
            assert (status, slug, problem["context"]["responsible"]) == (
                403,
                "indicator-of-another-unit",
                unit_of(code),
            )
            assert problem["context"]["contact"] in problem["hint"]
            answer = await province.ask("GET", f"{sections}/{code}", who)
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "indicator-of-another-unit")
    for who in ("drafter", "approver", "signer", "admin one"):
        assert (await province.refused(sections, who, section_of("C1")))[:2] == (403, "not-allowed")
        assert set(await province.board(who)) == set(INDICATORS)
    assert set(await province.board("cong-an")) == {"C1"}
    assert set(await province.board("vp-ubnd")) == {"E1", "E2"}
    answer = await province.ask("GET", f"{province.month}/submissions", "cong-an")
    assert answer.status_code == 403, "a unit does not read the agency's report"


async def test_one_instant_makes_a_section_late_and_it_is_kept(founded: Founding) -> None:
    province = await founded("H26")
    province.clock["at"] = DAY_THREE - MICROSECOND
    assert (await province.send(section_of("D2")))["late"] is False
    province.clock["at"] = DAY_THREE
    sent = await province.send(section_of("D2"))
    assert (sent["late"], sent["version"], sent["deadline"]) == (True, 2, DAY_THREE.isoformat())
    line = (await province.board())["D2"]
    assert (line["state"], line["late"], line["version"]) == ("late", True, 2)
    whole = await province.get(f"{province.month}/sections/D2", "so-tai-chinh")
    assert [(each["version"], each["state"]) for each in whole["versions"]] == [(1, "sent"), (2, "late")]
    first = await province.get(f"{province.month}/sections/D2/versions/1", "so-tai-chinh")
    assert first["content"]["figures"] == section_of("D2")["figures"]
    answer = await province.ask("GET", f"{province.month}/sections/D2/versions/3", "drafter")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "section-not-sent")


async def test_findings_lead_into_the_section_and_lose_nothing(founded: Founding) -> None:
    province = await founded("H42")
    rows = [
        {"task_code": "NV-1", "title": "Minh họa", "registered_on": "12.01.2026", "accepted_on": None, "client_ref": "dòng 7"},
        {"task_code": "NV-1", "title": "Minh họa", "registered_on": "2026-01-12", "accepted_on": "2026-02-20", "lạ": 1},
    ]
    body = {"indicator": "D1", "rows": rows, "narratives": [{"visibility": "public", "text": " "}]}
    tried = await province.ask("POST", f"{province.month}/sections?dry_run=true", "so-khcn", body)
    assert (tried.status_code, tried.json()["version"]) == (200, None)
    nothing = await province.ask("GET", f"{province.month}/sections/D1", "so-khcn")
    assert nothing.status_code == 404, "a dry run stores nothing"
    sent = await province.send(body)
    assert (sent["findings"], sent["digest"]) == (tried.json()["findings"], tried.json()["digest"])
    places = {(each["rule"], each["pointer"]) for each in sent["findings"]}
    assert ("cell-type", "/rows/0/registered_on") in places
    assert ("row-repeated", "/rows/1/task_code") in places
    assert ("cell-unknown", "/rows/1/lạ") in places
    assert ("cell-required", "/narratives/0/text") in places
    assert all(each["pointer"].startswith(("/rows/", "/narratives/")) for each in sent["findings"])
    (wrong,) = [each for each in sent["findings"] if each["pointer"] == "/rows/0/registered_on"]
    assert (wrong["client_ref"], wrong["severity"]) == ("dòng 7", "fatal")
    assert wrong["hint_vi"]
    assert sent["summary"]["fatal"] == len([each for each in sent["findings"] if each["severity"] == "fatal"])
    kept = await province.get(f"{province.month}/sections/D1", "drafter")
    assert (kept["content"]["rows"], kept["findings"]) == (rows, sent["findings"])
    assert (await province.board())["D1"]["summary"] == sent["summary"]


@pytest.mark.parametrize(
    ("indicator", "words", "places"),
    [
        ("A3", {"figures": {"period_tasks": "mười"}}, ["/figures/period_tasks"]),
        ("A3", {"figures": {"period_tasks": "1.5"}}, ["/figures/period_tasks"]),
        ("A3", {"figures": {"period_tasks": "-1"}}, ["/figures/period_tasks"]),
        ("A3", {"figures": {}}, ["/figures/period_tasks"]),
        ("A3", {"figures": {"period_tasks": 1, "speeches": 1}}, ["/figures/speeches"]),
        ("A3", {}, ["/figures"]),
        ("A3", {"figures": {"period_tasks": 1}, "rows": []}, ["/rows"]),
        ("B1", {"figures": {"transparency": "18.01"}}, ["/figures/transparency"]),
        ("D1", {"figures": {}}, ["/figures", "/rows"]),
        ("D1", {}, ["/rows"]),
    ],
)
async def test_figures_that_are_none_are_refused_by_their_place(
    opened: Province, founded: Founding, indicator: str, words: dict[str, Any], places: list[str]
) -> None:
    province = await _kept(founded)
    del opened
    body = {"indicator": indicator, **words}
    status, slug, problem = await province.refused(f"{province.month}/sections", unit_of(indicator), body)
    assert (status, slug, [place for place, _ in faults(problem)]) == (422, "input-invalid", places)


_FOUND: dict[str, Province] = {}


async def _kept(founded: Founding) -> Province:
    if not _FOUND:
        _FOUND["H56"] = await founded("H56")
    return _FOUND["H56"]


async def test_numbers_with_a_fraction_and_marks_of_secrets_never_come_in(founded: Founding) -> None:
    province = await founded("H01")
    sections = f"{province.month}/sections"
    body = {"indicator": "C1", "rows": [{"database": "a", "database_name": "b", "new_records": 1.5}]}
    assert (await province.refused(sections, "cong-an", body))[:2] == (422, "input-invalid")
    row = {"database": "a", "database_name": "TỐI MẬT", "new_records": 1}
    narrative = {"visibility": "private", "text": "TUYỆT MẬT"}
    for who, body, place in (
        ("cong-an", {"indicator": "C1", "rows": [{**row, "database_name": "b"}, row]}, "/rows/1/database_name"),
        ("cong-an", {"indicator": "C1", "rows": [], "narratives": [narrative]}, "/narratives/0/text"),
        ("tt-cntt", {"indicator": "C2", "figures": {"exchange_transactions": 1}, "note": "TỐI MẬT"}, "/note"),
    ):
        status, slug, problem = await province.refused(sections, who, body)
        assert (status, slug, [each for each, _ in faults(problem)]) == (422, "classified-content", [place]), problem
    board = await province.board()
    assert {board[code]["state"] for code in ("C1", "C2")} == {"missing"}


async def test_an_unknown_figure_is_missing_and_never_zero_and_the_gap_is_exact(founded: Founding, app_url: str) -> None:
    province = await founded("H24")
    await _freeze(app_url, province.agency)
    for code in ("B1", "B2", "B5", "C2", "D2"):
        await province.send(section_of(code))
    board = await province.board()

    def figure(code: str, name: str) -> dict[str, Any]:
        (found,) = [dict(each) for each in board[code]["figures"] if each["measure"] == name]
        return found

    same = figure("B1", "transparency")
    assert (same["said"], same["official"], same["gap"], same["official_missing"]) == ("8.00", "8.5", "-0.50", None)
    assert same["snapshot_version"] == 1
    assert figure("B2", "progress")["official_missing"] == "not_given", "frozen, and the source left it out"
    assert (figure("B2", "progress")["official"], figure("B2", "progress")["gap"]) == (None, None)
    unknown = figure("B5", "digitisation")
    assert (unknown["said"], unknown["official"], unknown["gap"]) == (None, "9.06", None)
    assert figure("C2", "exchange_transactions")["gap"] == f"-{10**18 - 3_000_000}"
    money = figure("D2", "disbursed_vnd")
    assert (money["said"], money["official"], money["official_missing"]) == ("180000000000", None, "not_frozen")
    assert money["snapshot_id"] is None
    assert (figure("E1", "meetings_summoned")["said"], board["E1"]["state"]) == (None, "missing")
    scheme = scheme_for(Period.parse(PERIOD))
    assert figure("B1", "transparency")["label_vi"] == scheme.measures["transparency"].label.vi
    assert board["C1"]["figures"] == [] == board["D1"]["figures"]


async def _freeze(app_url: str, agency: str) -> None:
    """Portal and NDXP of the month, with one figure not given; finance is not frozen."""
    engine = create_async_engine(make_url(app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        month = Month(connection)
        score = {"agency_code": agency, "ckmb": "8.5", "tdgq": None, "clgq": "1", "tttt": "2", "mdhl": "3", "mdsh": "9.06"}
        await month.freeze("public_service_portal", service_score=[score])
        volume = {"agency_code": agency, "source_system": "NDXP", "transactions": 10**18}
        await month.freeze("ndxp", exchange_volume=[volume])
    await engine.dispose()


async def test_the_lead_unit_returns_the_last_version_with_a_reason(founded: Founding) -> None:
    province = await founded("H55")
    returns = f"{province.month}/sections/E1/returns"
    asked = {"version": 1, **REASON}
    assert (await province.refused(returns, "drafter", asked))[:2] == (404, "section-not-sent")
    assert await allowed(province, "drafter", "E1") == (["assemble"], [])
    await province.send(section_of("E1"))
    assert await allowed(province, "drafter", "E1") == (["assemble"], ["return"])
    assert await allowed(province, "vp-ubnd", "E1") == ([], ["send"])
    assert await allowed(province, "approver", "E1") == ([], [])
    for who in ("vp-ubnd", "so-khcn", "approver"):
        assert (await province.refused(returns, who, asked))[:2] == (403, "not-allowed")
    await province.employ("another drafter", "agency_drafter")
    assert await allowed(province, "another drafter", "E1") == ([], [])
    status, slug, problem = await province.refused(returns, "another drafter", asked)
    assert (status, slug, problem["context"]["lead"]) == (403, "not-lead-unit", "so-khcn")
    returned = await province.post(returns, "drafter", {"version": 1, "reason": "Thiếu một cuộc họp (minh họa)"})
    assert (returned["state"], returned["returned_reason"]) == ("returned", "Thiếu một cuộc họp (minh họa)")
    assert (await province.refused(returns, "drafter", asked))[:2] == (409, "section-returned-already")
    assert await allowed(province, "drafter", "E1") == (["assemble"], [])
    line = (await province.board("vp-ubnd"))["E1"]
    assert (line["state"], line["returned_reason"]) == ("returned", "Thiếu một cuộc họp (minh họa)")
    await province.send(section_of("E1"))
    assert (await province.refused(returns, "drafter", asked))[:2] == (409, "section-overtaken")
    assert (await province.board())["E1"]["state"] == "sent"


async def allowed(province: Province, who: str, indicator: str) -> tuple[list[str], list[str]]:
    """Of the month, and of the indicator's line."""
    board = await province.get(f"{province.month}/sections", who)
    line = next(each for each in board["items"] if each["indicator"] == indicator)
    return board["allowed_actions"], line["allowed_actions"]


async def test_the_same_request_sent_twice_makes_one_version(founded: Founding) -> None:
    province = await founded("H37")
    answers = [
        await province.ask("POST", f"{province.month}/sections", "cong-an", section_of("C1"), **{"idempotency-key": "k-1"})
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_sections_sent_at_once_are_versions_one_after_the_other(founded: Founding) -> None:
    province = await founded("H52")
    sent = await asyncio.gather(*(province.send(section_of("C1")) for _ in range(5)))
    assert sorted(each["version"] for each in sent) == [1, 2, 3, 4, 5]
    whole = await province.get(f"{province.month}/sections/C1", "cong-an")
    assert [each["version"] for each in whole["versions"]] == [1, 2, 3, 4, 5]


async def test_the_database_holds_a_section_to_the_plan(founded: Founding) -> None:
    """The database's guard by itself: a unit that does not answer, and a version out of turn."""
    province = await founded("H49")
    (plan,) = (await province.get(f"{province.path}/unit-plans", "drafter"))["items"]
    for words in ({"unit": "so-khcn"}, {"version": 2}):
        with pytest.raises(DBAPIError, match=r"does not answer|out of turn"):
            await _send_by_hand(province, plan["plan_id"], words)


async def _send_by_hand(province: Province, plan_id: str, words: dict[str, Any]) -> None:
    actor = Actor(f"key:{province.keys['cong-an'][0]}", frozenset({"agency_unit"}), province.agency)
    values = {"unit": "cong-an", "version": 1, **words, "agency": province.agency, "plan": plan_id, "at": DAY_TWO}
    statement = text("""
        INSERT INTO intake.unit_section (section_id, agency, period, indicator, version, unit, plan_id, kind, content, digest,
                                         summary, findings, sent_at, deadline, late, actor)
        VALUES ('sec_by_hand', :agency, '2026-01', 'C1', :version, :unit, :plan, 'scored', '{}', 'sha256:' || repeat('0', 64),
                '{}', '[]', :at, :at, true, 'key:x')""")
    async with tenancy.transaction(province.runtime.database, actor) as connection:
        await record(connection, actor.id, "unit_section.send", "sec_by_hand")
        await connection.execute(statement, values)


async def test_a_figure_that_contradicts_the_source_is_found_with_both_and_the_snapshot(
    founded: Founding, app_url: str
) -> None:
    """When it is sent, and on the board also where the source was frozen after that (DQ-03; rules from 2026-02 on)."""
    province = await founded("H19")
    province.clock["at"] = DAY_TWO + timedelta(days=28)
    month = f"{province.path}/periods/2026-02"

    async def send(indicator: str, **figures: Any) -> list[dict[str, Any]]:
        body = {"indicator": indicator, "figures": figures}
        found: list[dict[str, Any]] = (await province.post(f"{month}/sections", unit_of(indicator), body))["findings"]
        return found

    async def on_the_board(indicator: str) -> dict[str, Any]:
        lines = (await province.get(f"{month}/sections", "drafter"))["items"]
        return {each["measure"]: each for line in lines if line["indicator"] == indicator for each in line["figures"]}

    assert await send("C2", exchange_transactions=1_051) == [], "nothing is frozen yet, and nothing is no zero"
    engine = create_async_engine(make_url(app_url).set(drivername="postgresql+psycopg"), poolclass=pool.NullPool)
    async with engine.begin() as connection:
        frozen = Month(connection)
        score = {"agency_code": "H19", "ckmb": "8.5", "tdgq": None, "clgq": "1", "tttt": "2", "mdhl": "3", "mdsh": "9.06"}
        await frozen.freeze("public_service_portal", period="2026-02", service_score=[score])
        volume = {"agency_code": "H19", "source_system": "NDXP", "transactions": 1_000}
        await frozen.freeze("ndxp", period="2026-02", exchange_volume=[volume])
    await engine.dispose()
    late = (await on_the_board("C2"))["exchange_transactions"]
    assert (late["said"], late["official"], late["gap"]) == ("1051", "1000", "51")
    assert (late["finding"]["rule"], late["finding"]["seen"], late["finding"]["expected"]) == (
        "official-volume-gap", "1051", "1000",
    )  # fmt: skip
    assert late["snapshot_id"] in late["finding"]["message_vi"]
    assert await send("C2", exchange_transactions=1_050) == [], "five per cent are within the tolerance"
    assert (await on_the_board("C2"))["exchange_transactions"]["finding"] is None
    (found,) = await send("B1", transparency="8.00")
    assert (found["rule"], found["severity"], found["pointer"]) == ("official-score-gap", "notice", "/figures/transparency")
    shown = (await on_the_board("B1"))["transparency"]
    assert shown["finding"] == found
    for words in (found["message_vi"], found["message_en"]):
        assert all(each in words for each in ("8.00", "8.5", "-0.50", "public_service_portal", shown["snapshot_id"]))
    assert await send("B2", progress="18") == [], "the source is frozen and gave no figure"
    kept = await province.get(f"{month}/sections/B1", "drafter")
    assert (kept["findings"], kept["summary"]["notice"]) == ([found], 1)
    transport = province.client._transport  # the same gateway, with cookies of its own
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as page:
        assert (await page.post("/e-form/login", data={"credential": province.keys["drafter"][1]})).status_code == 303
        for place in ("", "/B1", "/B1/versions/1"):
            shown_at = await page.get(f"/e-form/agencies/H19/periods/2026-02/sections{place}")
            assert found["message_vi"] in unescape(shown_at.text), shown_at.text


async def test_a_file_of_every_format_is_read_as_the_sections_rows_and_nothing_is_kept(founded: Founding) -> None:
    province = await founded("H50")
    form, who = form_for(Period.parse(PERIOD)), unit_of("C1")
    rows = [
        {name: each.get(name) for name in ("database", "database_name", "new_records")} for each in section_of("C1")["rows"]
    ]
    given = Report(form.id, province.agency, PERIOD, "", (), tuple(ReportedDatabase(**each) for each in rows), ())
    path = f"{province.month}/sections/C1/files"
    for media_type in (NDJSON, CSV, WORKBOOK):
        file = write(given, media_type=media_type, form=form, stated=("reported_databases",))
        found = await read(province, path, who, file, media_type)
        # A CSV file has text only; digits mean the count wherever they are checked.
        cells = [{**{name: each[name] for name in rows[0]}, "new_records": int(each["new_records"])} for each in found["rows"]]
        assert (cells, found["section"], found["strays"]) == (rows, "reported_databases", [])
    strange = json.dumps([{**rows[0], "lạ": "x", "new_records": "mười"}]).encode()
    found = await read(province, path, who, strange, JSON)
    assert (found["rows"][0]["new_records"], [each["place"] for each in found["strays"]]) == (
        "mười",
        ["/reported_databases/0/lạ"],
    )
    assert (await province.board())["C1"]["state"] == "missing"

    for indicator, asker, content, refused in (
        ("C1", who, b"{", "report-unreadable"),
        ("D1", unit_of("D1"), write(given, media_type=WORKBOOK, form=form), "report-unreadable"),
        ("C1", unit_of("D1"), b"[]", "indicator-of-another-unit"),
        ("C1", who, json.dumps([{**rows[0], "database_name": "TỐI MẬT"}]).encode(), "classified-content"),
        ("A1", unit_of("A1"), b"[]", "input-invalid"),
    ):
        at = f"{province.month}/sections/{indicator}/files"
        kind = WORKBOOK if content.startswith(b"PK") else JSON
        answer = await province.client.post(at, headers=sent_by(province, asker, kind), content=content)
        assert answer.json()["type"].rpartition("/")[2] == refused, answer.text


async def read(province: Province, path: str, who: str, content: bytes, media_type: str) -> dict[str, Any]:
    answer = await province.client.post(path, headers=sent_by(province, who, media_type), content=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def sent_by(province: Province, who: str, media_type: str) -> dict[str, str]:
    return {"authorization": f"Bearer {province.keys[who][1]}", "content-type": media_type}


async def test_a_section_begins_with_what_was_said_last_and_is_nobodys_word_until_sent(founded: Founding) -> None:
    province = await founded("H44")
    whole = section_of("D1")
    unit, february = unit_of("D1"), f"{province.path}/periods/2026-02/sections"
    known = f"{february}/D1/prefill"
    assert (await province.get(known, unit))["items"] == [], "nothing was said before"
    sent = await province.send(whole)
    await province.send({**whole, "rows": whole["rows"][:1]})
    (first,) = (await province.get(known, unit))["items"]
    assert (first["source"], first["period"]) == ("unit_section", "2026-01")
    assert first["origin"] != sent["section_id"], "the last version of the month"
    assert first["row"]["task_code"] == whole["rows"][0]["task_code"]
    await province.post(f"{province.month}/sections/D1/returns", "drafter", {"version": 2, **REASON})
    assert len((await province.get(known, unit))["items"]) == len(whole["rows"]), "what was returned does not stand"
    board = {each["indicator"]: each["state"] for each in (await province.get(february, unit))["items"]}
    assert board["D1"] == "missing"
    await province.send(section_of("C1"))
    databases = (await province.get(f"{february}/C1/prefill", unit_of("C1")))["items"]
    assert all("new_records" not in each["row"] for each in databases)
    assert [each["row"]["database"] for each in databases] == [each["database"] for each in section_of("C1")["rows"]]
    assert (await province.get(f"{february}/A1/prefill", unit_of("A1")))["items"] == []
    assert (await province.get(f"{february}/D2/prefill", unit_of("D2")))["figures"] == []
    money = await province.send(section_of("D2"))
    (figure,) = (await province.get(f"{february}/D2/prefill", unit_of("D2")))["figures"]
    said = section_of("D2")["figures"]["allocated_vnd"]
    assert figure == {"measure": "allocated_vnd", "value": str(said), "period": "2026-01", "origin": money["section_id"]}
    other = unit_of("C1")
    assert (await province.ask("GET", known, other)).json()["type"].endswith("/indicator-of-another-unit")
    assert await province.get(known, "drafter") == await province.get(known, unit), "who sees the report sees the section"
