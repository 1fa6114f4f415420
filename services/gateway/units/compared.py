"""A unit's figures beside the official ones: which differ by more than the rules of the month tolerate (DQ-03). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from services.gateway.reports.form.form import Form, Label
from services.gateway.reports.form.report import Finding, SentReport
from services.gateway.reports.formats.media_types import JSON
from services.gateway.reports.rules.checks_figures import Official, observe_figures
from services.gateway.reports.rules.judging import judge
from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.units.store.records import FrozenSource, OfficialFigure
from shared.law.scheme import Scheme


def officials_of(
    indicator: str, scheme: Scheme, counted: Mapping[str, OfficialFigure], frozen: Mapping[str, FrozenSource]
) -> dict[str, Official]:
    """By measure what the sources count, each from the latest snapshot of its source, frozen or not. ``indicator`` is one
    that sources alone feed."""
    found = {}
    for name in scheme.indicators[indicator].formula.measures:
        measure = scheme.measures[name]
        (source,) = measure.sources
        line, snapshot = counted.get(name), frozen.get(source)
        value = line.value if line else None
        label = Label(vi=measure.label.vi, en=measure.label.en)
        found[name] = Official(name, label, value, source, snapshot.snapshot_id if snapshot else None)
    return found


def figure_findings(
    figures: Mapping[str, str | None], officials: Mapping[str, Official], *, catalogue: Catalogue, form: Form
) -> tuple[Finding, ...]:
    """What the rules find; pointers lead into the section (`/figures/period_tasks`)."""
    return judge(observe_figures(figures, officials, catalogue), catalogue, SentReport(JSON, {}), form=form)
