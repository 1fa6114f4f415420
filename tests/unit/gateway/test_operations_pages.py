"""Which act the operators' board offers next, and why; what is late is red and what is not due is calm."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

from services.gateway.http.pages import GUARDS, frame
from services.gateway.pages.operations import words
from services.gateway.pages.operations.board import bodies_by_state

MONTH = "2026-02"


def line(**more: Any) -> dict[str, Any]:
    plain = {"source": "ndxp", "state": "frozen", "internal": False, "look_missing": False, "last_pull": None}
    return plain | more


def test_what_is_overdue_is_frozen_and_why_is_said() -> None:
    act = words.next_of_source(line(state="overdue"), MONTH)
    assert act is not None
    assert (act.label[0], act.path) == ("Chốt số liệu", f"/periods/{MONTH}/sources/ndxp")
    away = words.next_of_source(line(state="overdue", last_pull={"state": "failed"}), MONTH)
    own = words.next_of_source(line(state="overdue", internal=True), MONTH)
    assert len({act.why, away and away.why, own and own.why}) == 3


def test_a_missing_second_look_is_asked_for_and_what_is_done_or_not_due_asks_nothing() -> None:
    look = words.next_of_source(line(source="system57", look_missing=True), MONTH)
    assert look is not None
    assert look.label[0] == "Hỏi lại nguồn"
    assert [words.next_of_source(line(state=state), MONTH) for state in ("frozen", "waiting", "pulled")] == [None] * 3


def test_the_month_is_scored_once_every_source_is_frozen_and_then_published_by_another() -> None:
    def act(*states: str, last: dict[str, Any] | None) -> words.Next | None:
        sources = [line(state=state) for state in states]
        return words.next_of_month({"period": MONTH, "sources": sources, "runs": {"last": last}})

    assert act("frozen", "overdue", last=None) is None
    scored = act("frozen", "frozen", last=None)
    assert scored is not None
    assert scored.path == f"/periods/{MONTH}/publishing"
    seen = act("frozen", last={"run_id": "run_1", "publication": None})
    assert seen is not None
    assert seen.path == "/score-runs/run_1"
    assert act("frozen", last={"run_id": "run_1", "publication": "pub_1"}) is None


def test_only_what_is_late_is_red() -> None:
    assert {name for name, tag in words.STATES.items() if tag.kind == "bad"} == {"overdue"}
    assert {name for name, tag in words.BODY_STATES.items() if tag.kind == "bad"} == {"late", "missing"}


def test_a_body_without_a_report_is_late_only_after_its_deadline() -> None:
    bodies = [
        {"agency": "G01", "state": "none", "seconds_left": 0},
        {"agency": "G02", "state": "none", "seconds_left": 9},
        {"agency": "G03", "state": "late", "seconds_left": 0},
    ]
    counted, everybody = bodies_by_state(bodies, None)
    assert counted == {"missing": 1, "late": 1, "due": 1}
    assert [state for state, _ in everybody] == ["missing", "due", "late"]
    assert [each["agency"] for _, each in bodies_by_state(bodies, "due")[1]] == ["G02"]


def test_an_age_is_said_in_the_largest_unit_that_fits() -> None:
    assert [words.age_words(seconds)[0] for seconds in (None, 20, 3_700, 200_000)] == ["–", "vừa xong", "1 giờ", "2 ngày"]


def test_every_request_and_failure_leads_to_a_page() -> None:
    for kind in words.KINDS:
        request = {"request_id": "x_1", "kind": kind, "about": "snap_1"}
        assert "None" not in words.request_path(request)
    assert words.work_path({"kind": "freeze", "command_id": "cmd_1", "snapshot": None}) == "/freezes/requests/cmd_1"


def test_pages_of_the_api_itself_fit_a_phone_and_run_only_their_own_style() -> None:
    shown = frame("Lỗi", "<pre>x</pre>", "vi")
    style = shown.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in GUARDS["content-security-policy"]
    assert "<main><h1>Lỗi</h1><pre>x</pre></main>" in shown
