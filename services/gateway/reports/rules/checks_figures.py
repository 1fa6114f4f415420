"""Figures a unit states about what a source counts, beside the source's own (DQ-03). They are shown and never scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.gateway.reports.form.form import Label
from services.gateway.reports.form.report import Observation
from services.gateway.reports.rules.rule_types import Catalogue, Rule

SECTION: Final = "figures"
# The check of a rule about such figures; its words stand beside those every rule may use.
FIGURES: Final = "official-differs"
WORDS: Final = frozenset({"label_vi", "label_en", "gap", "source", "snapshot", "tolerance"})
WHOLE: Final = 100


@dataclass(frozen=True)
class Official:
    """What a source counts of the body: ``value`` None where it is not frozen or gives no figure."""

    measure: str
    label: Label
    value: Decimal | None
    source: str
    snapshot_id: str | None


def observe_figures(
    figures: Mapping[str, str | None], official: Mapping[str, Official], catalogue: Catalogue
) -> Iterator[Observation]:
    """Figures, as decimal text by measure, that are further from the source's than their rule's tolerance.

    A figure the unit does not know is no contradiction; where the source has none, the rule says what is to happen.
    """
    for rule in catalogue.rules:
        if rule.check != FIGURES:
            continue
        for measure in rule.list_of("measures"):
            said, counted = figures.get(measure), official.get(measure)
            if said is None:
                continue
            if counted is None or counted.value is None:
                if rule.on_missing != "skip":
                    yield Observation(rule.id, SECTION, field=measure, identity=measure, missing="official")
            elif differs(Decimal(said), counted.value, percent=rule.number("tolerance_percent")):
                yield _observation(rule, said, counted, counted.value)


def differs(said: Decimal, counted: Decimal, *, percent: int) -> bool:
    """Whether the gap is more than so many per cent of the source's figure; exact."""
    return abs(said - counted) * WHOLE > percent * counted


def _observation(rule: Rule, said: str, counted: Official, value: Decimal) -> Observation:
    words = {
        "label_vi": counted.label.vi,
        "label_en": counted.label.en,
        "gap": f"{Decimal(said) - value:+f}",
        "source": counted.source,
        "snapshot": counted.snapshot_id or "",
        "tolerance": str(rule.number("tolerance_percent")),
    }
    return Observation(
        rule.id, SECTION, field=counted.measure, seen=said, expected=f"{value:f}", identity=counted.measure, words=words
    )
