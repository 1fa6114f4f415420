"""DQ-01: the rule catalogue is dated data; what is not a whole, known, closed catalogue is never in force."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.gateway.reports.rules.catalogue import (
    CatalogueInvalid,
    CatalogueUnknown,
    catalogue_in_force,
    load_catalogues,
    packaged_catalogues,
    parse_catalogue,
)
from services.gateway.reports.rules.checks import BESIDE_REPORTS, CHECKS
from services.gateway.reports.rules.describe_rules import describe
from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.reports.rules.rules_faults import CELL_RULES
from shared.period import Period

ROOT = Path(__file__).parents[3]
FIRST, PACKAGED = catalogue_in_force("2026-01"), catalogue_in_force("2026-02")


def document(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(dict(PACKAGED.content)), **changes}


def rule_in(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(rule for rule in found["rules"] if rule["id"] == name)


def with_rule(name: str, **changes: Any) -> dict[str, Any]:
    found = document()
    rule_in(found, name).update(changes)
    return found


def test_every_check_has_a_rule_and_every_rule_a_check_and_a_place_in_law() -> None:
    used = {rule.check for catalogue in packaged_catalogues() for rule in catalogue.rules}
    assert used == {"cell", *CHECKS, *BESIDE_REPORTS}
    assert {rule.id for rule in PACKAGED.rules if rule.check == "cell"} == CELL_RULES
    assert {rule.citation.decision for rule in PACKAGED.rules} == {"4585/QĐ-BKHCN"}


def test_every_severity_is_used() -> None:
    assert {rule.severity for rule in PACKAGED.rules} == {"fatal", "confirm", "notice"}


def test_a_month_has_the_catalogue_that_has_started() -> None:
    assert catalogue_in_force(Period(2026, 1)).id == "report-rules-1"
    assert catalogue_in_force("2026-02").id == catalogue_in_force("2031-12").id == "report-rules-2"
    with pytest.raises(CatalogueUnknown, match="the first period with one is 2026-01"):
        catalogue_in_force("2025-12")


def test_a_former_catalogue_never_changes() -> None:
    """Its digest stands in every check and agreement that was made under it."""
    assert FIRST.digest == "sha256:78104b7dc566096c7bbf32749b6c5c7bb5c4e69a9c8ebae709eac8a4f992446f"


def test_an_activated_catalogue_holds_from_its_first_period() -> None:
    stricter = parse_catalogue(document(id="report-rules-3", first_period="2026-03"))
    assert catalogue_in_force("2026-02", activations=[stricter]).id == "report-rules-2"
    assert catalogue_in_force("2026-03", activations=[stricter]).id == "report-rules-3"


def test_of_two_that_start_together_the_one_activated_later_holds() -> None:
    first, second = (parse_catalogue(document(id=f"report-rules-2-{letter}")) for letter in "ab")
    assert catalogue_in_force("2026-02", activations=[first, second]).id == "report-rules-2-b"
    assert catalogue_in_force("2026-02", activations=[second, first]).id == "report-rules-2-a"


def test_a_rule_holds_in_its_own_months_only() -> None:
    dated = parse_catalogue(with_rule("database-zero", valid_from="2026-02", valid_to="2026-03"))
    held = {month: "database-zero" in {rule.id for rule in dated.within(month).rules} for month in MONTHS}
    assert held == {"2026-01": False, "2026-02": True, "2026-03": True, "2026-04": False}
    assert dated.within("2026-01").digest == dated.digest, "a narrowed catalogue is still the same document"


MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")


def test_the_digest_is_of_the_content_not_of_its_layout() -> None:
    again = parse_catalogue(dict(reversed(document().items())))
    assert again.digest == PACKAGED.digest
    assert parse_catalogue(with_rule("database-zero", severity="confirm")).digest != PACKAGED.digest


def test_a_catalogue_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        PACKAGED.rules[0].severity = "notice"


def _without(name: str) -> dict[str, Any]:
    found = document()
    found["rules"] = [rule for rule in found["rules"] if rule["id"] != name]
    return found


def _twice(name: str) -> dict[str, Any]:
    found = document()
    found["rules"].append(rule_in(found, name))
    return found


WORDS = {"vi": "x", "en": "x"}


@pytest.mark.parametrize(
    ("make", "place", "words"),
    [
        (lambda: document(extra=1), "/extra", "Extra inputs"),
        (lambda: document(first_period="2026-13"), "/first_period", "pattern"),
        (lambda: document(rules=[]), "/rules", "at least 1"),
        (lambda: with_rule("tasks-none", severity="deadly"), "/rules/18/severity", "'fatal', 'confirm' or 'notice'"),
        (lambda: with_rule("tasks-none", on_missing="zero"), "/rules/18/on_missing", "'skip', 'notice' or 'fatal'"),
        (lambda: with_rule("tasks-none", text={"vi": "chỉ tiếng Việt"}), "/rules/18/text/en", "Field required"),
        (lambda: with_rule("tasks-none", check="no-such-check"), "/rules/tasks-none/check", "there is no check no-such-check"),
        (lambda: with_rule("tasks-none", text={"vi": "{sen}", "en": "x"}), "/rules/tasks-none/text/vi", "no placeholder {sen}"),
        (lambda: with_rule("tasks-none", hint={"vi": "x", "en": "{seen.real}"}), "/rules/tasks-none/hint/en", "{seen.real}"),
        (lambda: with_rule("tasks-none", hint={"vi": "x", "en": "{seen!r}"}), "/rules/tasks-none/hint/en", "{seen}"),
        (lambda: with_rule("tasks-none", hint={"vi": "x", "en": "{seen:>9}"}), "/rules/tasks-none/hint/en", "{seen}"),
        (lambda: with_rule("tasks-none", hint={"vi": "{seen", "en": "x"}), "/rules/tasks-none/hint/vi", "braces"),
        (lambda: document(unchecked={"vi": "{seen}", "en": "x"}), "/unchecked/vi", "no placeholder {seen}"),
        (lambda: with_rule("tasks-none", parameters={"least": 3}), "/rules/tasks-none/parameters/least", "no parameter least"),
        (lambda: with_rule("database-jump", parameters={"factor": 9}), "/rules/database-jump/parameters/least", "needs the"),
        (
            lambda: with_rule("database-jump", parameters={"factor": 9, "least": 1, "months": 0}),
            "/rules/database-jump/parameters/months",
            "no window",
        ),
        (
            lambda: with_rule("database-jump", parameters={"factor": 9, "least": 1, "months": 13}),
            "/rules/database-jump/parameters/months",
            "no window",
        ),
        (lambda: with_rule("database-jump", not_applicable=None), "/rules/database-jump/not_applicable", "needs words"),
        (lambda: with_rule("tasks-none", not_applicable=WORDS), "/rules/tasks-none/not_applicable", "has no words for rows"),
        (
            lambda: with_rule("database-jump", not_applicable={"vi": "{median}", "en": "x"}),
            "/rules/database-jump/not_applicable/vi",
            "no placeholder {median}",
        ),
        (
            lambda: with_rule("official-money-gap", parameters={"measures": ["money"], "tolerance_percent": 1}),
            "/rules/official-money-gap/parameters/measures",
            "no measure",
        ),
        (
            lambda: with_rule("task-title-short", parameters={"letters": ["x"]}),
            "/rules/task-title-short/parameters/letters",
            "whole",
        ),
        (
            lambda: with_rule("task-title-short", parameters={"letters": -1}),
            "/rules/task-title-short/parameters/letters",
            "0 or more",
        ),
        (lambda: with_rule("tasks-none", on_missing="fatal"), "/rules/tasks-none/on_missing", "needs no context"),
        (lambda: with_rule("tasks-none", valid_from="2026-03", valid_to="2026-01"), "/rules/tasks-none/valid_to", "is before"),
        (lambda: with_rule("cell-type", severity="notice"), "/rules/cell-type", "always"),
        (lambda: with_rule("cell-type", check="no-tasks"), "/rules/cell-type/check", "belongs to"),
        (lambda: with_rule("tasks-none", check="cell"), "/rules/tasks-none/check", "belongs to"),
        (lambda: _without("row-repeated"), "/rules/row-repeated", "missing"),
        (lambda: _twice("tasks-none"), "/rules/tasks-none/id", "twice"),
        (lambda: with_rule("tasks-none", anchor="task-gone"), "/rules/task-gone/anchor", "twice"),
        (
            lambda: with_rule("database-jump", parameters={"factor": 1.5, "least": 1}),
            "/rules/33/parameters/factor/int",
            "integer",
        ),
    ],
)
def test_a_faulty_catalogue_is_refused_by_name(make: Callable[[], dict[str, Any]], place: str, words: str) -> None:
    with pytest.raises(CatalogueInvalid) as refused:
        parse_catalogue(make())
    told = {fault.place: fault.message for fault in refused.value.faults}
    assert place in told, told
    assert words in told[place]


def test_every_fault_is_named_at_once() -> None:
    found = with_rule("tasks-none", check="a-check")
    rule_in(found, "task-gone")["check"] = "b-check"
    with pytest.raises(CatalogueInvalid) as refused:
        parse_catalogue(found)
    assert [fault.seen for fault in refused.value.faults] == ["a-check", "b-check"]


def test_a_folder_is_loaded_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(document(id="b", first_period="2026-05")), "utf-8")
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(document(id="a")), "utf-8")
    assert [each.id for each in load_catalogues(tmp_path)] == ["a", "b"]
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(document(id="b", first_period="2026-06")), "utf-8")
    with pytest.raises(CatalogueInvalid, match="two catalogues have the id b"):
        load_catalogues(tmp_path)
    (tmp_path / "c.yaml").write_text("id: c\nid: d\n", "utf-8")
    with pytest.raises(CatalogueInvalid, match="the key id stands twice"):
        load_catalogues(tmp_path)


def test_the_page_says_what_the_catalogue_says() -> None:
    page = (ROOT / "docs/report-rules.md").read_text("utf-8")
    assert page == describe(packaged_catalogues()), "run python -m services.gateway.reports.rules.describe_rules"
    assert all(page.count(f'<a id="{rule.anchor}"></a>') == 1 for rule in PACKAGED.rules)
    assert FIRST.digest in page
    assert '<a id="report-rules-1-database-jump"></a>' in page


def test_a_rule_is_found_by_its_name() -> None:
    assert PACKAGED.rule("task-gone").check == "task-gone"
    with pytest.raises(KeyError):
        PACKAGED.rule("no-such-rule")


def test_parameters_are_what_they_are_asked_for() -> None:
    jump, trial = PACKAGED.rule("database-jump"), PACKAGED.rule("task-title-trial")
    assert (jump.number("factor"), "demo" in trial.list_of("trial")) == (10, True)
    with pytest.raises(TypeError):
        jump.list_of("factor")
    with pytest.raises(TypeError):
        trial.number("trial")


def test_a_catalogue_is_made_by_parsing_only() -> None:
    bare = Catalogue.model_validate(document())
    assert bare.digest == "", "a catalogue without its document's digest cannot pass for a parsed one"
