"""Forms of the registers as they are read and filled, and what a correction changes. All of it is demo data."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from services.gateway.pages.evidence import whole, with_digests
from services.gateway.pages.own_api import Answer, Refused, as_json
from services.gateway.pages.posted import Posted
from services.gateway.pages.problems import problem_context
from services.gateway.pages.registers import content_forms, meeting_form
from services.gateway.pages.registers.changes import changes
from shared.errors import InputInvalid

BODIES = [
    {"code": "G06", "kind": "ministry"},
    {"code": "G31", "kind": "government_agency"},
    {"code": "H38", "kind": "province"},
]
MEETING: dict[str, Any] = {
    "held_on": "2026-01-08", "summoned_by": "government_leader", "chair": "Phó Thủ tướng Chính phủ", "topic": "Phiên họp",
    "summons_document": "1/GM",
    "summons": [
        {"agency": "G06", "required_role": "deputy", "online_allowed": True},
        {"agency": "H38", "required_role": "head", "online_allowed": False},
    ],
}  # fmt: skip


def test_a_meeting_survives_its_form() -> None:
    assert meeting_form.content_of(meeting_form.typed(MEETING)) == MEETING


def test_an_empty_field_is_left_out_and_not_sent_blank() -> None:
    assert meeting_form.content_of(Posted({"topic": [""], "chair": ["A"]})) == {"chair": "A", "summons": []}


def test_a_button_ticks_its_bodies_and_leaves_the_others() -> None:
    posted = meeting_form.typed(MEETING)
    pressed = Posted({**posted.values, "choose": ["ministries"], "role-of-many": ["officer"]})
    filled = meeting_form.chosen_by_button(pressed, BODIES)
    assert filled is not None
    assert meeting_form.content_of(filled)["summons"] == [
        {"agency": "G06", "required_role": "officer", "online_allowed": False},
        {"agency": "G31", "required_role": "officer", "online_allowed": False},
        {"agency": "H38", "required_role": "head", "online_allowed": False},
    ]
    nobody = meeting_form.chosen_by_button(Posted({**posted.values, "choose": ["nobody"]}), BODIES)
    assert nobody is not None
    assert meeting_form.content_of(nobody)["summons"] == []
    assert meeting_form.chosen_by_button(posted, BODIES) is None


def test_a_row_knows_the_place_that_a_fault_names() -> None:
    rows = meeting_form.rows(BODIES, meeting_form.typed(MEETING))
    assert [(row["code"], row["place"]) for row in rows] == [("G06", "/summons/0"), ("G31", ""), ("H38", "/summons/1")]


@pytest.mark.parametrize("of", ["", "@G06"])
def test_attendees_survive_their_boxes(of: str) -> None:
    came = {"attendees": [{"role": "head", "mode": "online"}, *[{"role": "officer", "mode": "in_person"}] * 2]}
    values = {f"{name}{of}": value for name, value in content_forms.typed_attendance(came).values.items()}
    assert content_forms.attendees(Posted(values), of) == came["attendees"]
    assert content_forms.is_stated(Posted(values), of)


def test_nobody_is_said_and_never_assumed() -> None:
    assert content_forms.attendees(Posted({"nobody": ["yes"]})) == []
    assert not content_forms.is_stated(Posted({"head-online": [""]}))
    for values in ({}, {"head-online": ["0"]}, {"head-online": ["1"], "nobody": ["yes"]}, {"head-online": ["-1"]},
                   {"head-online": ["51"]}, {"head-online": ["١"]}):  # fmt: skip
        with pytest.raises(InputInvalid) as refused:
            content_forms.attendees(Posted(values))
        assert [fault.place for fault in refused.value.faults] == ["/attendees"]


def test_a_mark_that_nobody_set_is_left_out() -> None:
    assert "qualifying" not in content_forms.speech_of(Posted({"qualifying": [""], "speech_kind": ["speech"]}))
    said = {"speech_kind": "speech", "speaker_role": "head", "qualifying": False}
    assert content_forms.speech_of(content_forms.typed_speech({**said, "note": None})) == said


def test_the_digest_of_a_chosen_file_stands_in_its_field() -> None:
    file = ("biên bản.pdf", "application/pdf", b"minutes")
    found = with_digests(Posted({"evidence_digest": ["typed before"]}, {"evidence_digest_file": file}), "evidence_digest")
    assert found.text("evidence_digest") == "sha256:" + hashlib.sha256(b"minutes").hexdigest()
    bare = with_digests(Posted({"evidence_digest": ["AB" * 32]}), "evidence_digest")
    assert bare.text("evidence_digest") == "sha256:" + "ab" * 32
    assert with_digests(Posted({"evidence_digest": ["no digest"]}), "evidence_digest").text("evidence_digest") == "no digest"


def test_a_number_that_is_none_reaches_the_api_as_typed() -> None:
    asked = [whole(Posted({"points": [text]}), "points") for text in ("3", "3,5", "", "1e3")]
    assert asked == [{"points": 3}, {"points": "3,5"}, {}, {"points": "1e3"}]


def test_what_a_correction_changes() -> None:
    after = {
        **MEETING, "topic": "Phiên họp khác",
        "summons": [{**MEETING["summons"][0], "required_role": "head"}, {**MEETING["summons"][1], "agency": "H05"}],
    }  # fmt: skip
    entry = {"version": 2, "version_in_force": 1, "withdraws": False, "content": after}
    found = changes([{"version": 1, "content": MEETING}, {"version": 2, "content": after}], entry)
    assert found is not None
    assert list(found.fields) == ["topic"]
    assert [each["agency"] for each in found.added] == ["H05"]
    assert [each["agency"] for each in found.dropped] == ["H38"]
    assert [(old["required_role"], new["required_role"]) for old, new in found.altered] == [("deputy", "head")]
    assert changes([], {**entry, "version_in_force": None}) is None
    assert changes([{"version": 1, "content": MEETING}], {**entry, "withdraws": True}) is None


def test_days_in_refusals_are_written_as_here() -> None:
    told = {
        "type": "https://x/problems/input-invalid", "title": "", "detail": "submission 2026-01 of 2026-01-05T17:00:00+00:00",
        "errors": [{"pointer": "/until", "detail": "x", "expected": "muộn hơn 2026-02-05T00:00:00+07:00, không 2026-13-45",
                    "seen": "2026-02-01"}],
    }  # fmt: skip
    found = problem_context(Refused(Answer(422, {}, as_json(told).content)), "vi")
    assert found["problem"]["detail"] == "submission 2026-01 of 06/01/2026 00:00:00"
    fault = found["faults"]["/until"][0]
    assert fault["expected"] == "muộn hơn 05/02/2026 00:00:00, không 2026-13-45"
    assert fault["seen"] == "2026-02-01"
