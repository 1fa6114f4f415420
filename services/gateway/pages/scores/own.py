"""A body's published score, for its own people and national readers: every indicator in a sentence, what its groups lack,
what would raise it, and the way to the rows, to other figures, to a request for verification (EXP-01, 03, 06)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.http.answers import API
from services.gateway.http.runtime import runtime
from services.gateway.pages.feedback.places import Desk
from services.gateway.pages.page import ROOT, Page, PageRoute, signed_in
from services.gateway.pages.registers.roster import names
from services.gateway.pages.scores.law import Law, law_of
from shared.awaiting import own_group_points, own_points
from shared.public_pages.words import STATES
from shared.writing import month

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)

OWN: Final = "/agencies/{agency}/periods/{period}/scores"
# Published figures are everybody's; pages about a body's own are for whom the API answers about other figures of its own.
READING: Final = ("POST", "/agencies/{agency}/what-if")
AtPage = Annotated[Page, Depends(signed_in)]


@dataclass(frozen=True)
class Line:
    """One indicator: points as text, None where missing or not applicable; ``advice`` what would raise it, as the
    explanation has it."""

    code: str
    label: str
    clause: str
    points: str | None
    maximum: str
    state: str | None
    sentence: str
    advice: Mapping[str, Any] | None


@dataclass(frozen=True)
class Group:
    """``lacking`` is what is left to its maximum, exactly; None where points are missing."""

    label: str
    exact: str | None
    maximum: str
    lacking: str | None
    lines: list[Line]


@router.get("/scores")
async def get_latest(page: AtPage) -> Response:
    """To the month published last: one's own body's, or every body's."""
    published = [each["period"] for each in (await page.api.get("/periods"))["items"] if each["published"]]
    if not published:
        return page.show("scores/none.html")
    own = f"/agencies/{page.actor.agency}" if page.actor.agency else ""
    return page.go(f"{own}/periods/{max(published)}/scores")


@router.get(OWN)
async def get_own_scores(page: AtPage, agency: str, period: str) -> Response:
    page.require_may(*READING)
    path, version = f"/periods/{period}/scores/{agency}", page.query("version")
    sheet = await page.api.get(path, version=version)
    reasons = await page.api.get(f"{path}/explanation", version=sheet["version"])
    versions = (await page.api.get(f"/periods/{period}/versions"))["items"]
    law = await law_of(page, sheet["scheme"])
    verify = _verification(page, sheet) if Desk(page, agency).may_enter else None
    return page.show(
        "scores/own.html", sheet=sheet, body=sheet["agencies"][0], total=reasons["sentences"]["total"][page.language],
        groups=groups_of(sheet, reasons, law), versions=versions, agency=agency, period=period, verify=verify,
        names=await names(page, period), late=await _late(page, agency, period),
    )  # fmt: skip


async def _late(page: Page, agency: str, period: str) -> dict[str, Any] | None:
    """What the body's late report would have scored, for its own people; None where none waits uncounted."""
    if page.actor.agency != agency or page.has("agency_unit"):
        return None
    reporting = await page.api.get(f"/agencies/{agency}/periods/{period}/reporting")
    uncounted = reporting["uncounted"] or (reporting if reporting["counterfactual"] else None)
    if uncounted is None:
        return None
    found: dict[str, Any] | None = await page.api.get_or_none(
        f"/agencies/{agency}/periods/{period}/submissions/{uncounted['sequence']}/score"
    )
    return found


def groups_of(sheet: Mapping[str, Any], reasons: Mapping[str, Any], law: Law) -> dict[str, Group]:
    """By letter, from the body's sheet and its explanation."""
    lines = _lines(sheet, reasons, law)
    exact = {node["path"].removeprefix("group/"): node["exact"] for node in nodes_of(reasons["tree"]) if "exact" in node}
    found = {}
    for letter, label in law.groups.items():
        most, known = law.maximum_of(letter), exact.get(letter)
        codes = law.codes_of(letter)
        if own_group_points(sheet["agencies"][0], letter, codes) is None:
            known = None
        lacking = None if known is None else str(Fraction(most) - Fraction(known))
        found[letter] = Group(label, known, most, lacking, [lines[code] for code in codes])
    return found


def _lines(sheet: Mapping[str, Any], reasons: Mapping[str, Any], law: Law) -> dict[str, Line]:
    at, body = law.page.language, sheet["agencies"][0]
    found = {}
    for code, label in law.indicators.items():
        score = body["indicators"][code]
        state = STATES[score["state"]]
        found[code] = Line(
            code, label, law.clause(sheet, code), own_points(body, code), score["max"],
            None if state is None else str(getattr(state, at)), reasons["sentences"][code][at],
            reasons["raise"].get(code),
        )  # fmt: skip
    return found


def nodes_of(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node and all below it."""
    yield node
    for child in node.get("children", ()):
        yield from nodes_of(child)


def _verification(page: Page, sheet: Mapping[str, Any]) -> dict[str, str]:
    """By indicator, the query of a request's form that says what is meant and keeps what stood there: the sheet's digest and,
    where we are reached by one that evidence may have, the explanation's address."""
    agency, period, version = sheet["agencies"][0]["agency"], sheet["period"], sheet["version"]
    explained = f"{runtime(page.request).public_url}{API}/periods/{period}/scores/{agency}/explanation?version={version}"
    link = {"evidence.0.link": explained} if explained.startswith("https://") else {}
    found = {}
    for code in sheet["agencies"][0]["indicators"]:
        named = page.t(f"{code}, {month(period)}, phiên bản {version}", f"{code}, {period}, version {version}")
        found[code] = urlencode({
            "kind": "verification", "about_agency": agency, "period": period, "indicator": code,
            "subject": page.t("Đề nghị xác minh số liệu ", "Please verify ") + named,
            "evidence.0.title": page.t("Giải trình điểm ", "Explanation of ") + named,
            "evidence.0.digest": sheet["result_digest"], **link,
        })  # fmt: skip
    return found
