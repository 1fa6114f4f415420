"""A section of a report: one form, or a table by pages, with what was found beside it (INT-05, INT-17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, PageRoute
from services.gateway.pages.reports.cells import pointer_of, shown_cells
from services.gateway.pages.reports.declared import Prefill, comparison, earlier_rows, onward, prefill_of, standing_of
from services.gateway.pages.reports.desk import View, checked_later, content_of, put_section, view_of
from services.gateway.pages.reports.found import Finding, below, counts_of, findings_of
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace
from services.gateway.pages.reports.rows import row_page, save
from services.gateway.reports.form.form import FormSection

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

SECTION = ONE + "/content/{name}"
ROWS: Final = 50
# What a table is stated to hold: the tasks of earlier reports as they were; else no rows at all.
CARRIED: Final = "carried"


@router.get(SECTION)
async def get_section(page: AtPage, place: AtPlace, name: str) -> Response:
    view = await view_of(page, place)
    section = view.section(name)
    return await (row_page(view, section, None) if section.rows == "one" else _table(view, section))


@router.post(SECTION)
async def post_section(page: AtPage, place: AtPlace, name: str) -> Response:
    """The section's one row; of a table, that it has no rows, or those of earlier reports as they were."""
    posted = await page.posted()
    view = await view_of(page, place)
    section = view.section(name)
    if section.rows == "one":
        return await save(view, section, None, posted)
    rows = list(earlier_rows(section, await prefill_of(view)).values()) if posted.text("rows") == CARRIED else []
    try:
        answer = await put_section(view, section.name, rows, etag=posted.text("etag"))
    except Refused as refused:
        return await _table(await view_of(page, place), section, refused=refused)
    queued = checked_later(answer)
    return view.go(f"/validations/{queued}" if queued else f"/content/{section.name}", done="saved")


async def _table(view: View, section: FormSection, **context: Any) -> Response:
    content, etag = await content_of(view)
    found = await findings_of(view)
    findings = below(found or [], f"/{section.name}")
    prefill = await prefill_of(view)
    standing = standing_of(content, section, prefill)
    rows = standing.rows
    number = page_number(view.page, len(rows))
    first = (number - 1) * ROWS
    lines = [_line(view, section, first + each, row, findings, prefill) for each, row in enumerate(rows[first : first + ROWS])]
    about_rows = {each["key"] for each in findings if _row_of(section, each, len(rows)) is not None}
    return view.show(
        "table.html",
        section=section,
        stated=standing.stated,
        offered=standing.offered,
        etag=etag,
        lines=lines,
        total=len(rows),
        number=number,
        pages=max(1, -(-len(rows) // ROWS)),
        findings=[each for each in findings if each["key"] not in about_rows],
        prefill=prefill if view.may("edit") else None,
        onward=onward(view.form, content, found or [], section.name) if view.may("edit") else None,
        **context,
    )


def page_number(page: Page, total: int) -> int:
    """The page asked for, within those there are."""
    asked = page.request.query_params.get("page", "1")
    return min(max(1, int(asked) if asked.isdecimal() and len(asked) < len("1000000") else 1), max(1, -(-total // ROWS)))


def _line(
    view: View, section: FormSection, ordinal: int, row: Any, findings: Sequence[Finding], prefill: Prefill | None
) -> dict[str, Any]:
    pointer = pointer_of(section, ordinal)
    found = below(findings, pointer)
    compared = comparison(section, row, earlier_rows(section, prefill))
    cells = shown_cells(section, row, ordinal=ordinal, findings=found, language=view.page.language)
    return {"ordinal": ordinal, "cells": cells, "counts": counts_of(found), "compared": compared}


def _row_of(section: FormSection, finding: Finding, rows: int) -> int | None:
    """The row a finding is about, where the table shows it."""
    part = str(finding["pointer"]).removeprefix(f"/{section.name}").strip("/").partition("/")[0]
    return int(part) if part.isdecimal() and int(part) < rows else None
