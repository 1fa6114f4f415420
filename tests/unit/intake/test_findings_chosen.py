"""Findings are chosen by rule, severity, section and what is open, and keep their numbers of the complete list (INT-06)."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.reports.form.report import SECTIONS, Finding, Severity
from services.gateway.reports.rules.findings_chosen import PLACES, WHOLE, Choice, chosen, counts


def finding(number: int, severity: Severity, pointer: str, rule: str = "a-rule") -> Finding:
    words = dict.fromkeys(("message_vi", "message_en", "hint_vi", "hint_en"), "minh họa")
    none: dict[str, Any] = dict.fromkeys(("cell", "seen", "expected", "client_ref"))
    return Finding(rule=rule, severity=severity, category="c", pointer=pointer, key=f"sha256:{number}", **words, **none)


FOUND = [
    finding(1, "fatal", "/registered_tasks/0/title"),
    finding(2, "confirm", "/registered_tasks/1"),
    finding(3, "confirm", "/reported_databases/0/new_records", rule="another"),
    finding(4, "notice", ""),
    finding(5, "notice", "/column_unheard_of"),
]
CONFIRMED = frozenset({"sha256:2"})


def test_the_places_are_the_sections_and_the_whole() -> None:
    assert (*SECTIONS, WHOLE) == PLACES


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        (Choice(), [1, 2, 3, 4, 5]),
        (Choice(severity="confirm"), [2, 3]),
        (Choice(section="registered_tasks"), [1, 2]),
        (Choice(section=WHOLE), [4, 5]),
        (Choice(open_only=True), [1, 3]),
        (Choice(severity="confirm", section="registered_tasks", open_only=True), []),
        (Choice(rule="another"), [3]),
    ],
)
def test_what_is_chosen_keeps_its_number(choice: Choice, numbers: list[int]) -> None:
    assert [number for number, _ in chosen(FOUND, CONFIRMED, choice)] == numbers


def test_counts_add_up() -> None:
    told = counts(FOUND, CONFIRMED)
    assert {name: told[name] for name in told if name != "sections"} == {
        "total": 5, "fatal": 1, "confirm": 2, "notice": 2, "confirmed": 1, "open": 2
    }  # fmt: skip
    assert [each["section"] for each in told["sections"]] == ["registered_tasks", "reported_databases", WHOLE]
    for name in ("total", "fatal", "confirm", "notice", "confirmed", "open"):
        assert sum(each[name] for each in told["sections"]) == told[name]
