"""What the agency sees of a month inside: each indicator's unit and section, and the unit's figures beside the official ones.

Missing is never zero: a figure that a unit does not know, or that a source has not given, stays unknown, and so does the gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from services.gateway.access.tenancy import UNIT
from services.gateway.http.answers import chosen
from services.gateway.reports.form.form import Form, form_for
from services.gateway.reports.form.report import Finding
from services.gateway.reports.rules.checks_figures import Official
from services.gateway.reports.rules.rule_types import Catalogue
from services.gateway.reports.submissions.desk import Desk
from services.gateway.reports.submissions.known import catalogue_of
from services.gateway.units.compared import figure_findings, officials_of
from services.gateway.units.contents import gap_of
from services.gateway.units.directory import named
from services.gateway.units.plans import FEEDS, kind_of
from services.gateway.units.post import Post, post_of
from services.gateway.units.sections import state_of
from services.gateway.units.store import unit_sections as stored
from services.gateway.units.store.records import FrozenSource, OfficialFigure, Section
from shared.law.scheme import Scheme, scheme_for
from shared.period import VIETNAM

STATES = ("missing", "returned", "late", "sent", "assembled")


@dataclass(frozen=True)
class _Beside:
    """What stands beside a month's figures: what the sources count, by measure, their snapshots, and the rules."""

    scheme: Scheme
    official: Mapping[str, OfficialFigure]
    frozen: Mapping[str, FrozenSource]
    catalogue: Catalogue
    form: Form


async def board_of(desk: Desk) -> dict[str, Any]:
    """Raises PlanMissing."""
    async with desk.read() as connection:
        post = await post_of(connection, desk)
        sections = await stored.latest_sections(connection, agency=desk.agency, period=str(desk.period))
        official = await stored.official_figures(connection, agency=desk.agency, period=str(desk.period))
        frozen = await stored.frozen_sources(connection, str(desk.period))
        catalogue = await catalogue_of(connection, str(desk.period))
    scheme = scheme_for(desk.period)
    beside = _Beside(scheme, official, frozen, catalogue, form_for(desk.period))
    lines = [
        _line(code, post, sections.get(code), scheme)
        | {
            "figures": _figures(code, sections.get(code), beside),
            "allowed_actions": actions_at(desk, post, code, sections.get(code)),
        }
        for code in post.visible(desk)
    ]
    counted = Counter(line["state"] for line in lines)
    counts = {state: counted[state] for state in STATES}
    return {**month_of(desk, post), "counts": counts, "allowed_actions": month_actions(desk, post), "items": lines}


def month_actions(desk: Desk, post: Post) -> list[str]:
    """``assemble``: a drafter of the lead unit puts the sections into a report."""
    return ["assemble"] if _leads(desk, post) else []


def actions_at(desk: Desk, post: Post, code: str, found: Section | None) -> list[str]:
    """``send`` for people of the unit that answers for it; ``return`` of the last version, once, for a drafter of the lead."""
    sends = UNIT in desk.actor.roles and post.plan.units[code] in post.own
    returns = found is not None and found.returned_at is None and _leads(desk, post)
    return [*(["send"] if sends else []), *(["return"] if returns else [])]


def _leads(desk: Desk, post: Post) -> bool:
    return "agency_drafter" in desk.actor.roles and post.plan.lead_unit in post.own


def month_of(desk: Desk, post: Post) -> dict[str, Any]:
    """The plan of the month and how much time is left inside the agency."""
    return {
        "agency": desk.agency,
        "period": str(desk.period),
        "plan_id": post.plan.plan_id,
        "document": post.plan.document,
        "lead_unit": named(post.lead),
        "deadline": post.due_at,
        "report_deadline": post.report_due_at,
        "now": desk.now.astimezone(VIETNAM),
        "seconds_left": max(0, int((post.due_at - desk.now).total_seconds())),
    }


def _line(code: str, post: Post, found: Section | None, scheme: Scheme) -> dict[str, Any]:
    indicator = scheme.indicators[code]
    shown = dict.fromkeys(("section_id", "version", "sent_at", "late", "actor", "returned_reason"))
    if found is not None:
        shown = chosen(found, shown)
    return {
        "indicator": code,
        "group": indicator.group,
        "label_vi": indicator.label.vi,
        "label_en": indicator.label.en,
        "kind": kind_of(code),
        "feeds": FEEDS.get(code),
        "unit": named(post.responsible(code)),
        "state": state_of(found),
        **shown,
        "summary": found.summary if found is not None and kind_of(code) == "scored" else None,
    }


def _figures(code: str, found: Section | None, beside: _Beside) -> list[dict[str, Any]]:
    """What the unit says beside what is counted now; a source frozen after the section was sent is compared all the same."""
    if kind_of(code) == "scored":
        return []
    said = found.content["figures"] if found is not None else {}
    officials = officials_of(code, beside.scheme, beside.official, beside.frozen)
    findings = figure_findings(said, officials, catalogue=beside.catalogue, form=beside.form)
    told = {each.pointer.rpartition("/")[2]: each for each in findings}
    return [_figure(each, said.get(name), beside, told.get(name)) for name, each in officials.items()]


def _figure(official: Official, said: str | None, beside: _Beside, finding: Finding | None) -> dict[str, Any]:
    measure, value = beside.scheme.measures[official.measure], official.value
    snapshot = beside.frozen.get(official.source)
    return {
        "measure": official.measure,
        "label_vi": measure.label.vi,
        "label_en": measure.label.en,
        "said": said,
        "official": None if value is None else f"{value:f}",
        "gap": gap_of(said, value),
        "finding": None if finding is None else msgspec.to_builtins(finding),
        "source": official.source,
        "snapshot_id": official.snapshot_id,
        "snapshot_version": snapshot.version if snapshot else None,
        "official_missing": None if value is not None else "not_frozen" if snapshot is None else "not_given",
    }
