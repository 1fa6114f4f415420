"""The sandbox speaks the source contracts: decoded strictly with the product's own row types, over real HTTP."""

from __future__ import annotations

import itertools
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from unicodedata import normalize

import httpx
import msgspec
import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from deploy.sandbox.bodies import rows as data_file
from deploy.sandbox.server import options, running
from services.ingest.sources.public_service_portal import Evaluation
from shared.datasets import finance, national_database, ndxp, system57
from tests.unit.sandbox.client import AS_OF, DATASETS, PERIOD, Reader, control_of, rows_of

ROWS: dict[str, type[msgspec.Struct]] = {
    dataset.name: dataset.row for module in (system57, ndxp, national_database, finance) for dataset in module.DATASETS
} | {"service_scores": Evaluation}
KEYS = {
    "coverage": ("agency",),
    "task_assignments": ("task_id", "agency"),
    "kpi_entries": ("kpi", "agency"),
    "service_scores": ("departmentCode",),
    "exchange_volumes": ("source_system", "agency"),
    "database_growth": ("database", "agency"),
    "investments": ("budget_kind", "field", "agency"),
}
PORTAL = "public_service_portal"
# One body has no row at all as April is frozen: it was told of nothing late in March either.
APRIL = "2026-05-02T00:00:00+07:00"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with running(options(seed=4585)) as port_file, httpx.Client(timeout=30) as http:
        yield Reader(port_file, http)


@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_every_row_decodes_strictly_by_the_contracts_type(reader: Reader, source: str, dataset: str) -> None:
    answer = reader.page(source, dataset)
    # Read from the bytes, not through Python floats, so that a figure like 61.52 stays what it is.
    raw = msgspec.json.decode(answer.content, type=dict[str, msgspec.Raw])
    body = msgspec.json.decode(raw["data"], type=dict[str, msgspec.Raw]) if "data" in raw else raw
    rows = body["evaluation" if "evaluation" in body else "rows"]
    decoded = msgspec.json.Decoder(list[ROWS[dataset]]).decode(rows)  # type: ignore[valid-type]
    assert len(decoded) == control_of(answer.json())["rows"]
    fields = set(ROWS[dataset].__struct_fields__)
    assert all(set(row) == fields for row in rows_of(answer.json())), "absent values are null, never left out"


@pytest.mark.parametrize("period", ["2026-01", "2026-02", "2026-12", "2027-01"])
@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_rows_ascend_strictly_and_sums_are_exact(reader: Reader, source: str, dataset: str, period: str) -> None:
    key = KEYS[dataset]
    payloads = list(reader.pages(source, dataset, period=period, size=400))
    rows = [row for payload in payloads for row in rows_of(payload)]
    keys = [tuple(row[name] for name in key) for row in rows]
    assert all(one < two for one, two in itertools.pairwise(keys))
    stated = control_of(payloads[0])
    assert all(control_of(payload) == stated for payload in payloads), "the totals speak of the whole dataset on every page"
    assert stated["rows"] == len(rows)
    for name, total in stated["sums"].items():
        assert isinstance(total, str)
        assert Decimal(total) == sum((row[name] for row in rows if row[name] is not None), Decimal(0))


@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_the_envelope_repeats_what_was_asked_and_says_that_it_is_demo_data(reader: Reader, source: str, dataset: str) -> None:
    payload = reader.page(source, dataset).json()
    assert "MÔ PHỎNG" in payload["notice"]
    assert "Demo data" in payload["notice"]
    if source == PORTAL:
        data = payload["data"]
        assert (payload["code"], data["year"], data["month"], data["asOf"]) == ("OK", 2026, 1, AS_OF)
    else:
        assert (payload["contract"], payload["dataset"]) == (f"{source}/1.0", dataset)
        assert (payload["period"], payload["as_of"]) == (PERIOD, AS_OF)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864's new name; the contract says EdDSA
@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_answers_are_signed_over_their_exact_bytes(reader: Reader, source: str, dataset: str) -> None:
    answer = reader.page(source, dataset)
    keys = KeySet.import_key_set(reader.http.get(reader.source(source)["jwks_url"]).json())
    signature = answer.headers["X-Payload-Signature"]
    assert verified(signature, answer.content, keys, algorithm="EdDSA")
    assert not verified(signature, answer.content + b" ", keys, algorithm="EdDSA")


def test_es256_signatures_verify_too() -> None:
    with running(options(seed=4585, signature="ES256")) as port_file, httpx.Client() as http:
        reader = Reader(port_file, http)
        answer = reader.page("ndxp", "exchange_volumes")
        keys = KeySet.import_key_set({"keys": [reader.source("ndxp")["jwk"]]})
        assert verified(answer.headers["X-Payload-Signature"], answer.content, keys, algorithm="ES256")


def verified(signature: str, payload: bytes, keys: KeySet, *, algorithm: str) -> bool:
    """A detached JWS (RFC 7515 appendix F) checked with a library the sandbox does not sign with."""
    protected, _, value = signature.partition("..")
    registry = JWSRegistry(algorithms=[algorithm])
    registry.max_payload_length = 2**27
    body = urlsafe_b64encode(payload).decode().rstrip("=")
    try:
        jws.deserialize_compact(f"{protected}.{body}.{value}", keys, registry=registry)
    except BadSignatureError:
        return False
    return True


@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_the_same_question_has_the_same_bytes(reader: Reader, source: str, dataset: str) -> None:
    first = reader.page(source, dataset)
    with running(options(seed=4585)) as port_file:
        again = Reader(port_file, reader.http).page(source, dataset)
    assert first.content == again.content
    with running(options(seed=1)) as port_file:
        other = Reader(port_file, reader.http).page(source, dataset)
    assert first.content != other.content


def test_the_same_instant_in_another_offset_is_the_same_question(reader: Reader) -> None:
    here = reader.page("ndxp", "exchange_volumes")
    there = reader.page("ndxp", "exchange_volumes", as_of="2026-02-01T17:00:00Z")
    assert here.content == there.content


def test_the_request_id_is_echoed_beside_the_sources_own(reader: Reader) -> None:
    key = {"X-API-Key": reader.source("finance")["api_key"], "X-Request-Id": "ours-1"}
    one, two = (reader.page("finance", "investments", headers=key) for _ in range(2))
    assert one.headers["X-Request-Id"] == "ours-1"
    assert one.headers["X-Source-Request-Id"] != two.headers["X-Source-Request-Id"]
    assert parsedate_to_datetime(one.headers["Date"]).tzinfo is not None


def test_portal_values_of_provinces_are_the_real_ones_digit_for_digit(reader: Reader) -> None:
    found = {row["departmentCode"]: row for row in reader.rows(PORTAL, "service_scores")}
    for real in data_file("portal-766-provinces-2026-ytd.csv"):
        row = found[real["agency_code"]]
        for group in ("CKMB", "TDGQ", "CLGQ", "TTTT", "MDHL", "MDSH"):
            assert Decimal(row["groupScores"][group]) == Decimal(real[group])
        assert row["totalScore"] == Decimal(real["total"])


def test_five_government_agencies_are_not_in_the_portal(reader: Reader) -> None:
    listed = {row["departmentCode"] for row in reader.rows(PORTAL, "service_scores")}
    everyone = {row["code"] for row in data_file("agencies.csv")}
    assert everyone - listed == {"G27", "G28", "G30", "G31", "G32"}


def test_portal_groups_stay_within_their_maxima_in_every_month(reader: Reader) -> None:
    maxima = {"CKMB": 18, "TDGQ": 20, "CLGQ": 12, "TTTT": 10, "MDHL": 18, "MDSH": 22}
    for period in ("2026-01", "2026-07", "2027-01"):
        for row in reader.rows(PORTAL, "service_scores", period=period):
            scores = row["groupScores"]
            assert all(0 <= scores[name] <= top for name, top in maxima.items())
            assert sum(scores.values()) == row["totalScore"]


def test_later_months_have_other_figures(reader: Reader) -> None:
    for source, dataset in DATASETS:
        january = reader.rows(source, dataset)
        assert january != reader.rows(source, dataset, period="2026-02", as_of="2026-03-02T00:00:00+07:00")


def test_coverage_names_all_56_and_agrees_with_the_rows(reader: Reader) -> None:
    stated = reader.rows("system57", "coverage")
    assert len(stated) == 56
    assert 0 in {row["task_assignments"] for row in reader.rows("system57", "coverage", period="2026-04", as_of=APRIL)}
    rows = reader.rows("system57", "task_assignments")
    collective = [row for row in rows if normalize("NFC", row["agency"]).startswith(("Các ", "Bộ, ngành", "UBND các"))]
    assert collective
    assert sum(row["task_assignments"] for row in stated) == len(rows) - len(collective)
    assert sum(row["kpi_entries"] for row in stated) == len(reader.rows("system57", "kpi_entries"))


def test_finance_has_the_edges_the_rules_speak_of(reader: Reader) -> None:
    spent: dict[str, list[int]] = {}
    for row in reader.rows("finance", "investments"):
        pair = spent.setdefault(row["agency"], [0, 0])
        pair[0] += row["disbursed_vnd"]
        pair[1] += row["allocated_vnd"]
    assert sum(disbursed > allocated for disbursed, allocated in spent.values()) == 1
    assert sum(allocated == 0 for _, allocated in spent.values()) == 1
    assert len(spent) == 56


def test_disbursement_since_january_never_falls_within_a_year(reader: Reader) -> None:
    last: dict[tuple[str, ...], int] = {}
    for month in range(1, 13):
        as_of = "2027-01-02T00:00:00+07:00" if month == 12 else f"2026-{month + 1:02d}-02T00:00:00+07:00"
        for row in reader.rows("finance", "investments", period=f"2026-{month:02d}", as_of=as_of):
            key = (row["budget_kind"], row["field"], row["agency"])
            assert row["disbursed_vnd"] >= last.get(key, 0)
            last[key] = row["disbursed_vnd"]


def test_kpi_entries_are_in_time_late_and_never(reader: Reader) -> None:
    frozen = _entries(reader, AS_OF)
    later = _entries(reader, "2026-02-20T00:00:00+07:00")
    due = {key for key, row in frozen.items() if row["due_in_period"]}
    assert {row["kpi"] for row in frozen.values() if row["kind"] == "monthly_report"} == {"BCT"}
    assert sum(row["kind"] == "monthly_report" for row in frozen.values()) == 56
    assert any(frozen[key]["updated_at"] for key in due)
    assert any(frozen[key]["updated_at"] is None and later[key]["updated_at"] for key in due), "late: after day 01"
    assert any(later[key]["updated_at"] is None for key in due), "never"


def _entries(reader: Reader, as_of: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kpi"], row["agency"]): row for row in reader.rows("system57", "kpi_entries", as_of=as_of)}


def test_figures_corrected_after_the_freeze_are_not_told_as_of_the_freeze(reader: Reader) -> None:
    for source, dataset, name in (
        ("ndxp", "exchange_volumes", "transactions"),
        ("national_database", "database_growth", "new_records"),
    ):
        frozen = [row[name] for row in reader.rows(source, dataset)]
        corrected = [row[name] for row in reader.rows(source, dataset, as_of="2026-02-20T00:00:00+07:00")]
        halfway = [row[name] for row in reader.rows(source, dataset, as_of="2026-01-16T00:00:00+07:00")]
        assert frozen != corrected
        assert sum(halfway) < sum(frozen) < sum(corrected)
