"""What a back-fill says of its months at the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cli.back_filling import document, faults, line
from services.gateway.operations.back_fills import Month, Whole
from services.gateway.operations.store.back_fills import BackFill, Step

DOWN = {"type": "source-unavailable", "detail": "ndxp is down", "hint": "Ask again."}


def step(kind: str, source: str | None = None, *, state: str = "succeeded", new: bool = True, **other: Any) -> Step:
    given = {"started_at": None, "ended_at": None, "made": "snap_1", "provisional": None, "agrees": None, "problem": None}
    names = {"part_of": "cmd_1", "command_id": "cmd_2", "period": "2026-03", "kind": kind, "source": source}
    return Step(**{**given, **names, "state": state, "new": new, **other})


def month(*freezes: Step, look: Step | None = None, **score: Any) -> Month:
    scored = {"made": "run_1", "provisional": False, "agrees": True, **score}
    return Month("2026-03", freezes, [look] if look else [], step("score", **scored))


FROZEN, BEFORE = step("freeze", "system57"), step("freeze", "finance", new=False)
FAILED = step("freeze", "ndxp", state="failed", made=None, problem=DOWN)


def whole(*months: Month) -> Whole:
    asked = {"command_id": "cmd_1", "first_period": "2026-03", "last_period": "2026-03", "actor": "key:a", "reason": "bù"}
    return Whole(BackFill(**asked, requested_at=datetime(2026, 12, 1, tzinfo=UTC)), months)


def test_a_line_says_what_was_frozen_now_and_before() -> None:
    done = month(FROZEN, BEFORE, look=step("second_look", "system57"))
    assert (done.state, whole(done).state) == ("scored", "succeeded")
    assert line(done) == "2026-03 · đã chấm điểm · run_1 · chốt 1 nguồn; giữ nguyên 1 nguồn đã chốt"


def test_what_failed_is_named_with_its_cause() -> None:
    late = step("second_look", "system57", state="failed", problem=DOWN)
    done = month(FROZEN, FAILED, look=late, provisional=True)
    assert (done.state, whole(done).state) == ("incomplete", "failed")
    assert line(done).endswith("chốt 1 nguồn; chưa chốt ndxp; chưa đối chiếu lại; tạm tính")
    assert [(each.place, each.message, each.hint) for each in faults(done)] == [
        ("2026-03 ndxp", "ndxp is down", "Ask again."),
        ("2026-03 system57", "ndxp is down", "Ask again."),
    ]


def test_a_month_that_could_not_be_scored_says_why() -> None:
    done = month(FROZEN, state="failed", made=None, problem={"type": "measures-refused", "detail": "cannot be"})
    assert done.state == "not_scored"
    assert line(done) == "2026-03 · chưa chấm điểm được · - · chốt 1 nguồn"
    assert [each.place for each in faults(done)] == ["2026-03 score"]


def test_while_it_goes_states_are_those_of_the_steps() -> None:
    waiting = month(step("freeze", "ndxp", state="waiting", made=None), state="waiting", made=None)
    running = month(FROZEN, state="waiting", made=None)
    assert [waiting.state, running.state] == ["waiting", "running"]
    assert [whole(waiting).state, whole(waiting, running).state] == ["waiting", "running"]
    assert whole(month(FROZEN), waiting).state == "running", "between two months"


def test_json_has_every_step() -> None:
    (told,) = document(whole(month(FROZEN, BEFORE, FAILED)))["months"]
    assert [each["state"] for each in told["freezes"]] == ["frozen", "already_frozen", "failed"]
    assert told["score"] == {"source": None, "state": "scored", "made": "run_1", "problem": None}
