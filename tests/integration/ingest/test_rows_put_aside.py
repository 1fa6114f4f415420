"""One body's impossible row leaves the other 55 frozen: it is put aside, kept, found again by a verification (ING-16)."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from services.ingest.contract.source import ControlMismatch
from services.ingest.freeze import freeze
from services.ingest.official_files.errors import FileRefused
from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.rehearse import rehearse
from services.ingest.snapshot.records import FrozenSnapshot
from services.ingest.sources import SOURCES, source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from shared.law.scheme import legal_report_deadline
from tests.conftest import TestDatabase
from tests.contract.stand_ins import Bench, StandIns, fresh_period
from tests.integration.ingest.files import DOCUMENT, json_file, ndxp_manifest

PAIRS = [(source.name, dataset.name) for source in SOURCES if source.interface for dataset in source.datasets]
PEOPLE = {"requested_by": "key:one", "approver": "key:two", "reason": "Nguồn đã sửa (thử nghiệm)"}
REGISTER = {"chair": "demo", "topic": "demo", "required_role": "head", "online_allowed": False, "attended_role": None}


async def aside(ingest: Bench, made: FrozenSnapshot) -> list[dict[str, Any]]:
    return await ingest.all("SELECT * FROM ingest.put_aside WHERE snapshot_pk = :pk ORDER BY ordinal", pk=made.pk)


async def told(ingest: Bench, made: FrozenSnapshot) -> list[dict[str, Any]]:
    return await ingest.all(
        "SELECT message_vi, message_en, severity, detail FROM ingest.finding WHERE pull_id = :id AND code = 'ING-ROW-ASIDE'"
        " ORDER BY finding_id",
        id=made.pull_id,
    )


@pytest.mark.parametrize(("name", "dataset"), PAIRS)
async def test_an_impossible_row_of_each_dataset_leaves_the_others_frozen(
    ingest: Bench, healed: StandIns, name: str, dataset: str
) -> None:
    source, period = source_named(name), fresh_period()
    healed.plant(name, "impossible_row", dataset=dataset, page=1)
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    rows = await aside(ingest, made)
    assert {line["dataset"] for line in rows} == {"task_assignments" if dataset == "coverage" else dataset}
    content = json.loads(made.manifest)
    assert content["put_aside"]["count"] == len(rows) >= 1
    (mine,) = made.evidence["put_aside"]
    control = next(each["control"]["rows"] for each in content["datasets"] if each["name"] == mine["dataset"])
    assert (mine["delivered"], mine["put_aside"]) == (control, len(rows))
    assert [each["digest"] for each in mine["rows"]] == [line["digest"] for line in rows]
    findings = await told(ingest, made)
    assert len(findings) == sum(len(line["faults"]) for line in rows)
    for finding, line in zip(findings, rows, strict=True):
        fault = line["faults"][0]
        assert finding["severity"] == "warning"
        assert finding["detail"] == {
            "agency": line["agency"], "dataset": line["dataset"], "place": line["place"], "digest": line["digest"], **fault
        }  # fmt: skip
        assert all(fault[name] in finding["message_en"] for name in ("field", "seen", "expected"))
        assert line["agency"] in finding["message_vi"]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    healed.heal()
    again = await supersede(ingest.runtime, source, period, as_of=made.as_of, **PEOPLE)
    assert "put_aside" not in json.loads(again.manifest)
    assert await aside(ingest, again) == []
    assert (await verify_snapshot(ingest.runtime, again.snapshot_id)).holds


async def test_a_portal_group_above_its_maximum_is_one_bodys_matter(ingest: Bench, healed: StandIns) -> None:
    portal, period = source_named("public_service_portal"), fresh_period()
    whole = await freeze(ingest.runtime, portal, fresh_period(), actor="local:test")
    healed.plant("public_service_portal", "impossible_row", page=1)
    made = await freeze(ingest.runtime, portal, period, actor="local:test")
    (line,) = await aside(ingest, made)
    assert line["faults"] == [{"field": "tdgq", "check": "portal_maximum", "seen": "20.5", "expected": "0 to 20 points"}]
    assert line["row"]["tdgq"] == "20.5"
    assert made.row_count == whole.row_count - 1
    (finding,) = await told(ingest, made)
    assert finding["message_vi"] == (
        f"{line['agency']}: dòng service_scores/rows/0 (điểm phục vụ trên Cổng Dịch vụ công quốc gia) được để riêng,"
        " trường tdgq là 20,5, phải là từ 0 đến 20 điểm; chỉ tiêu liên quan của cơ quan này còn thiếu số liệu"
    )


async def test_a_rehearsal_says_what_would_be_put_aside_and_keeps_no_row(ingest: Bench, healed: StandIns) -> None:
    healed.plant("ndxp", "impossible_row", page=1)
    before = await ingest.one("SELECT count(*) FROM ingest.put_aside")
    done = await rehearse(ingest.runtime, source_named("ndxp"), fresh_period(), actor="local:test")
    assert "ING-ROW-ASIDE" in done["findings"]
    assert await ingest.one("SELECT count(*) FROM ingest.put_aside") == before


async def test_what_concerns_the_payload_stops_it_even_beside_an_impossible_row(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    healed.plant("ndxp", "impossible_row", page=1)
    healed.plant("ndxp", "wrong_total")
    with pytest.raises(ControlMismatch):
        await freeze(ingest.runtime, source_named("ndxp"), period, actor="local:test")
    assert await ingest.nothing_half_written("ndxp", period)


async def test_what_was_put_aside_is_proven_again(ingest: Bench, healed: StandIns, database: TestDatabase) -> None:
    """A row put aside that somebody altered or took away past the guards is a difference."""
    period = fresh_period()
    healed.plant("ndxp", "impossible_row", page=1)
    made = await freeze(ingest.runtime, source_named("ndxp"), period, actor="local:test")

    def alter(statement: str) -> None:
        with psycopg.connect(database.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            assert connection.execute(statement.encode(), {"pk": made.pk}).rowcount == 1

    alter("UPDATE ingest.put_aside SET row = jsonb_set(row, '{transactions}', '7') WHERE snapshot_pk = %(pk)s")
    found = await verify_snapshot(ingest.runtime, made.snapshot_id)
    assert (found.rows_prove, found.archive_proves) == (False, True)
    assert [each.place for each in found.differences] == ["put_aside/rows/exchange_volumes/rows/0"]
    alter("DELETE FROM ingest.put_aside WHERE snapshot_pk = %(pk)s")
    found = await verify_snapshot(ingest.runtime, made.snapshot_id)
    assert [(each.place, each.found) for each in found.differences] == [("put_aside/rows", "nothing put aside")]


async def test_nothing_is_put_aside_of_a_frozen_snapshot_and_nothing_is_taken_back(ingest: Bench, healed: StandIns) -> None:
    healed.plant("ndxp", "impossible_row", page=1)
    made = await freeze(ingest.runtime, source_named("ndxp"), fresh_period(), actor="local:test")
    more = (
        "INSERT INTO ingest.put_aside (snapshot_pk, ordinal, dataset, agency, place, faults)"
        f" VALUES ({made.pk}, 99, 'exchange_volumes', 'H38', 'x', '[]')"
    )
    for statement, said in (
        (more, "is frozen: nothing more is put aside"),
        (f"DELETE FROM ingest.put_aside WHERE snapshot_pk = {made.pk}", "permission denied"),
        (f"UPDATE ingest.put_aside SET agency = 'H38' WHERE snapshot_pk = {made.pk}", "permission denied"),
    ):
        with pytest.raises(DBAPIError, match=said):
            async with ingest.runtime.database.transaction() as connection:
                await connection.exec_driver_sql(statement)
    with psycopg.connect(ingest.owner_url) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege, match="holds facts"):
        owner.execute(f"DELETE FROM ingest.put_aside WHERE snapshot_pk = {made.pk}".encode())


async def test_a_table_puts_one_bodys_row_aside_and_names_it_as_the_file_does(ingest: Bench) -> None:
    period = fresh_period()
    table = "source_system,agency,transactions,as_provider,as_consumer,failed\nNDXP,H38,5,,,\nNDXP,G01,-3,,,\nNDXP,G06,2.5,,,\n"
    files = [GivenFile("exchange_volumes.csv", table.encode()), ndxp_manifest(period, rows=3, transactions=0)]
    with pytest.raises(FileRefused):
        await import_file(ingest.runtime, source_named("ndxp"), period, files=files, actor="local:test", **DOCUMENT)
    stated = json.loads(ndxp_manifest(period, rows=3, transactions=0).body)
    stated["datasets"]["exchange_volumes"]["sums"]["transactions"] = "4.5"
    files = [files[0], GivenFile("manifest.json", json.dumps(stated).encode())]
    made = await import_file(ingest.runtime, source_named("ndxp"), period, files=files, actor="local:test", **DOCUMENT)
    assert made.row_count == 1
    assert [(line["agency"], line["place"], line["faults"][0]["seen"]) for line in await aside(ingest, made)] == [
        ("G01", "exchange_volumes/row 3", "-3"),
        ("G06", "exchange_volumes/row 4", "2.5"),
    ]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()


async def test_registers_that_contradict_themselves_cost_their_body_alone(ingest: Bench) -> None:
    """A speech nobody was summoned for, a meeting of another month, points out of bounds, a body stated one row too many."""
    period = fresh_period()
    held, other = f"{period}-20", str(period.next.first_day)
    office = {"spoken_on": held, "kind": "speech", "speaker_role": "head", "qualifying": True, "note": None}
    register = [
        {"agency": "G01", "summonses": 0, "speeches": 1, "initiatives": 0},
        {"agency": "G06", "summonses": 1, "speeches": 0, "initiatives": 0},
        {"agency": "H38", "summonses": 2, "speeches": 0, "initiatives": 1},
        {"agency": "H56", "summonses": 1, "speeches": 0, "initiatives": 0},
    ]
    came = {**REGISTER, "attended_mode": None, "evidence_digest": None}
    rows = {
        "registers": register,
        "summonses": [
            {"agency": "G06", "meeting_id": "m1", "held_on": other, **came},
            {"agency": "H38", "meeting_id": "m1", "held_on": held, **came},
            {"agency": "H56", "meeting_id": "m1", "held_on": held, **came},
        ],
        "speeches": [{"agency": "G01", "speech_id": "s1", "meeting_id": "m1", "evidence_digest": None, **office}],
        "initiatives": [
            {"agency": "H38", "initiative_id": "i1", "title": "demo", "points": 9, "decided_on": held,
             "decision_document": "demo", "decision_digest": None},
        ],
    }  # fmt: skip
    source = source_named("government_office")
    datasets = {}
    for each in source.datasets:
        mine = rows[each.name]
        sums = {name: str(sum(row[name] for row in mine)) for name in each.sums}
        datasets[each.name] = {"control": {"rows": len(mine), "sums": sums}, "rows": mine}
    file = json_file(source.name, source.contract, period, legal_report_deadline(period).isoformat(), datasets)
    made = await import_file(ingest.runtime, source, period, files=[file], actor="local:test", **DOCUMENT)
    assert [(line["dataset"], line["agency"], line["faults"][0]["check"]) for line in await aside(ingest, made)] == [
        ("summonses", "G06", "outside_month"),
        ("initiatives", "H38", "value_out_of_bounds"),
        ("summonses", "H38", "rows_stated"),
        ("speeches", "G01", "speech_without_meeting"),
    ]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
