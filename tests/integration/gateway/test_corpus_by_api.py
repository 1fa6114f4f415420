"""The API and `bangdiem check` say the same of the same file: five hundred of them, and one with 25,000 faults (DQ-10, INT-06).

The files, with the rules each must break, are those of tests/unit/intake/corpus.py. Every figure in them is demo data.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.cli.checking import document_of, look
from services.gateway.reports.formats.media_types import JSON, NDJSON
from services.gateway.reports.formats.writing import write_json
from tests.e2e.processes import bangdiem, environment
from tests.integration.gateway.conftest import House
from tests.integration.gateway.reports import Body, report, task
from tests.unit.intake import corpus as made

FAULTS = 25_000
# The longest page of a list.
PAGE = 500
# As many of the corpus are also given to the command in a process of its own, one of each format among them.
BY_PROCESS = 5
SAID = ("digest", "file_digest", "findings")


def file_of(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def of_command(path: Path, *, earlier: Sequence[Path] = ()) -> dict[str, Any]:
    """What the command's own function says of a file, as its JSON does."""
    looked = look(str(path), agency=made.AGENCY, period=made.PERIOD, earlier=[str(each) for each in earlier])
    said: dict[str, Any] = json.loads(json.dumps(document_of(looked)))
    return said


def by_process(path: Path, agency: str) -> dict[str, Any]:
    """What `bangdiem check FILE --json` writes; it ends with 2 where something must be put right."""
    words = ("check", str(path), "--agency", agency, "--period", made.PERIOD, "--json")
    done = bangdiem(*words, env=environment(COLUMNS="80"), check=False)
    said: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (2 if said["summary"]["fatal"] else 0), done.stderr
    return said


async def of_api(body: Body, place: str, media_type: str, content: bytes) -> dict[str, Any]:
    """What a dry run answers, in the words of the command."""
    answer = await body.put(place, content, query="?dry_run=true", **{"content-type": media_type})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["dry_run"], found["revision"]) == (True, None)
    assert len(found["findings"]) == found["summary"]["total"], "a file of the corpus has fewer findings than an answer shows"
    return {**found, "findings": [bare(each) for each in found["findings"]]}


def bare(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without what only a submission knows of it."""
    return {name: value for name, value in finding.items() if name != "confirmed"}


def rules(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(each["rule"] for each in said["findings"]))


@pytest.mark.parametrize(
    "every", [9, pytest.param(1, marks=pytest.mark.slow("all five hundred files; a ninth of them is in every run"))]
)
async def test_five_hundred_files_give_equal_findings(house: House, tmp_path: Path, every: int) -> None:
    """Before the body has any history: the command knows none either."""
    body = Body(house, made.AGENCY, made.PERIOD)
    files, planted = list(made.corpus()), Counter[str]()
    assert len({name for name, *_ in files}) == 500
    place, files = f"/{await body.begin(test=every > 1)}", files[::every]
    for number, (name, media_type, content, expected) in enumerate(files):
        path = file_of(tmp_path, name, content)
        told, api = await asyncio.to_thread(of_command, path), await of_api(body, place, media_type, content)
        assert {each: api[each] for each in SAID} == {each: told[each] for each in SAID}, name
        assert rules(api) == expected, name
        assert api["catalogue_digest"] == told["catalogue"]["digest"]
        counted = {each: api["summary"][each] for each in told["summary"]}
        assert counted == told["summary"], name
        if number % (len(files) // BY_PROCESS + 1) == 0:
            assert await asyncio.to_thread(by_process, path, made.AGENCY) == told, name
        planted.update(expected)
    assert sum(planted.values()) > 500 // every


async def test_history_gives_equal_findings(house: House, tmp_path: Path) -> None:
    """The command is given the last accepted report as a file; the API knows it because it was accepted."""
    content = write_json(made.EARLIER, made.FORM)
    earlier = file_of(tmp_path, "earlier.json", content)
    await Body(house, made.AGENCY, made.EARLIER.period).signed(content)
    body = Body(house, made.AGENCY, made.PERIOD)
    place, found = f"/{await body.begin(test=True)}", set[str]()
    for name, media_type, sent, expected in made.history_corpus():
        told = await asyncio.to_thread(of_command, file_of(tmp_path, name, sent), earlier=[earlier])
        api = await of_api(body, place, media_type, sent)
        assert {each: api[each] for each in SAID} == {each: told[each] for each in SAID}, name
        assert rules(api) == expected, name
        found |= set(expected)
    assert found == {rule for names, _ in made.HISTORY for rule in names}


def counted(count: int, **others: int) -> list[dict[str, Any]]:
    """Rows of databases; the first one is the same every month."""
    named = {"csdl-a": count, **{name.replace("_", "-"): figure for name, figure in others.items()}}
    return [{"database": name, "database_name": f"CSDL {name} (minh họa)", "new_records": each} for name, each in named.items()]


async def test_a_jump_over_the_median_of_several_months_is_found_by_both(house: House, tmp_path: Path) -> None:
    """1,000 and 9,000 have the median 5,000; against the last figure alone 50,000 would be no jump (DQ-05)."""
    former = {
        "2026-01": report("G02", "2026-01", reported_databases=counted(1_000)),
        "2026-02": report("G02", "2026-02", reported_databases=counted(9_000)),
    }
    files = []
    for month, earlier in former.items():
        accepted = await Body(house, "G02", month).signed(earlier)
        assert accepted["state"] == "accepted"
        files.append(file_of(tmp_path, f"{month}.json", json.dumps(earlier).encode()))
    body = Body(house, "G02", "2026-03")
    place = f"/{await body.begin(test=True)}"
    for count, jumps in ((50_000, True), (49_999, False), (500, True), (501, False)):
        content = json.dumps(report("G02", "2026-03", reported_databases=counted(count, csdl_moi=7))).encode()
        api = await of_api(body, place, JSON, content)
        path = file_of(tmp_path, "now.json", content)
        looked = look(str(path), agency="G02", period="2026-03", earlier=[str(each) for each in reversed(files)])
        told = json.loads(json.dumps(document_of(looked)))
        assert {each: api[each] for each in SAID} == {each: told[each] for each in SAID}
        found = [each for each in api["findings"] if each["rule"] == "database-jump"]
        assert [(each["severity"], each["seen"], each["pointer"]) for each in found] == [
            ("confirm", str(count), "/reported_databases/0/new_records")
        ] * jumps
        for each in found:
            assert "5000" in each["message_vi"]
            assert "2 tháng" in each["message_vi"]
            assert "2026-01…2026-02" in each["message_vi"]
            assert "the median of the agency's own accepted figures of 2 months (2026-01…2026-02)" in each["message_en"]
        (idle,) = api["summary"]["not_applicable"]
        assert [idle] == told["not_applicable"]
        assert (idle["rule"], idle["rows"]) == ("database-jump", ["csdl-moi"])
        assert "2025-03…2026-02" in idle["message_vi"]


@pytest.fixture(scope="module")
def faulty() -> bytes:
    """A report in which every one of 25,000 dates is none."""
    tasks = [task(number, registered_on="sai", client_ref=f"dòng {number}") for number in range(FAULTS)]
    return json.dumps(report("G11", made.PERIOD, tasks=tasks), ensure_ascii=False).encode()


@pytest.mark.slow("25,000 findings read in five ways; test_submissions_content reads a thousand in every run")
async def test_25000_faults_are_25000_findings_of_both(house: House, faulty: bytes, tmp_path: Path) -> None:
    path = file_of(tmp_path, "faulty.json", faulty)
    told = await asyncio.to_thread(by_process, path, "G11")
    assert len(told["findings"]) == told["summary"]["total"] == FAULTS
    assert len({each["pointer"] for each in told["findings"]}) == FAULTS
    body = Body(house, "G11", made.PERIOD)
    place = f"/{await body.begin()}"
    sent = await body.put(place, faulty, **{"content-type": JSON})
    assert sent.status_code == 202, sent.text
    await checked(body, sent.headers["location"])
    walked = await walk(body, f"{place}/findings")
    assert [bare(each) for each in walked] == told["findings"]
    downloaded = await body.get(f"{place}/findings", accept=NDJSON)
    assert "attachment" in downloaded.headers["content-disposition"]
    assert [json.loads(line) for line in downloaded.content.splitlines()] == told["findings"]
    table = (await body.get(f"{place}/findings?format=csv")).content
    lines = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert [(line["rule"], line["pointer"]) for line in lines] == [(each["rule"], each["pointer"]) for each in told["findings"]]
    written = await asyncio.to_thread(_csv_of_command, path)
    assert written == table.decode("utf-8-sig").splitlines()


def _csv_of_command(path: Path) -> list[str]:
    words = ("check", str(path), "--agency", "G11", "--period", made.PERIOD, "--csv")
    return bangdiem(*words, env=environment(), check=False).stdout.removeprefix("\ufeff").splitlines()


async def walk(body: Body, place: str) -> list[dict[str, Any]]:
    """The whole list, a page at a time."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await body.get(f"{place}?limit={PAGE}{cursor}")).json()
        found += page["items"]
        if page["next"] is None:
            return found
        assert len(page["items"]) == PAGE
        cursor = f"&cursor={page['next']}"


async def checked(body: Body, location: str) -> None:
    """Asked again until its job has made the check."""
    async with asyncio.timeout(60):
        while True:
            state = (await body.get(location.removeprefix(body.path))).json()["state"]
            if state == "done":
                return
            assert state in ("waiting", "running")
            await asyncio.sleep(0.05)
