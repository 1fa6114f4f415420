"""What a quarter says of a body that a month says nothing of, and of a month whose totals lacked figures (G-17). Invented."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.publication.roll_ups import Release, draft_of, published_csv, published_document, stale_in
from shared.period import Span

MONTHS = [{"period": f"2026-0{month}", "version": month, "publication_id": "pub", "digest": "d"} for month in (1, 2, 3)]
AT = datetime(2026, 5, 1, tzinfo=UTC)


def line(agency: str, total: Any, exact: str, **beside: Any) -> dict[str, Any]:
    told = {"name_vi": "=Cơ quan", "name_en": "Body", "kind": "ministry", "missing": [], "rank": 1}
    return {"agency": agency, "total": total, "total_exact": exact, **told, **beside}


def sheet(*lines: dict[str, Any]) -> bytes:
    return json.dumps({"agencies": lines}).encode()


JANUARY = sheet(line("G01", 84, "167/2"), line("G02", 70, "70"))
FEBRUARY = sheet(line("G01", 85, "85"))
MARCH = sheet(line("G01", 85, "85", missing=["A1"]), line("G02", 70, "70"))


def test_a_month_without_the_body_is_named_and_never_a_zero() -> None:
    draft = draft_of(Span(2026, 1), MONTHS, [JANUARY, FEBRUARY, MARCH])
    whole, lacking = draft.lines
    assert (whole["mean"], whole["mean_exact"], whole["shown_total"], whole["rank"]) == (85, "254/3", "84.67", 1)
    assert (whole["exact_totals_mean"], whole["missing"]) == ("169/2", [])
    assert [each["missing"] for each in whole["months"]] == [[], [], ["A1"]], "a total that lacks a figure says so"
    said = ("mean", "mean_exact", "shown_total", "exact_totals_mean", "rank")
    assert {lacking[name] for name in said} == {None}
    assert [each["period"] for each in lacking["months"]] == ["2026-01", "2026-03"]
    reason = "Bảng điểm đã công bố của tháng 02/2026 không có tổng điểm của cơ quan."
    assert [(each["period"], each["reason"]["vi"]) for each in lacking["missing"]] == [("2026-02", reason)]


def test_a_rank_is_told_only_where_every_month_has_one() -> None:
    unranked = line("G01", 85, "85")
    del unranked["rank"]
    draft = draft_of(Span(2026, 1), MONTHS, [JANUARY, sheet(unranked), MARCH])
    assert [each["rank"] for each in draft.lines] == [None, None]


def test_the_digest_is_over_the_versions_and_every_figure() -> None:
    digests = {
        draft_of(Span(2026, 1), MONTHS, [JANUARY, FEBRUARY, MARCH]).digest,
        draft_of(Span(2026, 1), [*MONTHS[:2], {**MONTHS[2], "version": 4}], [JANUARY, FEBRUARY, MARCH]).digest,
        draft_of(Span(2026, 1), MONTHS, [JANUARY, FEBRUARY, sheet(line("G01", 85, "169/2"))]).digest,
    }
    assert len(digests) == 3


def test_who_said_nothing_is_named_and_a_cell_is_no_formula() -> None:
    draft = draft_of(Span(2026, 1), MONTHS, [JANUARY, FEBRUARY, MARCH])
    release = Release(roll_up="rup", version=1, published_at=AT, check_until=AT, reason="x", verdicts={"G02": "objects"})
    document = published_document(Span(2026, 1), draft, release)
    assert (document["silent"], [each["check"] for each in document["agencies"]]) == (["G01"], ["silent", "objects"])
    first, second = csv.DictReader(io.StringIO(published_csv(document).decode("utf-8-sig")))
    assert (first["name_vi"], first["2026-02_total"], first["mean"]) == ("'=Cơ quan", "85", "85")
    assert (second["2026-02_total"], second["mean"], second["missing"]) == ("", "", "2026-02")


@pytest.mark.parametrize(("latest", "stale"), [(2, []), (3, [{"period": "2026-02", "version": 2, "latest": 3}])])
def test_a_corrected_month_makes_it_stale(latest: int, stale: list[dict[str, Any]]) -> None:
    january, february, march = MONTHS
    assert stale_in(MONTHS, [january, {**february, "version": latest}, march]) == stale
