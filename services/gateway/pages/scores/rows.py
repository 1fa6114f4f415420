"""The frozen rows behind one indicator of a body: which were counted, which not, and why (SNP-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.reports.files import handed_on
from services.gateway.pages.scores.law import law_of
from services.gateway.pages.scores.own import OWN
from services.gateway.pages.scores.row_words import COLUMNS, column_of, dataset_words, written
from shared.measures.verdicts import VERDICTS

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

ROWS: Final = OWN + "/{code}/rows"
AtPage = Annotated[Page, Depends(signed_in)]
_ASKED: Final = ("version", "verdict", "cursor")


@router.get(ROWS)
async def get_rows(page: AtPage, agency: str, period: str, code: str) -> Response:
    asked = _asked(page)
    found = await page.api.get(_path(agency, period, code), **asked)
    law = await law_of(page, await _scheme(page, period))
    return page.show(
        "scores/rows.html", found=found, agency=agency, period=period, code=code, asked=asked, names=await names(page, period),
        label=law.indicators[code], measures=law.measures, tables=_tables(found), verdicts=_verdicts(page, found),
        dataset_words=dataset_words, columns=COLUMNS, written=written, said_of=lambda verdict: _said(page, verdict),
    )  # fmt: skip


@router.get(ROWS + ".csv")
async def get_rows_table(page: AtPage, agency: str, period: str, code: str) -> Response:
    """One page of the list, as the API gives it."""
    answer = await page.api.ask("GET", _path(agency, period, code), query={**_asked(page), "format": "csv"})
    return handed_on(answer, name=f"rows-{period}-{agency}-{code}.csv")


@router.get(OWN + "/{code}/row-changes")
async def get_row_changes(page: AtPage, agency: str, period: str, code: str) -> Response:
    """Between the two versions that the page about changes led here from."""
    asked = {name: page.query(name) for name in ("from", "to", "from_period", "cursor")}
    found = await page.api.get(f"/periods/{period}/scores/{agency}/indicators/{code}/row-changes", **asked)
    law = await law_of(page, await _scheme(page, period))
    return page.show(
        "scores/row_changes.html", found=found, agency=agency, period=period, code=code, label=law.indicators[code],
        asked={name: value for name, value in asked.items() if value and name != "cursor"}, names=await names(page, period),
        columns=COLUMNS, column_of=column_of, dataset_words=dataset_words, written=written,
        said_of=lambda verdict: _said(page, verdict),
    )  # fmt: skip


def _path(agency: str, period: str, code: str) -> str:
    return f"/periods/{period}/scores/{agency}/indicators/{code}/rows"


def _asked(page: Page) -> dict[str, str | None]:
    return {name: page.query(name) for name in _ASKED}


async def _scheme(page: Page, period: str) -> str:
    return str((await page.api.get(f"/periods/{period}"))["scheme"])


def _tables(found: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Rows by dataset, those that count for something first."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(found["items"], key=lambda each: not each["counts_in"]):
        tables.setdefault(row["dataset"], []).append(row)
    return tables


def _verdicts(page: Page, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """To choose from: those that count for a figure, and those of the rows shown."""
    counted = [verdict for figure in found["figures"] for verdict in figure["verdicts"]]
    shown = [row["verdict"] for row in found["items"] if row["verdict"]]
    return [(verdict, _said(page, verdict)) for verdict in dict.fromkeys([*counted, *shown])]


def _said(page: Page, verdict: str) -> str:
    return page.t(VERDICTS[verdict].vi, VERDICTS[verdict].en)
