"""What a catalogue's rules must be to the checks they name and to each other. One that breaks this is never in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Final

from services.gateway.reports.rules.checks import BESIDE_REPORTS, CHECKS, Parameter
from services.gateway.reports.rules.rule_types import CELL, Catalogue, Rule, Text
from shared.errors import Fault
from shared.law.refusals import SchemeNotInForce
from shared.law.scheme import packaged_schemes, scheme_for
from shared.period import Period

# Rules whose observations come from reading the cells; without one of them a report would be refused without a word.
CELL_RULES: Final = frozenset(
    {
        "cell-required",
        "cell-type",
        "cell-pattern",
        "cell-too-long",
        "cell-choice",
        "cell-unknown",
        "row-repeated",
        "section-missing",
    }
)
# Placeholders every rule may use: labels of the place, the form's note on it and how its type is written, the row's number
# and key, what was seen and what was expected.
EVERYWHERE: Final = frozenset({"section", "field", "field_hint", "type_hint", "row", "identity", "seen", "expected"})
MISSING: Final = frozenset({"missing"})
# Placeholders of the words for rows a rule has nothing to compare with.
IDLE: Final = frozenset({"count", "window"})
LONGEST_WINDOW: Final = 12


def catalogue_faults(catalogue: Catalogue) -> Iterator[Fault]:
    """Every fault, each naming its rule and part."""
    for name in ("id", "anchor"):
        values = [getattr(rule, name) for rule in catalogue.rules]
        for again in sorted({value for value in values if values.count(value) > 1}):
            yield Fault(f"/rules/{again}/{name}", f"the {name} {again} stands twice", hint="Give each rule its own.")
    for name in sorted(CELL_RULES - {rule.id for rule in catalogue.rules}):
        yield Fault(f"/rules/{name}", f"the rule {name} is missing; without it unreadable cells could not be told")
    yield from _text_faults("/unchecked", catalogue.unchecked, MISSING)
    measures = measures_of(catalogue.first_period)
    for rule in catalogue.rules:
        yield from _rule_faults(rule, measures)


def measures_of(period: str) -> frozenset[str]:
    """What the scheme of a month measures; a month before the first one is measured by that one."""
    try:
        return frozenset(scheme_for(Period.parse(period)).measures)
    except SchemeNotInForce:
        return frozenset(packaged_schemes()[0].measures)


def _rule_faults(rule: Rule, measures: frozenset[str]) -> Iterator[Fault]:
    place = f"/rules/{rule.id}"
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        yield Fault(f"{place}/valid_to", f"{rule.valid_to} is before {rule.valid_from}")
    if rule.check == CELL or rule.id in CELL_RULES:
        yield from _cell_faults(rule, place)
        words = EVERYWHERE
    elif rule.check in BESIDE_REPORTS:
        own, known = BESIDE_REPORTS[rule.check]
        words = EVERYWHERE | own
        yield from _parameter_faults(rule, place, known, measures)
    elif rule.check not in CHECKS:
        expected = " | ".join(sorted([*CHECKS, *BESIDE_REPORTS]))
        yield Fault(f"{place}/check", f"there is no check {rule.check}", seen=rule.check, expected=expected)
        return
    else:
        words = EVERYWHERE | CHECKS[rule.check].words
        yield from _parameter_faults(rule, place, CHECKS[rule.check].parameters, measures)
        if CHECKS[rule.check].needs is None and rule.on_missing != "skip":
            yield Fault(f"{place}/on_missing", f"{rule.check} needs no context; write skip", seen=rule.on_missing)
    for name in ("text", "expected", "hint"):
        yield from _text_faults(f"{place}/{name}", getattr(rule, name), words)
    yield from _idle_faults(rule, f"{place}/not_applicable")


def _cell_faults(rule: Rule, place: str) -> Iterator[Fault]:
    """A cell that cannot be read leaves no report to send on, so its rule is fatal, always and without parameters."""
    if rule.check != CELL or rule.id not in CELL_RULES:
        yield Fault(f"{place}/check", f"the check {CELL} belongs to {', '.join(sorted(CELL_RULES))}, and only to them")
    if rule.severity != "fatal" or rule.valid_from or rule.valid_to or rule.parameters or rule.on_missing != "skip":
        yield Fault(place, "a rule of cells is fatal, holds always, takes no parameters and skips nothing (on_missing: skip)")


def _idle_faults(rule: Rule, place: str) -> Iterator[Fault]:
    """Words for rows without anything to compare with: where a check can meet them, and nowhere else."""
    check = CHECKS.get(rule.check)
    can = check is not None and check.idle is not None
    if can and rule.not_applicable is None:
        yield Fault(place, f"{rule.check} needs words for rows it does not apply to")
    elif rule.not_applicable is not None and not can:
        yield Fault(place, f"{rule.check} has no words for rows it does not apply to")
    elif rule.not_applicable is not None:
        yield from _text_faults(place, rule.not_applicable, IDLE)


def _parameter_faults(rule: Rule, place: str, known: Mapping[str, Parameter], measures: frozenset[str]) -> Iterator[Fault]:
    for name in sorted(rule.parameters.keys() - known.keys()):
        yield Fault(f"{place}/parameters/{name}", f"{rule.check} has no parameter {name}", expected=", ".join(known) or "none")
    for name, kind in known.items():
        value = rule.parameters.get(name)
        if value is None:
            yield Fault(f"{place}/parameters/{name}", f"{rule.check} needs the parameter {name}")
        else:
            yield from _value_faults(f"{place}/parameters/{name}", kind, value, measures)


def _value_faults(place: str, kind: Parameter, value: int | tuple[str, ...], measures: frozenset[str]) -> Iterator[Fault]:
    wants_number = kind in ("number", "months")
    if isinstance(value, int) != wants_number:
        yield Fault(place, f"expected {'a whole number' if wants_number else 'a list of words'}")
    elif isinstance(value, tuple):
        for unknown in sorted(set(value) - measures) if kind == "measures" else ():
            yield Fault(place, "is no measure of the month's scheme", seen=unknown, expected=", ".join(sorted(measures)))
    elif value < 0:
        yield Fault(place, "expected 0 or more", seen=str(value))
    elif kind == "months" and not 1 <= value <= LONGEST_WINDOW:
        yield Fault(place, "is no window", seen=str(value), expected=f"1 to {LONGEST_WINDOW} months")


def _text_faults(place: str, text: Text, known: frozenset[str]) -> Iterator[Fault]:
    for language, words in (("vi", text.vi), ("en", text.en)):
        try:
            parts = list(Formatter().parse(words))
        except ValueError as problem:
            yield Fault(f"{place}/{language}", f"braces do not match: {problem}")
            continue
        for _, name, form, conversion in parts:
            if name is not None and (name not in known or form or conversion):
                expected = ", ".join(sorted(known))
                yield Fault(f"{place}/{language}", f"there is no placeholder {{{name}}} here", seen=name, expected=expected)
