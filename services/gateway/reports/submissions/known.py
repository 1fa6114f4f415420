"""What is known when a report is checked: the form it is pinned to, the rules in force, earlier reports, automatic figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec

from services.gateway.reports.form.canonical_report import from_document
from services.gateway.reports.form.form import Form, form_named
from services.gateway.reports.form.report import Report
from services.gateway.reports.rules.catalogue import catalogue_in_force, packaged_catalogues, parse_catalogue
from services.gateway.reports.rules.context import AutomaticFigure, Context
from services.gateway.reports.rules.remembering import Former, context_after, first_month_needed
from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.reports.store import validations as stored
from services.gateway.reports.store.records import ReportName
from shared.database import Connection


@dataclass(frozen=True)
class ValidationContext:
    """``basis`` names what the context was made of, so that a check can be told to be out of date."""

    form: Form
    catalogue: Catalogue
    context: Context
    basis: dict[str, Any]


async def catalogue_of(connection: Connection, period: str) -> Catalogue:
    """The rules in force for a month, activated ones included (DQ-01)."""
    activated = await stored.activations(connection, period)
    return catalogue_in_force(period, activations=[_parsed(each) for each in activated])


async def rules_of(connection: Connection, period: str, digest: str) -> frozenset[str]:
    """The rules of the catalogue with this digest that hold for a month, in force or not; none where nobody has it any more."""
    activated = [_parsed(each) for each in await stored.activations(connection, period)]
    found = next((each for each in (*packaged_catalogues(), *activated) if each.digest == digest), None)
    return frozenset() if found is None else frozenset(rule.id for rule in found.within(period).rules)


@lru_cache(maxsize=32)
def _parsed(catalogue: str) -> Catalogue:
    """Every step asks for the rules in force, and they hardly ever change."""
    return parse_catalogue(msgspec.json.decode(catalogue))


async def known_of(
    connection: Connection, *, agency: str, period: str, form: str, other_rules: Iterable[Catalogue] = ()
) -> ValidationContext:
    """Everything a check of this body's month needs, also one by other rules than those in force."""
    catalogue = await catalogue_of(connection, period)
    snapshot = await stored.counted_snapshot(connection, period)
    first = first_month_needed(period, (catalogue, *other_rules))
    earlier = await stored.reports_before(connection, agency=agency, period=period, first=first)
    former = [Former(line.period, line.submission_id, report_of(line.content)) for line in earlier]
    automatic = await figures_of(connection, agency, period, snapshot)
    context = replace(context_after(former, agency=agency, period=period), automatic=automatic)
    return ValidationContext(form_named(form), catalogue, context, _basis(snapshot, earlier))


async def basis_now(connection: Connection, *, agency: str, period: str, catalogue: Catalogue) -> dict[str, Any]:
    """What a check made now would rest on, by the rules in force."""
    snapshot = await stored.counted_snapshot(connection, period)
    first = first_month_needed(period, (catalogue,))
    return _basis(snapshot, await stored.names_of_reports_before(connection, agency=agency, period=period, first=first))


def _basis(snapshot: str | None, earlier: Iterable[ReportName]) -> dict[str, Any]:
    reports = [{"period": line.period, "submission_id": line.submission_id, "digest": line.digest} for line in earlier]
    return {"automatic_snapshot": snapshot, "earlier_reports": reports}


async def figures_of(
    connection: Connection, agency: str, period: str, snapshot: str | None
) -> dict[str, AutomaticFigure] | None:
    """By database what the source counted of the body; None where no snapshot is frozen."""
    if snapshot is None:
        return None
    found = await stored.automatic_figures(connection, agency=agency, period=period, snapshot_id=snapshot)
    return {line.database: AutomaticFigure(line.database, line.database_name, line.new_records, snapshot) for line in found}


def report_of(content: bytes) -> Report:
    """The report of an acceptance's canonical bytes."""
    return from_document(msgspec.json.decode(bytes(content)))
