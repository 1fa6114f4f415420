"""Periods taken from official files: the same checks, the same snapshot, marked as such; every fault listed at once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ingest.contract.source import AsOfUnavailable, SourceNotConfigured
from services.ingest.freeze import freeze
from services.ingest.official_files.errors import AlreadyFrozen, FileRefused
from services.ingest.official_files.import_file import GivenFile, import_file
from services.ingest.pull.errors import TooEarly
from services.ingest.sources import source_named
from services.ingest.supersede import supersede
from services.ingest.verify import verify_snapshot
from shared.errors import InputInvalid
from shared.law.scheme import legal_cutoff, legal_report_deadline
from shared.period import Period
from shared.registry import Unmapped
from tests.contract.stand_ins import Bench, Benches, StandIns, fresh_period
from tests.integration.ingest.files import DOCUMENT, json_file, ndxp_file, ndxp_manifest, ndxp_table

ROOT = Path(__file__).parents[3]
NDXP = source_named("ndxp")


@pytest.mark.parametrize("name", ["agency_report", "government_office"])
async def test_the_demo_files_of_the_internal_sources_freeze(ingest: Bench, tmp_path: Path, name: str) -> None:
    period = fresh_period()
    file = demo_file(name, period, tmp_path)
    given = {"files": [file], "actor": "local:test", **DOCUMENT}
    made = await import_file(ingest.runtime, source_named(name), period, **given)
    assert (made.origin, made.as_of) == ("official_file", legal_report_deadline(period))
    assert made.evidence["official_file"]["document_number"] == DOCUMENT["document_number"]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).differences == ()
    assert made.evidence["notices"] == [json.loads(file.body)["notice"]]
    assert (await import_file(ingest.runtime, source_named(name), period, **given)) == made
    kept = await ingest.all("SELECT files, author FROM ingest.official_file WHERE pull_id = :id", id=made.pull_id)
    assert [each["name"] for each in kept[0]["files"]] == [file.name]


async def test_a_source_that_cannot_answer_as_of_the_cutoff_is_closed_by_a_file(ingest: Bench, healed: StandIns) -> None:
    period = fresh_period()
    healed.plant("ndxp", "as_of_unavailable")
    with pytest.raises(AsOfUnavailable) as caught:
        await freeze(ingest.runtime, NDXP, period, actor="local:test")
    assert "official file" in str(caught.value.hint)
    made = await ndxp_file(ingest, period, [("G06", 120), ("Bộ Công thương", 7)])
    assert (made.origin, made.row_count) == ("official_file", 2)
    assert made.evidence["notices"] == []
    healed.heal()
    assert (await freeze(ingest.runtime, NDXP, period, actor="local:test")).snapshot_id == made.snapshot_id


async def test_rows_may_stand_in_any_order(ingest: Bench) -> None:
    one, other = fresh_period(), fresh_period()
    first = await ndxp_file(ingest, one, [("G06", 120), ("H38", 7)])
    second = await ndxp_file(ingest, other, [("H38", 7), ("G06", 120)])
    assert first.root == second.root
    assert first.snapshot_id != second.snapshot_id


async def test_every_faulty_cell_is_listed(ingest: Bench) -> None:
    period = fresh_period()
    table = (
        "source_system,agency,transactions,as_provider,as_consumer,failed\n"
        "NDXP,G06,mười,,,\n"
        "NDXP,G01,-3,null,,\n"
        "NDXP,H38,5\n"
        ",G02,1.5,,,\n"
    )
    files = [GivenFile("exchange_volumes.csv", table.encode()), ndxp_manifest(period, rows=4, transactions=0)]
    with pytest.raises(FileRefused) as caught:
        await import_file(ingest.runtime, NDXP, period, files=files, actor="local:test", **DOCUMENT)
    places = [fault.place.removeprefix("exchange_volumes.csv/") for fault in caught.value.faults]
    assert places == [
        "row 2/transactions",
        "row 3/transactions",
        "row 3/as_provider",
        "row 4",
        "row 5/source_system",
        "row 5/transactions",
    ]
    assert (caught.value.faults[0].seen, caught.value.faults[0].expected) == ("str", "int | null")
    assert await ingest.outcomes("ndxp", period) == [("failed", "official-file-refused")]
    assert await ingest.nothing_half_written("ndxp", period)
    kept = """
        SELECT count(*) FROM ingest.official_file f JOIN ingest.pull p USING (pull_id)
          JOIN ingest.raw_body b ON b.sha256 = f.files -> 0 ->> 'sha256' WHERE p.period = :period AND p.source = 'ndxp'"""
    assert await ingest.one(kept, period=str(period)) == 1


@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("exchange_volumes.csv", b"source_system,agency\nNDXP,G06\n", "exchange_volumes.csv/row 1/transactions"),
        ("exchange_volumes.csv", "source_system,agency".encode("utf-16"), "exchange_volumes.csv/byte 0"),
        ("exchange_volumes.csv", b'a,"b\n', "exchange_volumes.csv"),
        ("something.csv", b"a\n", "something.csv/something"),
        ("ndxp.json", b"{", "ndxp.json"),
        ("ndxp.json", b"[]", "ndxp.json"),
    ],
)
async def test_a_file_that_cannot_be_read_says_where(ingest: Bench, name: str, body: bytes, place: str) -> None:
    period = fresh_period()
    files = [GivenFile(name, body)]
    if name.endswith(".csv"):
        files.append(ndxp_manifest(period, rows=1, transactions=0))
    with pytest.raises(FileRefused) as caught:
        await import_file(ingest.runtime, NDXP, period, files=files, actor="local:test", **DOCUMENT)
    assert place in {fault.place for fault in caught.value.faults}


async def test_tables_come_with_a_manifest_that_is_held_against_them(ingest: Bench) -> None:
    """Period, instant, contract and totals of a table are checked like those of a JSON file."""
    period = fresh_period()
    table, _ = ndxp_table(period, [("G06", 120), ("H38", 7)])

    async def given(*files: GivenFile) -> Any:
        return await import_file(ingest.runtime, NDXP, period, files=files, actor="local:test", **DOCUMENT)

    with pytest.raises(FileRefused) as alone:
        await given(table)
    assert [fault.place for fault in alone.value.faults] == ["manifest.json"]
    assert all(word in str(alone.value.faults[0].hint) for word in ("contract", "period", "as_of", "datasets", "rows", "sums"))
    wrong: dict[str, dict[str, Any]] = {
        "period": {"period": str(period.next)},
        "as_of": {"as_of": legal_cutoff(period.next).isoformat()},
        "contract": {"contract": "ndxp/2.0"},
        "datasets/exchange_volumes/rows": {"rows": 3},
        "datasets/exchange_volumes/sums/transactions": {"transactions": 126},
        "datasets/exchange_volumes": {"datasets": {}},
    }
    for place, changes in wrong.items():
        stated = {"rows": 2, "transactions": 127, **changes}
        with pytest.raises(FileRefused) as caught:
            await given(table, ndxp_manifest(period, **stated))
        assert [fault.place for fault in caught.value.faults] == [f"manifest.json/{place}"]
    with pytest.raises(FileRefused, match="surprise"):
        await given(table, ndxp_manifest(period, rows=2, transactions=127, surprise=1))
    with pytest.raises(FileRefused, match=r"manifest\.json"):
        await given(*ndxp_table(period, [("G06", 1)]), ndxp_manifest(period, rows=1, transactions=1))
    assert await ingest.nothing_half_written("ndxp", period)
    made = await given(table, ndxp_manifest(period, rows=2, transactions=127, notice="Số liệu thử nghiệm"))
    assert made.evidence["notices"] == ["Số liệu thử nghiệm"]
    assert [each["name"] for each in made.evidence["official_file"]["files"]] == ["exchange_volumes.csv", "manifest.json"]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds


async def test_the_checks_are_those_of_the_network(ingest: Bench) -> None:
    period = fresh_period()
    with pytest.raises(Unmapped, match="Bộ Không Có") as unknown:
        await ndxp_file(ingest, period, [("G06", 1), ("Bộ Không Có", 1)])
    assert [(fault.place, fault.seen) for fault in unknown.value.faults] == [
        ("exchange_volumes.csv/row 3/agency", "Bộ Không Có")
    ]
    assert "in the file" in str(unknown.value.hint)
    with pytest.raises(FileRefused, match=r"^exchange_volumes\.csv/row 4: repeated row") as twice:
        await ndxp_file(ingest, period, [("G06", 1), ("H38", 7), ("G06", 1)])
    assert (twice.value.faults[0].seen, "(" in str(twice.value.faults[0].expected)) == ("NDXP/G06", False)
    wrong = json_file("ndxp", "ndxp/1.0", period.next, legal_cutoff(period).isoformat(), {"exchange_volumes": no_rows()})
    with pytest.raises(FileRefused, match=f"^{wrong.name}/period: ") as other:
        await import_file(ingest.runtime, NDXP, period, files=[wrong], actor="local:test", **DOCUMENT)
    assert "import it again" in str(other.value.faults[0].hint)
    register = [{"agency": "G06", "summonses": 1, "speeches": 0, "initiatives": 0}]
    office = {
        "registers": {
            "control": {"rows": 1, "sums": {"summonses": "1", "speeches": "0", "initiatives": "0"}},
            "rows": register,
        },
        "summonses": no_rows(),
        "speeches": no_rows(),
        "initiatives": {"control": {"rows": 0, "sums": {"points": "0"}}, "rows": []},
    }
    file = json_file("government_office", "government_office/1.0", period, legal_report_deadline(period).isoformat(), office)
    made = await import_file(
        ingest.runtime, source_named("government_office"), period, files=[file], actor="local:test", **DOCUMENT
    )
    told = await ingest.all("SELECT detail FROM ingest.finding WHERE pull_id = :id AND code = 'ING-ROW-ASIDE'", id=made.pull_id)
    assert [(line["detail"]["place"], line["detail"]["seen"], line["detail"]["expected"]) for line in told] == [
        ("registers/G06/summonses", "0", "1")
    ]


async def test_drift_of_a_file_is_for_its_author_to_correct(ingest: Bench) -> None:
    period = fresh_period()
    row = {"agency": "G06", "source_system": "NDXP", "transactions": "một", "as_provider": None, "as_consumer": None}
    rows = {"control": {"rows": 1, "sums": {}}, "rows": [row]}
    file = json_file("ndxp", "ndxp/1.0", period, legal_cutoff(period).isoformat(), {"exchange_volumes": rows})
    with pytest.raises(FileRefused, match=r"^2 faults, the first: ") as caught:
        await import_file(ingest.runtime, NDXP, period, files=[file], actor="local:test", **DOCUMENT)
    place = f"{file.name}/datasets/exchange_volumes/rows/0"
    assert {fault.place for fault in caught.value.faults} == {f"{place}/transactions", f"{place}/failed"}
    assert {fault.hint for fault in caught.value.faults} == {caught.value.hint}
    assert "Agree" not in str(caught.value.as_dict())


async def test_a_source_without_interface_is_told_to_come_by_file(ingest: Bench) -> None:
    with pytest.raises(SourceNotConfigured, match="by official file") as caught:
        await freeze(ingest.runtime, source_named("government_office"), fresh_period(), actor="local:test")
    assert "official file" in str(caught.value.hint)
    assert "BASE_URL" not in str(caught.value.as_dict())


async def test_who_hands_in_a_file_says_why_and_not_before_the_cutoff(
    ingest: Bench, benches: Benches, healed: StandIns
) -> None:
    file = GivenFile("exchange_volumes.csv", b"")
    with pytest.raises(InputInvalid) as caught:
        await import_file(
            ingest.runtime, NDXP, fresh_period(), files=[file], actor="local:x", document_number="", reason=" ", author=""
        )
    assert [fault.place for fault in caught.value.faults] == ["document_number", "reason", "author"]
    period = Period(2026, 1)
    early = benches(healed.settings(), lambda: legal_cutoff(period) - timedelta(seconds=1))
    with pytest.raises(TooEarly):
        await ndxp_file(early, period, [("G06", 1)])


async def test_a_frozen_period_takes_another_file_only_as_a_superseding_version(ingest: Bench) -> None:
    period = fresh_period()
    first = await ndxp_file(ingest, period, [("G06", 1)])
    with pytest.raises(AlreadyFrozen):
        await ndxp_file(ingest, period, [("G06", 2)])
    table = b"agency,source_system,transactions,as_provider,as_consumer,failed\nG06,NDXP,2,,,\n"
    second = await supersede(
        ingest.runtime,
        NDXP,
        period,
        requested_by="key:one",
        approver="key:two",
        reason="Đính chính",
        files=[GivenFile("exchange_volumes.csv", table), ndxp_manifest(period, rows=1, transactions=2)],
        document_number="13/TB-DEMO",
    )
    assert (second.version, second.supersedes, second.origin) == (2, first.snapshot_id, "official_file")
    assert (await verify_snapshot(ingest.runtime, second.snapshot_id)).holds


def no_rows() -> dict[str, object]:
    return {"control": {"rows": 0, "sums": {}}, "rows": []}


def demo_file(name: str, period: Period, directory: Path) -> GivenFile:
    subprocess.run([sys.executable, "-m", "deploy.sandbox.files", str(period), str(directory)], check=True, cwd=ROOT)
    return GivenFile.read(directory / f"{name}-{period}.json")
