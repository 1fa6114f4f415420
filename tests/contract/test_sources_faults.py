"""Every fault of a source ends in its named error, with nothing half-written, and the period closes once it is gone.

ING-02 (drift), ING-09 (unmapped), SNP-09 (outage), SNP-11 (totals), ING-14; issue A, done when 3.
"""

from __future__ import annotations

import re

import pytest
from _pytest.mark.structures import ParameterSet

from services.ingest.contract.signatures import SignatureInvalid
from services.ingest.contract.source import (
    AsOfUnavailable,
    ControlMismatch,
    PayloadUnreadable,
    RowsOutOfOrder,
    SchemaDrift,
    SourceRefused,
    WrongAnswer,
)
from services.ingest.freeze import freeze
from services.ingest.sources import SOURCES, source_named
from shared.errors import DomainError
from shared.outbound import AnswerTruncated, SourceUnavailable
from shared.period import Period
from shared.registry import Unmapped
from shared.timer import now
from tests.contract.stand_ins import Bench, Benches, StandIns, fresh_period

NETWORK = [source.name for source in SOURCES if source.interface is not None]
FAULTS: dict[str, type[DomainError]] = {
    "down": SourceUnavailable,
    "500": SourceUnavailable,
    "429": SourceUnavailable,
    "401": SourceRefused,
    "as_of_unavailable": AsOfUnavailable,
    "duplicate_row": RowsOutOfOrder,
    "schema_drift": SchemaDrift,
    "retyped_field": SchemaDrift,
    "missing_field": SchemaDrift,
    "unmapped_agency": Unmapped,
    "wrong_period": WrongAnswer,
    "wrong_total": ControlMismatch,
    "truncated_page": AnswerTruncated,
    "cut_json": PayloadUnreadable,
    "bad_signature": SignatureInvalid,
    "missing_signature": SignatureInvalid,
}


def _pairs() -> list[ParameterSet]:
    """Every fault with every source; in every run each fault once, the sources in turn."""
    slow = pytest.mark.slow("every fault with every source; each fault with one of them is in every run")
    return [
        pytest.param(name, mode, id=f"{name}-{mode}", marks=() if name == NETWORK[at % len(NETWORK)] else slow)
        for at, mode in enumerate(FAULTS)
        for name in NETWORK
    ]


@pytest.mark.parametrize(("name", "mode"), _pairs())
async def test_a_fault_has_its_name_and_leaves_nothing(
    ingest: Bench, unsigned: Bench, whole_pages: Bench, healed: StandIns, name: str, mode: str
) -> None:
    """``cut_json`` is read without the source's key, which would find it first; an unknown body stands last on its page."""
    ingest = {"cut_json": unsigned, "unmapped_agency": whole_pages}.get(mode, ingest)
    source, period = source_named(name), fresh_period()
    dataset = source.datasets[-1].name
    healed.plant(name, mode, dataset=dataset, **({"seconds": 1} if mode == "429" else {}))
    with pytest.raises(FAULTS[mode]) as caught:
        await freeze(ingest.runtime, source, period, actor="local:test")
    assert await ingest.nothing_half_written(name, period)
    assert await ingest.outcomes(name, period) == [("failed", caught.value.slug)]
    found = await ingest.all(
        "SELECT code, severity, detail FROM ingest.finding WHERE source = :source AND period = :period",
        source=name,
        period=str(period),
    )
    assert [(line["code"], line["severity"]) for line in found] == [("ING-FAILED", "fatal")]
    assert found[0]["detail"] == caught.value.as_dict()
    healed.heal()
    made = await freeze(ingest.runtime, source, period, actor="local:test")
    assert made.version == 1
    assert (await ingest.outcomes(name, period))[-1] == ("complete", None)


@pytest.mark.parametrize("name", NETWORK)
async def test_drift_is_reported_by_row_field_seen_and_expected(ingest: Bench, healed: StandIns, name: str) -> None:
    """A renamed field is an unknown one and a missing one: both are named (ING-02)."""
    source = source_named(name)
    dataset = source.datasets[-1].name
    seen: dict[str, tuple[str | None, str | None]] = {}
    for mode in ("schema_drift", "retyped_field", "missing_field"):
        healed.plant(name, mode, dataset=dataset, page=1)
        with pytest.raises(SchemaDrift) as caught:
            await freeze(ingest.runtime, source, fresh_period(), actor="local:test")
        healed.heal()
        fault = caught.value.faults[0]
        place, row, field = fault.place.rsplit("/", 2)
        assert (place.split("/")[0], row) == (dataset, "0")
        assert field
        seen[mode] = (fault.seen, fault.expected)
    assert seen["schema_drift"] == ("str", "no such field")
    assert seen["missing_field"][0] == "absent"
    assert seen["retyped_field"][0] in {"str", "int"}
    assert seen["retyped_field"][1] not in (None, seen["retyped_field"][0])


async def test_both_numbers_of_a_control_total_are_shown(ingest: Bench, healed: StandIns) -> None:
    healed.plant("finance", "wrong_total")
    with pytest.raises(ControlMismatch) as caught:
        await freeze(ingest.runtime, source_named("finance"), fresh_period(), actor="local:test")
    places = {fault.place: (int(fault.seen or ""), int(fault.expected or "")) for fault in caught.value.faults}
    assert set(places) == {"investments/control/sums/allocated_vnd", "investments/control/sums/disbursed_vnd"}
    assert all(theirs == ours + 1 for ours, theirs in places.values())


async def test_every_unmapped_spelling_is_listed(ingest: Bench, healed: StandIns) -> None:
    for dataset in ("coverage", "kpi_entries"):
        healed.plant("system57", "unmapped_agency", dataset=dataset)
    with pytest.raises(Unmapped) as caught:
        await freeze(ingest.runtime, source_named("system57"), fresh_period(), actor="local:test")
    spelling = "Ủy ban quản lý vốn giả định (demo)"
    placed = [re.fullmatch(r"(coverage|kpi_entries)/rows/\d+/agency", fault.place) for fault in caught.value.faults]
    assert [found[1] for found in placed if found] == ["coverage", "kpi_entries"]
    assert all(fault.seen == spelling and "first on page" in fault.message for fault in caught.value.faults)
    assert caught.value.detail.startswith(caught.value.faults[0].place)


async def test_a_signature_that_proves_nothing_is_placed(ingest: Bench, healed: StandIns) -> None:
    healed.plant("ndxp", "bad_signature", page=2)
    with pytest.raises(SignatureInvalid, match=r"^ndxp/exchange_volumes/page 2: ") as caught:
        await freeze(ingest.runtime, source_named("ndxp"), fresh_period(), actor="local:test")
    assert [fault.place for fault in caught.value.faults] == ["ndxp/exchange_volumes/page 2"]


async def test_a_busy_source_is_asked_again_when_it_says(ingest: Bench, healed: StandIns) -> None:
    healed.plant("ndxp", "429", times=1, seconds=1, page=1)
    healed.plant("ndxp", "500", times=1, page=2)
    made = await freeze(ingest.runtime, source_named("ndxp"), fresh_period(), actor="local:test")
    kept = await ingest.all("SELECT page_no, attempts FROM ingest.request WHERE pull_id = :id", id=made.pull_id)
    attempts = {line["page_no"]: line["attempts"] for line in kept}
    assert attempts == {**dict.fromkeys(attempts, 1), 1: 2, 2: 2}


async def test_a_slow_source_is_unavailable(healed: StandIns, benches: Benches) -> None:
    hasty = benches(healed.settings(timeout_seconds=0.3, attempts=2))
    healed.plant("finance", "slow", seconds=2)
    with pytest.raises(SourceUnavailable, match="2 attempts"):
        await freeze(hasty.runtime, source_named("finance"), fresh_period(), actor="local:test")


async def test_a_clock_far_off_is_a_warning_that_stays_with_the_snapshot(healed: StandIns, benches: Benches) -> None:
    """ING-07, by the machine's own clock: the sandbox's is two hours ahead."""
    ours = benches(healed.settings(), now)
    healed.plant("ndxp", "clock_skew", seconds=7200)
    late = await freeze(ours.runtime, source_named("ndxp"), Period(2026, 1), actor="local:test")
    healed.heal()
    right = await freeze(ours.runtime, source_named("finance"), Period(2026, 1), actor="local:test")
    assert 7190 < late.clock_skew_seconds < 7201
    assert right.clock_skew_seconds == 0
    found = "SELECT code FROM ingest.finding WHERE pull_id = :id"
    assert [line["code"] for line in await ours.all(found, id=late.pull_id)] == ["ING-CLOCK"]
    assert await ours.all(found, id=right.pull_id) == []
