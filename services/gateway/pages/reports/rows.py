"""One row of a report as a form: each save names the revision it was typed over, so nobody's work is overwritten (INT-07)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.gateway.pages.own_api import Answer, Refused
from services.gateway.pages.page import ROOT, PageRoute
from services.gateway.pages.posted import Posted
from services.gateway.pages.reports.cells import Row, identity_of, ordinal_of, pointer_of, row_of, shown_cells, with_row
from services.gateway.pages.reports.declared import Prefill, Standing, onward, prefill_of, standing_of
from services.gateway.pages.reports.desk import CHANGED, View, checked_later, content_of, put_section, view_of
from services.gateway.pages.reports.found import below, findings_of
from services.gateway.pages.reports.overview import ONE, AtPage, AtPlace
from services.gateway.reports.form.form import FormSection
from shared.errors import NotFound

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ALL = ONE + "/content/{name}/rows"
NEW = "new"


@router.get(ALL + "/{row}")
async def get_row(page: AtPage, place: AtPlace, name: str, row: str) -> Response:
    view = await view_of(page, place)
    return await row_page(view, _table_of(view, name), _ordinal(row))


@router.post(ALL)
async def post_row(page: AtPage, place: AtPlace, name: str) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    return await save(view, _table_of(view, name), None, posted)


@router.post(ALL + "/{row}")
async def post_changed_row(page: AtPage, place: AtPlace, name: str, row: str) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    return await save(view, _table_of(view, name), _ordinal(row), posted)


@router.post(ALL + "/{row}/removals")
async def post_removal(page: AtPage, place: AtPlace, name: str, row: str) -> Response:
    posted = await page.posted()
    view = await view_of(page, place)
    section, ordinal = _table_of(view, name), _ordinal(row)
    standing, _, _, _ = await _stands(view, section)
    ordinal = _meant(section, standing, ordinal, posted)
    if ordinal is None or ordinal >= len(standing.rows):
        raise NotFound(f"{section.name} has {len(standing.rows)} rows")
    kept = [each for number, each in enumerate(standing.rows) if number != ordinal]
    try:
        answer = await put_section(view, section.name, kept, etag=posted.text("etag"))
    except Refused as refused:
        if refused.slug not in CHANGED:
            return await row_page(view, section, ordinal, refused=refused)
        return await _conflict(await view_of(page, place), section, Posted(posted.values), refused)
    return _after(view, answer, f"/content/{section.name}", done="removed")


async def row_page(view: View, section: FormSection, ordinal: int | None, **context: Any) -> Response:
    """A row's form; without an ordinal a new row, or the only one of its section. Raises NotFound."""
    standing, content, etag, prefill = await _stands(view, section)
    rows = standing.rows
    if section.rows == "one":
        row: Row = rows[0] if rows else {}
    elif ordinal is None:
        row = {}
    elif ordinal < len(rows):
        row = rows[ordinal]
    else:
        raise NotFound(f"{section.name} has {len(rows)} rows")
    at = len(rows) if ordinal is None else ordinal
    found = await findings_of(view)
    findings = below(found or [], pointer_of(section, at))
    cells = shown_cells(section, row, ordinal=at, findings=findings, language=view.page.language)
    places = {each.place for each in cells}
    return view.show(
        "row.html",
        **{
            "section": section,
            "ordinal": ordinal,
            "etag": etag,
            "was": identity_of(section, row),
            "cells": cells,
            "findings": [each for each in findings if each["pointer"] not in places],
            "total": len(rows),
            "offered": standing.offered,
            "known": _known(view, section, row, prefill),
            "onward": onward(view.form, content, found or [], section.name) if view.may("edit") else None,
            "conflict": None,
            "posted": None,
            **context,
        },
    )


async def save(view: View, section: FormSection, ordinal: int | None, posted: Posted) -> Response:
    """Puts what was typed into the row, and leaves every other one as it is."""
    standing, _, _, _ = await _stands(view, section)
    ordinal = _meant(section, standing, ordinal, posted)
    typed = row_of(section, {name: posted.text(name) for name in posted.values})
    rows = [typed] if section.rows == "one" else with_row(standing.rows, ordinal, typed)
    sent = rows[0] if section.rows == "one" else rows
    try:
        answer = await put_section(view, section.name, sent, etag=posted.text("etag"))
    except Refused as refused:
        if refused.slug in CHANGED:
            return await _conflict(await view_of(view.page, view.place), section, posted, refused)
        seen = {"etag": posted.text("etag"), "was": posted.text("was")}
        return await row_page(view, section, ordinal, **seen, refused=refused, posted=posted)
    if posted.text("then") == NEW:
        return _after(view, answer, f"/content/{section.name}/rows/{NEW}", done="saved")
    return await _to_row(view, answer, section, len(rows) - 1 if ordinal is None else ordinal)


async def _conflict(view: View, section: FormSection, posted: Posted, refused: Refused) -> Response:
    """Somebody saved meanwhile: what was typed stays in the form, beside it the row as it is now, and it can be saved again."""
    standing, _, etag, _ = await _stands(view, section)
    rows = standing.rows if standing.stated else []
    typed = row_of(section, {name: posted.text(name) for name in posted.values})
    if any({**row, **typed} == row for row in rows) and any(typed.values()):
        return view.go(f"/content/{section.name}", done="saved")  # the same form was sent twice
    was = posted.text("was")
    ordinal = 0 if section.rows == "one" else ordinal_of(section, rows, was) if was else None
    now = rows[ordinal] if ordinal is not None and ordinal < len(rows) else None
    gone = bool(was) and now is None
    if gone and not any(typed.values()):
        return view.go(f"/content/{section.name}", done="removed")  # it was to be removed, and is
    shown = None if now is None else shown_cells(section, now, ordinal=ordinal or 0, findings=[], language=view.page.language)
    conflict = {"now": shown, "gone": gone, "by": view.submission["content"]}
    return await row_page(
        view,
        section,
        None if section.rows == "one" else ordinal,
        etag=etag,
        was=was,
        conflict=conflict,
        refused=refused,
        posted=posted,
    )


async def _to_row(view: View, answer: Answer, section: FormSection, ordinal: int) -> Response:
    """Back to the row while something is wrong with it, else to its table."""
    if checked_later(answer) is None:
        fresh = await view_of(view.page, view.place)
        if any(each["to_do"] for each in below(await findings_of(fresh) or [], pointer_of(section, ordinal))):
            rows = "" if section.rows == "one" else f"/rows/{ordinal}"
            return view.go(f"/content/{section.name}{rows}", done="saved-with-findings")
    return _after(view, answer, f"/content/{section.name}", done="saved")


def _after(view: View, answer: Answer, below_it: str, *, done: str) -> Response:
    queued = checked_later(answer)
    return view.go(f"/validations/{queued}" if queued else below_it, done=done)


async def _stands(view: View, section: FormSection) -> tuple[Standing, dict[str, Any], str, Prefill | None]:
    """The section's rows, the whole content, the tag a change names, and what is known beforehand."""
    content, etag = await content_of(view)
    prefill = await prefill_of(view)
    return standing_of(content, section, prefill), content, etag, prefill


def _meant(section: FormSection, standing: Standing, ordinal: int | None, posted: Posted) -> int | None:
    """Rows only offered have no tag to tell that they are others by now: there a row goes by its key."""
    if standing.stated or ordinal is None or section.rows == "one":
        return ordinal
    return ordinal_of(section, standing.rows, posted.text("was"))


def _known(view: View, section: FormSection, row: Row, prefill: Prefill | None) -> dict[str, Any] | None:
    """What is known of this row beforehand, with where it comes from."""
    if not view.may("edit") or section.name not in ("registered_tasks", "reported_databases"):
        return None
    listed = (prefill or {}).get("registered_tasks" if section.name == "registered_tasks" else "automatic") or []
    key = section.key[0]
    return next((dict(each) for each in listed if each[key] == row.get(key)), None)


def _table_of(view: View, name: str) -> FormSection:
    section = view.section(name)
    if section.rows == "one":
        raise NotFound(f"{name} has one row")
    return section


def _ordinal(row: str) -> int | None:
    if row == NEW:
        return None
    if not (row.isdecimal() and row.isascii() and len(row) < len("10000000")):
        raise NotFound(f"no row is called {row[:20]!r}")
    return int(row)
