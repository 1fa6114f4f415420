"""The words of the first page: time left, and what waits for whom (DSH-06)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.gateway.pages.board.administering import awaiting
from services.gateway.pages.board.months import Month, Months
from services.gateway.pages.board.national import owing_of, unpublished
from services.gateway.pages.board.own_month import standing_of
from services.gateway.pages.board.put_off import put_off, still_counts, time_of
from services.gateway.pages.board.reports import Report, tasks_of
from services.gateway.pages.board.stake import Stake, stake
from services.gateway.pages.board.words import left_words, seconds_between

BESIDE = {"period": "2026-01", "version": 2}
# The first instant too late: midnight in Vietnam after 4 February.
END = "2026-02-04T17:00:00Z"
PATH = "/agencies/H38/periods/2026-01/submissions/1"
DRAFT = Report(
    "2026-01", 1, PATH, "draft", test=False, holder="agency_drafter", allowed=frozenset({"edit"}), lapsed=False,
    has_content=True, whole=True, checked=True, step=1, open_count=0,
)  # fmt: skip
REVIEWED = replace(DRAFT, state="in_review", holder="agency_approver", allowed=frozenset({"approve"}))
APPROVED = replace(DRAFT, state="approved", holder="agency_signer", allowed=frozenset({"sign"}))


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (273_659, "còn 3 ngày 4 giờ, đến hết ngày 04/02/2026", "3 days 4 hours left, until the end of 04/02/2026"),
        (86_400 + 300, "còn 1 ngày, đến hết ngày 04/02/2026", "1 day left, until the end of 04/02/2026"),
        (18_720, "còn 5 giờ 12 phút, đến hết ngày 04/02/2026", "5 hours 12 minutes left, until the end of 04/02/2026"),
        (61, "còn 1 phút, đến hết ngày 04/02/2026", "1 minute left, until the end of 04/02/2026"),
        (59, "còn dưới 1 phút, đến hết ngày 04/02/2026", "less than a minute left, until the end of 04/02/2026"),
        (0, "đã quá hạn: hết ngày 04/02/2026", "past: the end of 04/02/2026"),
    ],
)  # fmt: skip
def test_time_left_is_said_in_words(seconds: int, vi: str, en: str) -> None:
    assert left_words(seconds, END) == (vi, en)


def test_an_end_inside_a_day_has_its_hour() -> None:
    assert left_words(3_600, "2026-02-05T10:30:00Z")[0] == "còn 1 giờ, đến 17:30 ngày 05/02/2026"


def test_seconds_are_counted_across_zones() -> None:
    assert seconds_between("2026-02-04T23:59:00+07:00", END) == 60
    assert seconds_between("2026-02-05T00:01:00+07:00", END) == -60


def said(report: Report, role: str) -> list[tuple[str, str | None]]:
    return [(each.words[0], each.path) for each in tasks_of([report], {role})]


def test_a_report_waits_for_the_one_whose_turn_it_is() -> None:
    assert said(DRAFT, "agency_drafter") == [("Chuyển duyệt báo cáo số 1, tháng 01/2026", f"{PATH}/handovers")]
    assert said(REVIEWED, "agency_approver") == [("Duyệt báo cáo số 1, tháng 01/2026", f"{PATH}/approvals")]
    assert said(APPROVED, "agency_signer") == [("Ký báo cáo số 1, tháng 01/2026", f"{PATH}/signatures")]
    assert said(DRAFT, "agency_signer") == said(REVIEWED, "agency_drafter") == []


def test_who_had_a_hand_is_told_that_somebody_else_is_needed() -> None:
    words, path = said(replace(REVIEWED, allowed=frozenset()), "agency_approver")[0]
    assert "chờ một người khác" in words
    assert path == PATH


def test_a_test_report_waits_for_approval_and_for_no_signature() -> None:
    assert "báo cáo thử" in said(replace(REVIEWED, test=True), "agency_approver")[0][0]
    assert said(replace(APPROVED, test=True), "agency_signer") == []


def test_a_draft_says_what_is_left() -> None:
    left = replace(DRAFT, unstated=(("narratives", ("Thuyết minh", "Narratives")),), open_count=2, returned="thiếu số liệu")
    assert said(left, "agency_drafter") == [
        ("Sửa báo cáo số 1, tháng 01/2026, bị trả lại: thiếu số liệu", PATH),
        ("Khai phần “Thuyết minh” của báo cáo số 1, tháng 01/2026", f"{PATH}/content/narratives"),
        ("Sửa hoặc xác nhận 2 lỗi, cảnh báo của báo cáo số 1, tháng 01/2026", f"{PATH}/findings?severity=to_do"),
    ]
    empty = replace(DRAFT, has_content=False, checked=False, open_count=None)
    assert said(empty, "agency_drafter") == [
        ("Nhập nội dung hoặc tải tệp của báo cáo số 1, tháng 01/2026", f"{PATH}/content"),
    ]


def test_a_request_of_ones_own_waits_for_somebody_else() -> None:
    items: list[dict[str, Any]] = [{"state": "requested", "requested_by": each} for each in ("key:a", "key:b", "key:b")]
    items.append({"state": "in_force", "requested_by": "key:b"})
    found = awaiting(items, ("vai trò", "roles"), path="/members", asker="key:a")
    assert [each.words[0] for each in found] == [
        "Phê duyệt 2 đề nghị về vai trò",
        "1 đề nghị của bạn về vai trò chờ người thứ hai",
    ]


def test_a_run_waits_until_a_later_one_is_published() -> None:
    run = {"run_id": "run_1", "publication": None}
    assert unpublished([]) is None
    assert unpublished([run]) == "run_1"
    assert unpublished([run, {"run_id": "run_2", "publication": "pub_1"}]) is None


def test_a_body_owes_its_report_from_its_own_deadline_on() -> None:
    items = [
        {"agency": "H01", "state": "none", "hard_at": END},
        {"agency": "H02", "state": "late", "hard_at": END},
        {"agency": "H03", "state": "in_time", "hard_at": END},
        {"agency": "H04", "state": "none", "hard_at": "2026-02-10T17:00:00Z"},
    ]
    assert [(each.agency, each.late) for each in owing_of(items, END, {})] == [("H01", False), ("H02", True)]
    assert owing_of(items, "2026-02-04T16:59:59Z", {}) == []


def month(period: str, version: int | None = None) -> Month:
    return Month(period, "qd-4585", version, None, ())


def test_the_month_that_is_reported_is_the_last_that_is_over() -> None:
    months = Months([month("2026-05"), month("2026-04"), month("2026-03", 1), month("2026-02", 2)])
    assert months.current.period == "2026-04"
    assert months.published is not None
    assert months.published.period == "2026-03"
    assert [each.period for each in months.older] == ["2026-02"]
    assert [each.period for each in months.closing] == ["2026-04", "2026-03"]
    later = Months([month("2026-06"), *months.all])
    assert [each.period for each in later.closing] == ["2026-05", "2026-04", "2026-03"]
    assert Months([month("2026-01")]).current.period == "2026-01"


def test_months_with_a_report_deadline_put_off_are_looked_for_until_it_passes() -> None:
    entry = {"period": "2026-01", "kind": "report_deadline", "in_force": True, "falls_at": "2026-05-20T17:00:00Z"}
    items = [
        entry,
        {**entry, "period": "2025-12", "in_force": False},
        {**entry, "period": "2025-11", "kind": "cutoff"},
        {**entry, "period": "2025-10", "falls_at": "2026-05-10T17:00:00Z"},
    ]
    calendar = {"items": items, "extensions": [{"period": "2026-02", "until": "2026-05-18T17:00:00Z"}]}
    assert put_off(calendar, "2026-05-11T00:00:00+07:00") == {"2026-01", "2026-02"}
    assert put_off(calendar, "2026-05-21T00:00:00+07:00") == set()


DUE = {
    "agency": "H38", "period": "2026-01", "now": "2026-02-03T17:00:00Z", "hard_at": END, "counts_until": END,
    "seconds_left": 86_400, "sequence": None, "late": None,
}  # fmt: skip


def test_a_month_stands_where_its_report_does() -> None:
    assert standing_of(DUE, []).unbegun
    assert standing_of(DUE, [replace(DRAFT, test=True)]).unbegun
    made = standing_of(DUE, [REVIEWED, replace(DRAFT, period="2026-02")])
    assert (made.unbegun, made.turn, made.path) == (False, ("người duyệt báo cáo", "the approver"), PATH.removesuffix("/1"))
    accepted = standing_of({**DUE, "sequence": 1, "late": False}, [])
    assert (accepted.unbegun, accepted.turn) == (False, None)


def test_after_the_deadline_it_is_said_until_when_a_late_report_counts() -> None:
    past = {**DUE, "now": END, "seconds_left": 0}
    assert not still_counts(past)
    assert time_of(past)[0] == "đã quá hạn: hết ngày 04/02/2026"
    late = {**past, "counts_until": "2026-02-06T17:00:00Z"}
    assert still_counts(late)
    assert time_of(late)[0] == "đã quá hạn: hết ngày 04/02/2026; nộp muộn vẫn được tính, còn 2 ngày, đến hết ngày 06/02/2026"


class Most:
    """Of the law what the words need."""

    def most_of(self, code: str) -> str:
        return {"C1": "10", "D1": "10"}[code]


def at_stake(**words: Any) -> Stake:
    indicators = [
        {"code": "C1", "from": "1", "to": "1", "change": "0", "left_out": "awaiting_word"},
        {"code": "D1", "from": None, "to": "50/11", "change": "50/11", "left_out": None},
    ]
    told: dict[str, Any] = {
        "agency": "H38", "period": "2026-02", "beside": BESIDE, "report": {"sequence": 3, "state": "approved"},
        "measures_with": {"accepted_tasks": "10"}, "measures_without": {"accepted_tasks": None},
        "total_exact": {"from": "54", "to": "59", "change": "50/11"}, "indicators": indicators, "unknown": None, **words,
    }  # fmt: skip
    return stake(told, Most())  # type: ignore[arg-type]


def test_what_is_at_stake_is_said_with_the_sheet_it_was_worked_out_on_and_what_is_left_out() -> None:
    found = at_stake()
    assert (found.points, found.parts) == ("50/11", [("D1", "+4,55")])
    assert found.says[0] == "nhờ báo cáo số 3 so với khi không có báo cáo, tính trên bảng điểm tháng 01/2026"
    assert [each[0] for each in found.left_out] == ["Chưa gồm C1: số liệu báo cáo còn chờ ý kiến của Bộ Công an."]
    assert found.ways is not None
    assert all(each.startswith("/agencies/H38/periods/2026-01/what-if?version=2") for each in found.ways)
    assert found.most[0] == "Báo cáo này cấp số liệu cho C1 (tối đa 10 điểm) và D1 (tối đa 10 điểm)."
    before = at_stake(report=None)
    assert "giả định số liệu như báo cáo đã được tính trong bảng điểm tháng 01/2026" in before.says[0]


@pytest.mark.parametrize("unknown", ["nothing_published", "not_on_sheet", "other_scheme", "no_report", "refused"])
def test_a_stake_that_is_not_known_has_a_reason_and_no_figure(unknown: str) -> None:
    found = at_stake(unknown=unknown, total_exact=None, indicators=[], beside=None)
    assert (found.points, found.ways) == (None, None)
    assert found.says[0].startswith("chưa tính được: ")
