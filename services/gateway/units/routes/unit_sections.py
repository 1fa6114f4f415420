"""Sections that units send to the lead unit, and the board of the agency's month (APR-02; seed 001 §3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.permits import Json, RequireAgencyRole
from services.gateway.access.tenancy import UNIT
from services.gateway.http.answers import CLOSED, chosen, created, document, no_store
from services.gateway.http.openapi_responses import examines, reads, records, tells, tries
from services.gateway.http.routes.parameters import AgencyPath, DryRun, PeriodPath, VersionPath
from services.gateway.http.routing import resource
from services.gateway.http.runtime import Runtime
from services.gateway.reports.form.cell_values import counted
from services.gateway.reports.form.form import form_for
from services.gateway.reports.routes.reporting import DRAFTER, REPORT_BODY, REPORT_FORMATS, desk_of
from services.gateway.reports.routes.reporting import Sent as FileSent
from services.gateway.reports.submissions.desk import Desk
from services.gateway.units.board import board_of
from services.gateway.units.contents import Said
from services.gateway.units.directory import named
from services.gateway.units.known_rows import known_of_section
from services.gateway.units.plans import kind_of
from services.gateway.units.refused import SectionMissing
from services.gateway.units.routes.units import INSIDE, REFUSES
from services.gateway.units.schemas.unit_bodies import INDICATOR, UnitSectionAsked, UnitSectionReturnAsked
from services.gateway.units.schemas.unit_sections import (
    UnitBoard,
    UnitSection,
    UnitSectionPrefill,
    UnitSectionRead,
    UnitSectionTaken,
    UnitSectionWhole,
)
from services.gateway.units.sections import Sent, history_of, read_rows, rehearse, return_section, send, state_of
from services.gateway.units.store.records import Section
from shared.audit import Actor

router = resource("units")

ALL: Final = "/agencies/{agency}/periods/{period}/sections"
ONE: Final = ALL + "/{indicator}"
_SENDER: Final = RequireAgencyRole((UNIT,))

IndicatorPath = Annotated[str, Path(pattern=INDICATOR, description="An indicator, A1 to E3.", examples=["D1"])]
_LINE = (
    "section_id", "version", "unit", "digest", "sent_at", "deadline", "late", "actor", "returned_reason", "returned_by",
    "returned_at", "assembled_in",
)  # fmt: skip
_WHOLE = ("agency", "period", "indicator", "kind", "plan_id", "summary", "findings")
_PARTS = ("rows", "narratives", "figures", "note")


class SectionJson(Json[UnitSectionAsked]):
    """A section as the request's body: as long as content that is checked at once."""

    def limit(self, given: Runtime) -> int:
        """How many bytes are read."""
        return max(given.max_body_bytes, given.check_at_once_bytes)


@router.get(ALL, **tells(UnitBoard, refuses=REFUSES))
async def get_unit_board(
    request: Request, agency: AgencyPath, period: PeriodPath, actor: Annotated[Actor, Depends(INSIDE)]
) -> Response:
    """Every indicator of the month: its unit, its section, and the unit's figures beside the official ones with the gap."""
    return no_store(await board_of(desk_of(request, actor, agency, period)))


@router.post(ALL, **tries(UnitSectionAsked, UnitSectionTaken, refuses=REFUSES))
async def post_unit_section(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    actor: Annotated[Actor, Depends(_SENDER)],
    asked: Annotated[UnitSectionAsked, Depends(SectionJson(UnitSectionAsked))],
    dry_run: DryRun = "false",
) -> Response:
    """Send a section about an indicator that your unit answers for; a late one is kept and marked."""
    desk, said = desk_of(request, actor, agency, period), Said(**asked.model_dump())
    if dry_run == "true":
        return no_store(_taken(desk, await rehearse(desk, said)))
    sent = await send(desk, said)
    path = ONE.format(agency=agency, period=period, indicator=said.indicator)
    version = sent.section.version if sent.section else 0
    return created(_taken(desk, sent), path=f"{path}/versions/{version}")


@router.post(ONE + "/files", **examines(REPORT_FORMATS, UnitSectionRead, refuses=REFUSES))
async def post_unit_section_file(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    indicator: IndicatorPath,
    actor: Annotated[Actor, Depends(_SENDER)],
    sent: Annotated[FileSent, Depends(REPORT_BODY)],
) -> Response:
    """Read a file of one of the four formats as the section's rows, to be looked at and sent; nothing of it is kept.

    In JSON it holds the rows of the report's section that the indicator feeds; else it is a file of that section, or the
    form's own with nothing in the other sections.
    """
    desk = desk_of(request, actor, agency, period)
    found = await read_rows(desk, indicator, sent.body, media_type=sent.media_type)
    ((section, rows),) = found.sections.items()
    told = {"agency": agency, "period": period, "indicator": indicator, "section": section}
    strays = [{"place": place, "seen": seen} for place, seen in found.strays]
    fields = form_for(period).section(section)
    return no_store({**told, "rows": [counted(each.values, fields) for each in rows], "strays": strays})


@router.get(ONE + "/prefill", **tells(UnitSectionPrefill, refuses=REFUSES))
async def get_unit_section_prefill(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    indicator: IndicatorPath,
    actor: Annotated[Actor, Depends(INSIDE)],
) -> Response:
    """Rows and figures to begin a section with, as they were said last, each with where it comes from; nothing of it counts
    until sent."""
    found = await known_of_section(desk_of(request, actor, agency, period), indicator)
    told = {"agency": agency, "period": period, "indicator": indicator}
    return no_store({**told, "items": [asdict(each) for each in found.rows], "figures": [vars(each) for each in found.figures]})


@router.get(ONE, **reads(UnitSectionWhole, refuses=REFUSES))
async def get_unit_section(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    indicator: IndicatorPath,
    actor: Annotated[Actor, Depends(INSIDE)],
) -> Response:
    """The last version of an indicator's section, and its history."""
    _, found = await history_of(desk_of(request, actor, agency, period), indicator)
    return document(request, {**_shown(found[-1]), "versions": [_line(each) for each in found]}, cache=CLOSED)


@router.get(ONE + "/versions/{version}", **reads(UnitSection, refuses=REFUSES))
async def get_unit_section_version(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    indicator: IndicatorPath,
    version: VersionPath,
    actor: Annotated[Actor, Depends(INSIDE)],
) -> Response:
    """One version as it was sent."""
    _, found = await history_of(desk_of(request, actor, agency, period), indicator)
    if version > len(found):
        raise SectionMissing(f"{indicator} has no version {version}")
    return document(request, _shown(found[version - 1]), cache=CLOSED)


@router.post(ONE + "/returns", **records(UnitSectionReturnAsked, UnitSection, refuses=(*REFUSES, 409)))
async def post_unit_section_return(
    request: Request,
    agency: AgencyPath,
    period: PeriodPath,
    indicator: IndicatorPath,
    actor: Annotated[Actor, Depends(DRAFTER)],
    asked: Annotated[UnitSectionReturnAsked, Depends(Json(UnitSectionReturnAsked))],
) -> Response:
    """Send a section back to its unit, with the reason; people of the lead unit do it."""
    desk = desk_of(request, actor, agency, period)
    made = await return_section(desk, indicator, version=asked.version, reason=asked.reason)
    path = ONE.format(agency=agency, period=period, indicator=indicator)
    return created(_shown(made), path=f"{path}/versions/{made.version}")


def _taken(desk: Desk, sent: Sent) -> dict[str, Any]:
    return {
        "dry_run": sent.section is None,
        "agency": desk.agency,
        "period": str(desk.period),
        "indicator": sent.said.indicator,
        "kind": kind_of(sent.said.indicator),
        "unit": named(sent.post.responsible(sent.said.indicator)),
        "section_id": sent.section.section_id if sent.section else None,
        "version": sent.section.version if sent.section else None,
        "digest": sent.judged.digest,
        "sent_at": sent.sent_at,
        "deadline": sent.post.due_at,
        "late": sent.late,
        "summary": sent.judged.summary,
        "findings": sent.judged.findings,
    }


def _line(found: Section) -> dict[str, Any]:
    return {**chosen(found, _LINE), "state": state_of(found)}


def _shown(found: Section) -> dict[str, Any]:
    content = {**dict.fromkeys(_PARTS), **found.content}
    return {**_line(found), **chosen(found, _WHOLE), "content": content}
