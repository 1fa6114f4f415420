"""What a worker kept of its problem is read in one language: sentences, faults and title."""

from __future__ import annotations

from services.gateway.messages.telling import outcome
from shared.errors import Fault, InputInvalid

STORED = InputInvalid(
    "ndxp/page 2: not what was asked",
    faults=[Fault("ndxp/rows/3/failed", "missing field", seen="absent", expected="no such field", hint="Freeze it first.")],
    hint="Ask the source to send the page again.",
).as_dict()


def test_the_outcome_of_a_job_is_worded_whole() -> None:
    told = outcome(STORED, "vi")
    assert (told["title"], told["hint"]) == ("Dữ liệu đầu vào không hợp lệ", "Đề nghị nguồn gửi lại trang này.")
    assert told["detail"] == "ndxp/page 2: không đúng nội dung đã yêu cầu"
    (fault,) = told["errors"]
    assert (fault["detail"], fault["hint"]) == ("thiếu trường", "Trước hết chốt số liệu của nguồn này.")
    assert (fault["pointer"], fault["seen"]) == ("ndxp/rows/3/failed", "absent")


def test_in_english_it_is_what_was_kept() -> None:
    told = outcome(STORED, "en")
    assert {name: told[name] for name in ("detail", "hint", "errors")} == {
        name: STORED[name] for name in ("detail", "hint", "errors")
    }
    assert told["title"] == "Invalid input"
