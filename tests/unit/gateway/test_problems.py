"""Problem documents, and the register of their types."""

from __future__ import annotations

import json

import pytest

from services.gateway.generate import made
from services.gateway.messages.problem_types import ProblemType, collect, register, unique
from shared.errors import Conflict, DomainError, Fault, InputInvalid, SourceProblem, Unauthenticated, Unavailable
from shared.problems import Wording, answer, kinds, of_status, status_of

URL = "https://diem.example.vn/"


def told(error: DomainError, language: str = "vi") -> dict[str, object]:
    content: dict[str, object] = json.loads(answer(error, public_url=URL, instance="req_1", language=language).body)  # type: ignore[arg-type]
    return content


def test_a_refusal_names_type_place_expected_value_and_what_to_do() -> None:
    fault = Fault("/value", "too large", seen="19", expected="at most 18", hint="check the source", rule="above-maximum")
    assert told(InputInvalid("no", faults=[fault], hint="see the scheme", measure="transparency")) == {
        "type": "https://diem.example.vn/problems/input-invalid",
        "title": "Dữ liệu đầu vào không hợp lệ",
        "status": 422,
        "detail": "no",
        "hint": "see the scheme",
        "errors": [
            {
                "pointer": "/value",
                "detail": "too large",
                "seen": "19",
                "expected": "at most 18",
                "hint": "check the source",
                "rule_id": "above-maximum",
            }
        ],
        "context": {"measure": "transparency"},
        "instance": "req_1",
    }


@pytest.mark.parametrize(
    "error", [DomainError("secret"), Unavailable("secret", hint="secret"), SourceProblem("secret", a="secret")]
)
def test_from_500_up_only_the_id_is_told(error: DomainError) -> None:
    document = told(error, "en")
    assert set(document) == {"type", "title", "status", "instance"}
    assert "secret" not in json.dumps(document)


def test_the_wording_of_a_caller_is_told_and_what_was_seen_stays() -> None:
    fault = Fault("/value", "too large", seen="too large", expected="at most 18", hint="check the source", rule="above-maximum")
    error = InputInvalid("no", faults=[fault], hint="see the scheme", measure="transparency")
    words = Wording(cause="because", remedy="do", said=str.upper)
    document = json.loads(answer(error, public_url=URL, instance="req_1", language="vi", wording=words).body)
    assert {name: document[name] for name in ("detail", "cause", "hint", "remedy", "context")} == {
        "detail": "NO",
        "cause": "because",
        "hint": "SEE THE SCHEME",
        "remedy": "do",
        "context": {"measure": "transparency"},
    }
    assert document["errors"] == [
        {
            "pointer": "/value",
            "detail": "TOO LARGE",
            "seen": "too large",
            "expected": "AT MOST 18",
            "hint": "CHECK THE SOURCE",
            "rule_id": "above-maximum",
        }
    ]


def test_from_500_up_the_remedy_of_the_type_is_told_besides() -> None:
    words = Wording(cause="because", remedy="do", said=str.upper)
    document = json.loads(answer(DomainError("secret"), public_url=URL, instance="r", language="vi", wording=words).body)
    assert set(document) == {"type", "title", "status", "remedy", "instance"}


def test_headers_say_how_to_go_on() -> None:
    unknown = dict(answer(Unauthenticated("x"), public_url=URL, instance="r", language="vi").headers)
    assert unknown["www-authenticate"].startswith("Bearer ")
    away = dict(answer(Unavailable("x"), public_url=URL, instance="r", language="vi").headers)
    assert int(away["retry-after"]) > 0
    assert unknown["cache-control"] == away["cache-control"] == "no-store"


def test_broken_text_does_not_break_the_answer() -> None:
    assert told(Conflict("\ud800"))["detail"] == "?"


def test_every_kind_has_one_status_and_two_titles() -> None:
    for kind in kinds():
        assert 400 <= status_of(kind) <= 503
        assert kind.title_vi
        assert kind.title_en


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 503])
def test_the_frameworks_statuses_stay_what_they_are(status: int) -> None:
    assert status_of(type(of_status(status, "x"))) == status


def test_an_unknown_status_of_the_framework_is_a_fault_of_ours() -> None:
    assert status_of(type(of_status(418, "x"))) == 500


def test_every_error_class_of_the_product_stands_in_the_register() -> None:
    """`python -m services.gateway.generate` writes it anew."""
    assert register() == collect()


def test_made_files_are_as_they_would_be_made_now() -> None:
    """`python -m services.gateway.generate` writes them anew."""
    stale = [path.name for path, content in made() if path.read_text("utf-8") != content]
    assert stale == []


def test_one_slug_cannot_name_two_problems() -> None:
    one = ProblemType("a", 404, "Một", "One", "x")
    with pytest.raises(ValueError, match="the slug a names two problems"):
        unique([one, ProblemType("a", 409, "Hai", "Two", "x")])
    assert unique([one, one]) == (one,)
