"""One suite for all five adapters: a period frozen over real HTTP, proven from rows and archive (ING-01, 03 to 06, SNP-02)."""

from __future__ import annotations

import json

import pytest

from deploy.sandbox import sources as sandbox
from services.ingest.freeze import freeze
from services.ingest.rehearse import rehearse
from services.ingest.sources import SOURCES, source_named
from services.ingest.verify import verify_snapshot
from shared.law.scheme import legal_cutoff
from shared.outbound import SourceUnavailable
from tests.contract.stand_ins import Bench, Benches, StandIns, fresh_period


def said_by(name: str) -> str:
    """What the stand-in writes around its rows."""
    found = sandbox.source_named(name)
    assert found is not None
    return found.notice


NETWORK = [source.name for source in SOURCES if source.interface is not None]


@pytest.mark.parametrize("name", NETWORK)
async def test_a_period_is_frozen_and_proven_from_rows_and_archive(ingest: Bench, healed: StandIns, name: str) -> None:
    source, period = source_named(name), fresh_period()
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    verdict = await verify_snapshot(ingest.runtime, made.snapshot_id)
    assert verdict.differences == ()
    assert verdict.row_count == made.row_count > 0
    assert made.origin == "network"
    assert made.evidence["signatures"] == ["verified"]
    assert made.evidence["notices"] == [said_by(name)]
    for dataset in source.datasets:
        served = next(each for each in json.loads(made.manifest)["datasets"] if each["name"] == dataset.name)
        stored = await ingest.one(f"SELECT count(*) FROM ingest.{dataset.table} WHERE snapshot_pk = :pk", pk=made.pk)
        assert stored == served["rows"] >= served["control"]["rows"] > 0


@pytest.mark.parametrize("name", NETWORK)
async def test_evidence_of_every_request_is_kept(ingest: Bench, healed: StandIns, name: str) -> None:
    source, period = source_named(name), fresh_period()
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    kept = await ingest.all(
        "SELECT r.*, b.size FROM ingest.request r JOIN ingest.raw_body b USING (sha256) WHERE pull_id = :id", id=made.pull_id
    )
    asked = healed.requests()
    assert {line["source_request_id"] for line in kept} == {each["source_request_id"] for each in asked}
    assert len(kept) == len(asked) == made.evidence["requests"]["count"] > len(source.datasets) - 1
    assert all(line["source_clock"] and line["status"] == 200 and line["size"] > 0 for line in kept)
    secrets = [healed.described["sources"][name][key] for key in ("client_secret", "api_key")]
    assert not any(secret in line["url"] for secret in secrets for line in kept)


@pytest.mark.parametrize("name", NETWORK)
async def test_pulling_twice_gives_one_root_and_adds_nothing(ingest: Bench, healed: StandIns, name: str) -> None:
    source, period = source_named(name), fresh_period()
    first = await rehearse(ingest.runtime, source, period, actor="local:test", as_of=legal_cutoff(period))
    second = await rehearse(ingest.runtime, source, period, actor="local:test", as_of=legal_cutoff(period))
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    healed.forget()
    again = await freeze(ingest.runtime, source, period, actor="local:other")
    assert first["root"] == second["root"] == made.root
    assert again == made
    assert healed.requests() == []


@pytest.mark.parametrize("name", NETWORK)
async def test_a_pull_goes_on_after_its_source_went_away(ingest: Bench, healed: StandIns, name: str) -> None:
    """The same root as an uninterrupted pull, and no page is asked for twice (ING-03)."""
    source, period = source_named(name), fresh_period()
    dataset = source.datasets[-1].name if name != "system57" else "task_assignments"
    whole = await rehearse(ingest.runtime, source, period, actor="local:test", as_of=legal_cutoff(period))
    healed.forget()
    healed.plant(name, "crash_after_page", dataset=dataset, page=2)
    with pytest.raises(SourceUnavailable):
        await freeze(ingest.runtime, source, period, actor="local:test")
    healed.heal()
    answered = [each for each in healed.requests() if each["status"] == 200]
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    pages = [(each["dataset"], each["page"]) for each in healed.requests() if each["status"] == 200]
    assert len(pages) == len(set(pages)) > len(answered)
    assert (dataset, 2) in {(each["dataset"], each["page"]) for each in answered}
    assert made.root == whole["root"]
    assert (await verify_snapshot(ingest.runtime, made.snapshot_id)).holds
    assert await ingest.one("SELECT resumes IS NOT NULL FROM ingest.pull WHERE pull_id = :id", id=made.pull_id)


@pytest.mark.parametrize("name", NETWORK)
async def test_an_api_key_opens_the_source_too(healed: StandIns, benches: Benches, name: str) -> None:
    key = healed.described["sources"][name]["api_key"]
    keyed = benches(healed.settings(client_id=None, client_secret=None, api_key=key))
    found = await rehearse(keyed.runtime, source_named(name), fresh_period(), actor="local:test")
    assert found["row_count"] > 0


async def test_a_token_that_expired_is_fetched_anew(ingest: Bench, healed: StandIns) -> None:
    healed.plant("ndxp", "401", times=1)
    found = await rehearse(ingest.runtime, source_named("ndxp"), fresh_period(), actor="local:test")
    assert found["row_count"] > 0
