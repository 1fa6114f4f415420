"""Observations become findings: severity and words from the rule, the place as pointer and cell, a key to confirm by (INT-05).

The list is as long as there are observations; nothing is cut (INT-06).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.gateway.reports.form.cell_values import shown
from services.gateway.reports.form.form import Form, Label
from services.gateway.reports.form.report import Finding, NotApplicable, Observation, SentReport, SentRow, Severity, Unapplied
from services.gateway.reports.form.type_hints import TYPE_HINTS
from services.gateway.reports.rules.rule_types import Catalogue, Rule, Text
from shared.canonical import canonical_bytes, sha256_hex

# Words for what a context may not know (DQ-04).
CONTEXT_NAMES: Mapping[str, Label] = {
    "agency": Label(vi="cơ quan của địa chỉ gửi", en="the agency addressed"),
    "period": Label(vi="kỳ của địa chỉ gửi", en="the period addressed"),
    "earlier": Label(vi="báo cáo trước trong năm", en="the year's earlier reports"),
    "automatic": Label(vi="số liệu tự động", en="automatic figures"),
    "former_records": Label(vi="số liệu báo cáo lần trước", en="the figures reported last"),
    "history": Label(vi="số liệu đã được chấp nhận của các tháng trước", en="the accepted figures of the months before"),
    "official": Label(vi="số liệu của nguồn", en="the source's figure"),
}


@dataclass(frozen=True)
class _Places:
    """Where things stand in the form: for labels and for the order of findings."""

    form: Form
    sections: Mapping[str, int]
    fields: Mapping[tuple[str, str], int]
    labels: Mapping[tuple[str, str | None], Label]
    hints: Mapping[tuple[str, str | None], Label]
    type_hints: Mapping[tuple[str, str | None], Label]


def judge(observations: Iterable[Observation], catalogue: Catalogue, sent: SentReport, *, form: Form) -> tuple[Finding, ...]:
    """Findings by section, row and field of the form. Raises KeyError for a rule that is not in the catalogue."""
    places = _places(form)
    rules = {rule.id: rule for rule in catalogue.rules}
    keys: Counter[str] = Counter()
    ordered = sorted(observations, key=lambda seen: _order(seen, places))
    return tuple(_finding(seen, rules[seen.rule], catalogue, sent, places, keys) for seen in ordered)


def unapplied(found: Iterable[NotApplicable], catalogue: Catalogue) -> tuple[Unapplied, ...]:
    """What rules could say nothing about, in their words. Raises KeyError for a rule that is not in the catalogue."""
    rules = {rule.id: rule for rule in catalogue.rules}
    told = []
    for each in found:
        text = rules[each.rule].not_applicable or catalogue.unchecked
        told.append(Unapplied(each.rule, each.rows, _filled(text, each.words, "vi"), _filled(text, each.words, "en")))
    return tuple(told)


def in_order(findings: Iterable[Finding], form: Form) -> tuple[Finding, ...]:
    """Findings of understood reports by their places, as ``judge`` gives them; those of one rule must be in order already."""
    places = _places(form)
    return tuple(sorted(findings, key=lambda each: (*_place(each.pointer, places), each.rule)))


def pointer_of(observation: Observation) -> str:
    """RFC 6901 pointer into the report's JSON form, rows in the order sent; "" is the whole of it."""
    place = observation.words.get("place", "")
    if place.startswith("/") or not observation.section:
        return place if place.startswith("/") else ""
    row = None if observation.section == "report" else observation.ordinal
    parts = [observation.section, None if row is None else str(row), observation.field]
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts if part is not None)


def cell_of(observation: Observation, sent: SentReport) -> str | None:
    """The place in the uploaded file, "Nhiệm vụ!D7" or "line 12, accepted_on"; None in JSON and for a whole section."""
    place = observation.words.get("place", "")
    if place and not place.startswith("/"):
        return place
    row = _row(observation, sent)
    if row is None or not row.at:
        return None
    if observation.field is None:
        return row.at.rstrip("!")
    column = sent.columns.get(observation.section, {}).get(observation.field)
    sheet, found, line = row.at.rpartition("!")
    if not found:
        return f"{row.at}, {column or observation.field}"
    return f"{sheet}!{column}{line}" if column else f"{row.at.rstrip('!')}, {observation.field}"


def key_of(observation: Observation, pointer: str, keys: Counter[str]) -> str:
    """A digest over rule, section, row, field and value seen. The row goes by its own name, so it may move about.

    Where two observations agree in all of that, the second and further ones are told apart by their number.
    """
    row = observation.identity or pointer
    named = [observation.rule, observation.section, row, observation.field, observation.seen, observation.missing]
    key = sha256_hex(canonical_bytes(named))
    keys[key] += 1
    return key if keys[key] == 1 else sha256_hex(canonical_bytes([*named, str(keys[key])]))


def _finding(
    seen: Observation, rule: Rule, catalogue: Catalogue, sent: SentReport, places: _Places, keys: Counter[str]
) -> Finding:
    pointer = pointer_of(seen)
    message = catalogue.unchecked if seen.missing else rule.text
    vi, en = _words(seen, places, "vi"), _words(seen, places, "en")
    # Where a rule could not be tried nothing was expected, and its hint has nothing to name.
    expected = None if seen.missing else rule.expected
    return Finding(
        rule=rule.id,
        severity=severity_of(seen, rule),
        category=rule.category,
        pointer=pointer,
        cell=cell_of(seen, sent),
        seen=shown(seen.seen),
        expected=(_filled(expected, vi, "vi") if expected else "") or None,
        message_vi=_filled(message, vi, "vi"),
        message_en=_filled(message, en, "en"),
        hint_vi=_filled(rule.hint, vi, "vi"),
        hint_en=_filled(rule.hint, en, "en"),
        client_ref=_client_ref(seen, sent),
        key=key_of(seen, pointer, keys),
        expected_en=(_filled(expected, en, "en") if expected else "") or None,
    )


def severity_of(seen: Observation, rule: Rule) -> Severity:
    """The rule's own, or what it wants when it could not be checked."""
    if not seen.missing:
        return rule.severity
    return "fatal" if rule.on_missing == "fatal" else "notice"


def _filled(text: Text, words: Mapping[str, str], language: str) -> str:
    return (text.vi if language == "vi" else text.en).format_map(words)


def _words(seen: Observation, places: _Places, language: str) -> dict[str, str]:
    """Everything a text may name; values that are long are shortened, the finding's place leads to the whole."""
    section = places.labels.get((seen.section, None))
    field = places.labels.get((seen.section, seen.field))
    missing = CONTEXT_NAMES.get(seen.missing or "")
    words = {
        **{name: shown(value) or "" for name, value in seen.words.items()},
        "section": getattr(section, language, seen.section),
        "field": getattr(field, language, seen.field or ""),
        "field_hint": getattr(places.hints.get((seen.section, seen.field)), language, ""),
        "type_hint": getattr(places.type_hints.get((seen.section, seen.field)), language, ""),
        "missing": getattr(missing, language, ""),
        "row": "" if seen.ordinal is None else str(seen.ordinal + 1),
        "identity": shown(seen.identity) or "",
        "seen": shown(seen.seen) or "",
        "expected": shown(seen.expected) or "",
    }
    return defaultdict(str, words) if seen.missing else words


def _row(seen: Observation, sent: SentReport) -> SentRow | None:
    rows = sent.sections.get(seen.section, ())
    return rows[seen.ordinal] if seen.ordinal is not None and seen.ordinal < len(rows) else None


def _client_ref(seen: Observation, sent: SentReport) -> str | None:
    row = _row(seen, sent)
    given = row.values.get("client_ref") if row else None
    return None if given is None else str(given)


def _places(form: Form) -> _Places:
    labels: dict[tuple[str, str | None], Label] = {}
    hints: dict[tuple[str, str | None], Label] = {}
    type_hints: dict[tuple[str, str | None], Label] = {}
    fields: dict[tuple[str, str], int] = {}
    for section in form.sections:
        labels[section.name, None] = section.label
        for number, field in enumerate(section.fields):
            labels[section.name, field.name] = field.label
            hints[section.name, field.name] = field.hint
            if field.type in TYPE_HINTS:
                type_hints[section.name, field.name] = TYPE_HINTS[field.type]
            fields[section.name, field.name] = number
    sections = {section.name: number for number, section in enumerate(form.sections)}
    return _Places(form, sections, fields, labels, hints, type_hints)


def _order(seen: Observation, places: _Places) -> tuple[int, int, int, str, str, str]:
    return *_where(seen.section, seen.ordinal, seen.field, places), seen.rule, seen.identity


def _where(section: str, ordinal: int | None, field: str | None, places: _Places) -> tuple[int, int, int, str]:
    """What stands in no section comes first, what speaks of a whole section before its rows."""
    column = -1 if field is None else places.fields.get((section, field), len(places.fields))
    return places.sections.get(section, -1), -1 if ordinal is None else ordinal, column, field or ""


def _place(pointer: str, places: _Places) -> tuple[int, int, int, str]:
    """Where an understood report's finding stands, from the pointer made of it; the head is one row."""
    section, *parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]
    if section == "report":
        return _where(section, 0 if parts else None, parts[0] if parts else None, places)
    ordinal = int(parts.pop(0)) if parts and parts[0].isdecimal() else None
    return _where(section, ordinal, parts[0] if parts else None, places)
