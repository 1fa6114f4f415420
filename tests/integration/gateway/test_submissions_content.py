"""Content of a draft: nothing is lost, nobody writes over another, and what must not be kept is not (INT-02, 04, 06, 07)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import CSV, JSON, NDJSON, WORKBOOK
from services.gateway.reports.formats.reading import read
from services.gateway.reports.formats.writing import write
from services.gateway.reports.submissions.stored import unpacked
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.reports import Body, accepted_task, report, task

PERIOD = "2026-02"
ZSTANDARD = bytes.fromhex("28b52ffd")


def in_format(content: dict[str, Any], media_type: str) -> bytes:
    """The same report as a file of another format."""
    form = form_for(PERIOD)
    understood, faults = understand(read(json.dumps(content).encode(), media_type=JSON), form)
    assert understood is not None, faults
    return write(understood, media_type=media_type, form=form)


async def rows_everywhere(house: House) -> dict[str, int]:
    tables = await house.facts(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables "
        "WHERE schemaname IN ('intake', 'control', 'audit', 'queue')"
    )
    return {line["name"]: (await house.facts(f"SELECT count(*) AS count FROM {line['name']}"))[0]["count"] for line in tables}


async def every_body(house: House) -> list[bytes]:
    """What lies in any column of bytes, unpacked where it is packed."""
    columns = await house.facts(
        "SELECT table_schema || '.' || table_name AS place, column_name AS name FROM information_schema.columns "
        "WHERE data_type = 'bytea' AND table_schema IN ('intake', 'control', 'audit', 'queue', 'ingest', 'scoring')"
    )
    assert {"place": "intake.revision", "name": "body"} in columns
    found = []
    for column in columns:
        lines = await house.facts(f"SELECT {column['name']} AS data FROM {column['place']} WHERE {column['name']} IS NOT NULL")
        found += [bytes(line["data"]) for line in lines]
    return [unpacked(data) if data.startswith(ZSTANDARD) else data for data in found]


async def test_a_change_names_the_revision_it_changes(house: House) -> None:
    body = Body(house, "G01", PERIOD)
    place = f"/{await body.begin()}"
    first = await body.put(place, report("G01", PERIOD), match='"sha256:00"')
    assert first.status_code == 412, first.text
    first = await body.put(place, report("G01", PERIOD))
    assert first.status_code == 200, first.text
    tag = first.headers["etag"]
    assert first.json()["etag"] == tag
    read_back = await body.get(f"{place}/content")
    assert read_back.headers["etag"] == tag
    assert (await body.get(f"{place}/content", **{"if-none-match": tag})).status_code == 304
    missing = await body.put(place, report("G01", PERIOD))
    assert (missing.status_code, missing.json()["type"].rpartition("/")[2]) == (428, "precondition-missing")
    assert (await body.put(place, report("G01", PERIOD), match="*")).status_code == 428
    assert (await body.put(place, report("G01", PERIOD), match=f"W/{tag}")).status_code == 412
    second = await body.put(place, report("G01", PERIOD, tasks=[task(1)]), match=tag)
    assert (second.status_code, second.json()["revision"]) == (200, 2)
    stale = await body.put(place, report("G01", PERIOD, tasks=[]), match=tag)
    assert (stale.status_code, stale.json()["type"].rpartition("/")[2]) == (412, "content-changed")
    assert [row["task_code"] for row in (await body.get(f"{place}/content")).json()["registered_tasks"]] == ["NV-0001"]


@pytest.mark.parametrize("begun", ["empty", "with content"])
async def test_of_two_editors_at_once_one_is_told(house: House, begun: str) -> None:
    body = Body(house, "G02" if begun == "empty" else "G03", PERIOD)
    place = f"/{await body.begin()}"
    tag = None if begun == "empty" else (await body.sent(1, report(body.agency, PERIOD)))["etag"]
    contents = [report(body.agency, PERIOD, tasks=[task(number)]) for number in range(8)]
    answers = await asyncio.gather(*(body.put(place, content, match=tag) for content in contents))
    assert sorted(answer.status_code for answer in answers) == [200] + [428 if begun == "empty" else 412] * 7
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    kept = (await body.get(f"{place}/content")).json()
    assert [row["task_code"] for row in kept["registered_tasks"]] == [contents[won]["registered_tasks"][0]["task_code"]]


async def test_what_was_read_of_an_empty_draft_is_named_while_it_is_empty(house: House) -> None:
    body, other = Body(house, "H12", PERIOD), Body(house, "H17", PERIOD)
    place, content = f"/{await body.begin()}", report("H12", PERIOD)
    read_as = [(await body.get(f"{place}/content", accept=each)).headers["etag"] for each in (JSON, CSV)]
    assert len(set(read_as)) == 2
    strange = (await other.get(f"/{await other.begin()}/content")).headers["etag"]
    assert (await body.put(place, content, match=strange)).status_code == 412
    for tag in read_as:
        assert (await body.put(place, content, match=tag, query="?dry_run=true")).status_code == 200
    await body.sent(1, content, match=read_as[0])
    assert (await body.put(place, content, match=read_as[0])).status_code == 412


async def test_a_rule_that_nothing_was_checked_by_is_refused_and_not_answered_with_nothing(house: House) -> None:
    body = Body(house, "H38", PERIOD)
    place = f"/{await body.begin()}"
    await body.sent(1, report("H38", PERIOD))
    for suffix in ("", "&format=csv"):
        refused = await body.get(f"{place}/findings?rule=foo{suffix}", **{"accept-language": "vi"})
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (422, "input-invalid")
        assert refused.json()["errors"][0]["seen"] == "foo"
        assert f"/api/v1/report-rules?period={PERIOD}" in refused.json()["hint"]
    rules = (await house.get(f"/api/v1/report-rules?period={PERIOD}")).json()["rules"]
    known = await body.get(f"{place}/findings?rule={rules[0]['id']}")
    assert (known.status_code, known.json()["items"]) == (200, [])


async def test_a_dry_run_finds_the_same_and_stores_nothing(house: House) -> None:
    body = Body(house, "G06", PERIOD)
    place = f"/{await body.begin()}"
    content = report("G06", PERIOD, tasks=[task(1), task(1), task(2, registered_on="31/02/2026")])
    before = await rows_everywhere(house)
    rehearsed = await body.put(place, content, query="?dry_run=true")
    assert rehearsed.status_code == 200, rehearsed.text
    assert await rows_everywhere(house) == before
    real = await body.put(place, content)
    found = {name: real.json()[name] for name in ("summary", "findings", "digest", "file_digest", "catalogue_digest")}
    assert {name: rehearsed.json()[name] for name in found} == found
    assert found["summary"]["fatal"] >= 2
    assert (rehearsed.json()["dry_run"], rehearsed.json()["revision"], "etag" in rehearsed.headers) == (True, None, False)
    before = await rows_everywhere(house)
    again = await body.ask("POST", f"{place}/validations?dry_run=true", "drafter", json={})
    assert (again.status_code, again.json()["summary"]) == (200, found["summary"])
    assert await rows_everywhere(house) == before
    checked = await body.post(f"{place}/validations", "approver")
    assert (checked.status_code, checked.json()["summary"]) == (201, found["summary"])
    at = checked.headers["location"].removeprefix(body.path)
    assert (await body.get(at)).json() == checked.json()


async def test_four_formats_give_one_digest(house: House) -> None:
    body = Body(house, "G09", PERIOD)
    place, tag = f"/{await body.begin()}", None
    content = report("G09", PERIOD, tasks=[accepted_task(1, "2026-02-03"), task(2)])
    digests, files = set(), set()
    for media_type in (JSON, NDJSON, CSV, WORKBOOK):
        sent = await body.put(place, in_format(content, media_type), match=tag, **{"content-type": media_type})
        assert sent.status_code == 200, sent.text
        tag = sent.headers["etag"]
        digests.add(sent.json()["digest"])
        files.add(sent.json()["file_digest"])
        written = await body.get(f"{place}/content", accept=media_type)
        assert written.headers["content-type"].startswith(media_type)
        back = await body.put(place, written.content, match=tag, query="?dry_run=true", **{"content-type": media_type})
        assert back.json()["digest"] == sent.json()["digest"]
    assert (len(digests), len(files)) == (1, 4)


async def test_a_section_is_replaced_and_the_others_keep_their_digests(house: House) -> None:
    body = Body(house, "G10", PERIOD)
    place = f"/{await body.begin()}"
    sent = await body.sent(1, report("G10", PERIOD))
    headers = {"content-type": JSON, "if-match": sent["etag"]}
    rows = json.dumps([task(7)]).encode()
    answer = await body.ask("PUT", f"{place}/content/registered_tasks", "drafter", headers=headers, content=rows)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    differing = {name for name, digest in changed["section_digests"].items() if digest != sent["section_digests"][name]}
    assert differing == {"registered_tasks"}
    assert changed["digest"] != sent["digest"]
    whole = await body.put(place, report("G10", PERIOD, tasks=[task(7)]), match=answer.headers["etag"], query="?dry_run=true")
    assert whole.json()["digest"] == changed["digest"]
    named = (await body.get(place)).json()["content"]
    assert (named["scope"], named["revision"], named["digest"]) == ("registered_tasks", 2, changed["digest"])
    headers["if-match"] = answer.headers["etag"]
    unknown = await body.ask("PUT", f"{place}/content/secrets", "drafter", headers=headers, content=rows)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("agency", "count"),
    [("G11", 1_000), pytest.param("H61", 25_000, marks=pytest.mark.slow("25,000 bad cells; a thousand are in every run"))],
)
async def test_every_one_of_25000_bad_cells_is_found_and_can_be_fetched(house: House, agency: str, count: int) -> None:
    body = Body(house, agency, PERIOD)
    place = f"/{await body.begin()}"
    tasks = [task(number, registered_on="sai", client_ref=f"dòng {number}") for number in range(count)]
    answer = await body.put(place, report(agency, PERIOD, tasks=tasks))
    if answer.status_code == 202:
        await finished(body, answer.headers["location"])
    else:
        assert answer.status_code == 200, answer.text
    complete = await body.get(f"{place}/findings", accept=NDJSON)
    lines = [json.loads(line) for line in complete.content.splitlines()]
    assert len(lines) == count
    assert {line["pointer"] for line in lines} == {f"/registered_tasks/{number}/registered_on" for number in range(count)}
    assert lines[0]["client_ref"] == "dòng 0"
    table = await body.get(f"{place}/findings?format=csv")
    assert len(table.text.splitlines()) == count + 1
    paged = (await body.get(f"{place}/findings?limit=500&rule={lines[0]['rule']}")).json()
    assert len(paged["items"]) == 500
    following = (await body.get(f"{place}/findings?limit=500&rule={lines[0]['rule']}&cursor={paged['next']}")).json()
    assert following["items"][0]["pointer"] == "/registered_tasks/500/registered_on"
    assert (await body.get(f"{place}/findings?format=pdf")).status_code == 406
    # The very place in the list, under a choice that the first page did not have, and in every format alike.
    further = (
        await body.get(f"{place}/findings?limit=500&severity=fatal&section=registered_tasks&cursor={paged['next']}")
    ).json()
    assert further["items"] == following["items"]
    assert (further["counts"]["open"], further["counts"]["sections"][0]["fatal"]) == (count, count)
    for choice in ("severity=notice", "section=narratives", "section=whole&open=true"):
        assert (await body.get(f"{place}/findings?{choice}")).json()["items"] == []
        assert (await body.get(f"{place}/findings?{choice}&format=ndjson")).content == b""
        assert len((await body.get(f"{place}/findings?{choice}&format=csv")).text.splitlines()) == 1
    assert (await body.get(f"{place}/findings?severity=grave")).status_code == 422


async def test_large_content_is_checked_by_a_job(house: House) -> None:
    body = Body(house, "G12", PERIOD)
    place = f"/{await body.begin()}"
    tasks = [task(number, title="Nhiệm vụ minh họa " + "x" * 500) for number in range(4_000)]
    answer = await body.put(place, report("G12", PERIOD, tasks=tasks))
    assert answer.status_code == 202, answer.text
    assert answer.headers["retry-after"] == "1"
    assert (answer.json()["summary"], answer.json()["revision"]) == (None, 1)
    assert answer.json()["digest"].startswith("sha256:")
    done = await finished(body, answer.headers["location"])
    assert done["revision"] == 1
    assert (await body.get(place)).json()["validation"]["validation_id"] == done["validation_id"]
    again = await body.post(f"{place}/validations", "drafter")
    assert again.status_code == 202
    assert (await finished(body, again.headers["location"]))["summary"] == done["summary"]
    assert (await body.get(f"{place}/validations/val_{'0' * 26}")).status_code == 404


async def finished(body: Body, location: str) -> dict[str, Any]:
    """The check, once its job has made it."""
    async with asyncio.timeout(60):
        while True:
            answer = await body.get(location.removeprefix(body.path))
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            if found["state"] == "done":
                return found
            assert found["state"] in ("waiting", "running"), found
            assert answer.headers["retry-after"] == "1"
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("media_type", [JSON, NDJSON, CSV, WORKBOOK])
async def test_classified_content_leaves_its_refusal_and_nothing_else(house: House, media_type: str) -> None:
    body = Body(house, "G15", PERIOD)
    place = f"/{await body.begin(test=True)}"
    mark = "ký hiệu 7731 rất riêng"
    content = report("G15", PERIOD, tasks=[task(1, title=f"TUYỆT MẬT - {mark}")])
    before = await rows_everywhere(house)
    answer = await body.put(place, in_format(content, media_type), **{"content-type": media_type})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/classified-content")
    assert mark not in answer.text
    after = await rows_everywhere(house)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "intake.refusal": 1, "audit.entry": 1}  # fmt: skip
    (kept,) = await house.facts("SELECT * FROM intake.refusal ORDER BY recorded_at DESC LIMIT 1")
    assert (kept["agency"], kept["period"]) == ("G15", PERIOD)
    assert mark not in str(kept)
    assert not any(mark.encode() in data for data in await every_body(house))
    assert (await body.get(place)).json()["content"] is None


async def test_what_is_no_report_is_refused_whole(house: House) -> None:
    body = Body(house, "G16", PERIOD)
    place = f"/{await body.begin()}"
    assert (await body.put(place, b"{", **{"content-type": JSON})).status_code == 422
    assert (await body.put(place, b"%PDF", **{"content-type": "application/pdf"})).status_code == 415
    too_long = house.runtime.max_report_bytes + 1
    assert (await body.put(place, b" " * too_long)).status_code == 413

    async def endless() -> Any:
        for _ in range(too_long // 2**20 + 1):
            yield b" " * 2**20

    headers = {"content-type": JSON}
    assert (await body.ask("PUT", f"{place}/content", "drafter", headers=headers, content=endless())).status_code == 413
    assert (await body.get(place)).json()["content"] is None
    assert (await body.get(f"{place}/findings")).json()["type"].endswith("/content-missing")
    assert (await body.post(f"{place}/handovers", "drafter")).json()["type"].endswith("/content-missing")


async def test_a_draft_begins_with_what_is_known(house: House) -> None:
    body = Body(house, "G17", "2026-01")
    rows = [{"database": "dat-dai", "database_name": "CSDL đất đai (minh họa)", "new_records": 7}]
    await body.signed(report("G17", "2026-01", tasks=[task(1), task(2)], reported_databases=rows))
    later = Body(house, "G17", "2026-02")
    place = f"/{await later.begin()}"
    prefill = (await later.get(f"{place}/prefill")).json()
    assert [(row["task_code"], row["period"]) for row in prefill["registered_tasks"]] == [
        ("NV-0001", "2026-01"), ("NV-0002", "2026-01")]  # fmt: skip
    (database,) = prefill["reported_databases"]
    assert (database["database"], database["database_name"], database["period"]) == (*list(rows[0].values())[:2], "2026-01")
    assert "new_records" not in database, "a figure is of its month"
    assert prefill["automatic"] is None
    begun = (await later.get(f"{place}/content")).json()
    assert begun["report"] == {"form": "monthly-report/1", "agency": "G17", "period": "2026-02", "document": ""}
    assert [row["task_code"] for row in begun["registered_tasks"]] == ["NV-0001", "NV-0002"]
    assert set(begun) == {"report", "registered_tasks"}, "an empty list would say that there is none"
    for media_type in (NDJSON, CSV, WORKBOOK):
        file = await later.get(f"{place}/content", accept=media_type)
        assert file.headers["content-type"].startswith(media_type)
        rows = read(file.content, media_type=media_type).sections["registered_tasks"]
        assert [row.values["task_code"] for row in rows] == ["NV-0001", "NV-0002"]
        if media_type != WORKBOOK:
            assert set(read(file.content, media_type=media_type).sections) == {"report", "registered_tasks"}
    sent = await later.sent(1, report("G17", "2026-02", tasks=[task(1)]))
    assert [finding["severity"] for finding in sent["findings"] if finding["rule"] == "task-gone"] == ["confirm"]


async def test_private_words_are_for_the_body_and_the_operator(house: House) -> None:
    body = Body(house, "G18", PERIOD)
    narratives = [
        {"section": "D1", "visibility": "public", "text": "Công khai"},
        {"section": "D1", "visibility": "private", "text": "Chỉ nội bộ"},
    ]
    accepted = await body.signed(report("G18", PERIOD, narratives=narratives))
    own = (await body.get("/1/content")).json()["narratives"]
    assert [row["visibility"] for row in own] == ["public", "private"]
    place = accepted["links"]["content"]
    seen = {role: await house.get(place, role) for role in ("operator", "reader", "auditor", "records_reviewer")}
    assert "Chỉ nội bộ" in seen["operator"].text
    for role in ("reader", "auditor", "records_reviewer"):
        assert seen[role].status_code == 200
        assert "Công khai" in seen[role].text
        assert "Chỉ nội bộ" not in seen[role].text
    draft = await body.begin()
    for role in seen:
        assert (await house.get(f"{body.path}/{draft}", role)).status_code == 404
        assert [each["sequence"] for each in (await house.get(body.path, role)).json()["items"]] == [1]


async def test_forms_and_rules_are_there_for_everybody(house: House) -> None:
    forms = (await house.get(f"{API}/forms")).json()["items"]
    assert [each["id"] for each in forms] == ["monthly-report/1"]
    schema = await house.get(forms[0]["links"]["schema"])
    assert schema.json()["$schema"].startswith("https://json-schema.org/draft/2020-12")
    template = await house.get(forms[0]["links"]["template"])
    assert template.content.startswith(b"PK")
    assert (await house.get(forms[0]["links"]["template"], accept="text/html")).status_code == 406
    assert (await house.get(f"{API}/forms/monthly-report/99")).status_code == 404
    rules = (await house.get(f"{API}/report-rules?period=2026-02")).json()
    body = Body(house, "G19", PERIOD)
    await body.begin()
    sent = await body.sent(1, report("G19", PERIOD, tasks=[task(1, registered_on="sai"), task(1)]))
    assert sent["catalogue_digest"] == rules["digest"]
    assert {finding["rule"] for finding in sent["findings"]} <= {rule["id"] for rule in rules["rules"]}
