"""Every fault of the sandbox, as a client meets it, and that all is well again once it is gone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from deploy.sandbox.faults import MODES
from deploy.sandbox.server import options, running
from tests.unit.sandbox.client import DATASETS, Reader, control_of, rows_of

KEYS = {
    "coverage": ("agency",),
    "task_assignments": ("task_id", "agency"),
    "kpi_entries": ("kpi", "agency"),
    "service_scores": ("departmentCode",),
    "exchange_volumes": ("source_system", "agency"),
    "database_growth": ("database", "agency"),
    "investments": ("budget_kind", "field", "agency"),
}
TESTED = {
    "down",
    "slow",
    "500",
    "429",
    "401",
    "as_of_unavailable",
    "crash_after_page",
    "truncated_page",
    "cut_json",
    "duplicate_row",
    "schema_drift",
    "retyped_field",
    "missing_field",
    "unmapped_agency",
    "wrong_period",
    "wrong_total",
    "impossible_row",
    "bad_signature",
    "missing_signature",
    "clock_skew",
}


@pytest.fixture(scope="module")
def running_sandbox() -> Iterator[Reader]:
    with running(options(seed=4585)) as port_file, httpx.Client(timeout=30) as http:
        yield Reader(port_file, http)


@pytest.fixture
def reader(running_sandbox: Reader) -> Iterator[Reader]:
    running_sandbox.clear()
    yield running_sandbox
    running_sandbox.clear()


@pytest.fixture(params=DATASETS, ids=lambda pair: pair[1])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


def faulty(reader: Reader, pair: tuple[str, str], mode: str, *, size: int = 1000) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first page right and the same page with the fault."""
    right = json.loads(reader.page(*pair, size=size).content, parse_float=Decimal)
    reader.plant(pair[0], mode, times=1)
    wrong = json.loads(reader.page(*pair, size=size).content, parse_float=Decimal)
    after = json.loads(reader.page(*pair, size=size).content, parse_float=Decimal)
    assert after == right, "counted off after one strike"
    return right, wrong


def test_every_mode_is_tested_here() -> None:
    assert set(MODES) == TESTED


def test_down_hangs_up_without_an_answer(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "down")
    with pytest.raises(httpx.TransportError):
        reader.page(*pair)
    with pytest.raises(httpx.TransportError):
        reader.page(*pair)
    reader.clear()
    assert reader.page(*pair).status_code == 200


def test_500(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "500", times=2)
    assert [reader.page(*pair).status_code for _ in range(3)] == [500, 500, 200]


def test_429_says_when_to_come_back(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "429", times=1, seconds=2)
    refused = reader.page(*pair)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    assert refused.json()["code"] == "TOO_MANY_REQUESTS"
    assert reader.page(*pair).status_code == 200


def test_401_as_if_the_token_had_expired(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "401", times=1)
    assert [reader.page(*pair).status_code for _ in range(2)] == [401, 200]


def test_as_of_unavailable_is_422_with_its_code(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "as_of_unavailable")
    refused = reader.page(*pair)
    assert (refused.status_code, refused.json()["code"]) == (422, "AS_OF_UNAVAILABLE")


def test_slow(reader: Reader) -> None:
    reader.plant("ndxp", "slow", times=1, seconds=1)
    begun = time.monotonic()
    assert reader.page("ndxp", "exchange_volumes").status_code == 200
    assert time.monotonic() - begun >= 1


def test_crash_after_page_answers_up_to_that_page_and_resumes_when_cleared(reader: Reader) -> None:
    reader.plant("system57", "crash_after_page", dataset="task_assignments", page=2)
    pages = reader.pages("system57", "task_assignments", size=500)
    got = [next(pages), next(pages)]
    with pytest.raises(httpx.TransportError):
        next(pages)
    reader.clear()
    rest = list(_from(reader, got[-1]["next_page"]))
    assert sum(len(payload["rows"]) for payload in (*got, *rest)) == control_of(got[0])["rows"]


def _from(reader: Reader, token: str | None) -> Iterator[dict[str, Any]]:
    while token is not None:
        payload: dict[str, Any] = reader.page("system57", "task_assignments", size=500, page=token).json()
        yield payload
        token = payload["next_page"]


def test_truncated_page_sends_fewer_bytes_than_stated(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "truncated_page", times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        reader.page(*pair)
    assert reader.page(*pair).status_code == 200


def test_cut_json_is_whole_in_length_but_no_json(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "cut_json", times=1)
    answer = reader.page(*pair)
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        answer.json()


def test_duplicate_row(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "duplicate_row")
    assert rows_of(wrong) == [*rows_of(right), rows_of(right)[-1]]
    assert control_of(wrong) == control_of(right)


def test_schema_drift_adds_a_field(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "schema_drift")
    assert {frozenset(row) - frozenset(rows_of(right)[0]) for row in rows_of(wrong)} == {frozenset({"new_field"})}


def test_retyped_field(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "retyped_field")
    changed = [name for name, value in rows_of(wrong)[0].items() if type(value) is not type(rows_of(right)[0][name])]
    assert len(changed) == 1
    assert rows_of(wrong)[1:] == rows_of(right)[1:]


def test_missing_field(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "missing_field")
    assert len(set(rows_of(right)[0]) - set(rows_of(wrong)[0])) == 1
    assert rows_of(wrong)[1:] == rows_of(right)[1:]


def test_unmapped_agency_changes_one_name_and_keeps_the_order(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "unmapped_agency")
    key = KEYS[pair[1]]
    pairs = zip(rows_of(right), rows_of(wrong), strict=True)
    changed = [(one[key[-1]], two[key[-1]]) for one, two in pairs if one != two]
    assert len(changed) == 1
    keys = [tuple(row[name] for name in key) for row in rows_of(wrong)]
    assert keys == sorted(set(keys))


def test_wrong_period(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "wrong_period")
    envelopes = [payload.get("data", payload) for payload in (right, wrong)]
    name = "month" if "month" in envelopes[0] else "period"
    assert [envelope[name] for envelope in envelopes] in ([1, 2], ["2026-01", "2026-02"])


def test_an_impossible_row_is_one_value_and_every_total_stays_right(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "impossible_row")
    assert control_of(right) == control_of(wrong)
    changed = [number for number, (one, two) in enumerate(zip(rows_of(right), rows_of(wrong), strict=True)) if one != two]
    assert changed == ([0, 1] if pair[1] == "coverage" else [0])


def test_wrong_total(reader: Reader, pair: tuple[str, str]) -> None:
    right, wrong = faulty(reader, pair, "wrong_total")
    assert rows_of(wrong) == rows_of(right)
    assert control_of(wrong) != control_of(right)


@pytest.mark.parametrize("mode", ["bad_signature", "missing_signature"])
def test_signature_faults_leave_the_body_alone(reader: Reader, pair: tuple[str, str], mode: str) -> None:
    right = reader.page(*pair)
    reader.plant(pair[0], mode)
    wrong = reader.page(*pair)
    assert wrong.content == right.content
    assert wrong.headers.get("X-Payload-Signature") != right.headers["X-Payload-Signature"]
    assert ("X-Payload-Signature" in wrong.headers) == (mode == "bad_signature")


def test_clock_skew_shifts_the_date_header(reader: Reader, pair: tuple[str, str]) -> None:
    reader.plant(pair[0], "clock_skew", seconds=5400)
    told = parsedate_to_datetime(reader.page(*pair).headers["Date"])
    assert abs(told - datetime.now(UTC) - timedelta(seconds=5400)) < timedelta(seconds=30)


def test_a_fault_strikes_only_its_source_dataset_and_page(reader: Reader) -> None:
    reader.plant("system57", "500", dataset="task_assignments", page=2)
    assert reader.page("ndxp", "exchange_volumes").status_code == 200
    assert reader.page("system57", "kpi_entries").status_code == 200
    first = reader.page("system57", "task_assignments", size=100)
    assert first.status_code == 200
    assert reader.page("system57", "task_assignments", size=100, page=first.json()["next_page"]).status_code == 500


def test_faults_are_named_by_prefix_too_and_listed(reader: Reader) -> None:
    reader.plant("portal", "500", times=3)
    reader.page("public_service_portal", "service_scores")
    listed = reader.http.get(reader.port_file["admin"]["faults_url"], headers=reader.admin).json()
    assert [(one["source"], one["mode"], one["left"]) for one in listed] == [("public_service_portal", "500", 2)]


def test_the_token_endpoint_can_fail_on_its_own(reader: Reader) -> None:
    source = reader.source("finance")
    reader.plant("finance", "500", dataset="token", times=1)
    form = {"grant_type": "client_credentials"}
    basic = (source["client_id"], source["client_secret"])
    assert reader.page("finance", "investments").status_code == 200
    assert [reader.http.post(source["token_url"], data=form, auth=basic).status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"source": "system57", "mode": "explode"}, "explode"),
        ({"source": "system58", "mode": "500"}, "system58"),
        ({"source": "ndxp", "dataset": "investments", "mode": "500"}, "investments"),
        ({"source": "ndxp", "mode": "500", "times": 0}, "times"),
        ({"source": "ndxp", "mode": "500", "page": "two"}, "page"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_name(reader: Reader, body: dict[str, object], words: str) -> None:
    refused = reader.http.post(reader.port_file["admin"]["faults_url"], json=body, headers=reader.admin)
    assert (refused.status_code, refused.json()["code"]) == (
        400,
        "BAD_FAULT" if words not in ("times", "page") else "BAD_NUMBER",
    )
    assert words in refused.json()["message"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_admin_routes_need_the_admin_token(reader: Reader, method: str) -> None:
    url = reader.port_file["admin"]["faults_url"]
    key = reader.source("ndxp")["api_key"]
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-API-Key": key}):
        assert reader.http.request(method, url, headers=headers).status_code == 401
