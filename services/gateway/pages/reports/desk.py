"""A submission as its pages need it: its document, its form, its content with the tag that a change must name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.responses import Response

from services.gateway.pages.own_api import Answer, Refused, as_json
from services.gateway.pages.page import Page, refused_of
from services.gateway.pages.reports.place import Place
from services.gateway.reports.form.form import Form, FormSection, form_named
from services.gateway.reports.formats.media_types import JSON
from shared.errors import DomainError, NotFound

# Somebody else was first: the tag named is old, or there was nothing to name when the page was opened.
CHANGED: Final = frozenset({"content-changed", "precondition-missing", "precondition-failed"})
_FORBIDDEN: Final = 403
_MISSING: Final = 404


@dataclass(frozen=True)
class View:
    """``submission`` is the API's document."""

    page: Page
    place: Place
    submission: dict[str, Any]
    form: Form

    def may(self, action: str) -> bool:
        return action in self.submission["allowed_actions"]

    @property
    def etag(self) -> str:
        """Of the latest revision; empty before the first."""
        content = self.submission["content"]
        return str(content["etag"]) if content else ""

    def section(self, name: str) -> FormSection:
        """Raises NotFound."""
        found = next((each for each in self.form.sections if each.name == name), None)
        if found is None:
            raise NotFound(f"a report has no section {name[:40]!r}")
        return found

    def show(self, template: str, **context: Any) -> Response:
        whole = {"place": self.place, "submission": self.submission, "form": self.form, "may": self.may, **context}
        return self.page.show(f"reports/{template}", **whole)

    def go(self, below: str = "", *, done: str | None = None) -> Response:
        return self.page.go(f"{self.place.one}{below}", done=done)


async def view_of(page: Page, place: Place) -> View:
    """Raises Refused."""
    submission = await page.api.get(place.one)
    return View(page, place, submission, form_named(submission["form"]))


async def content_of(view: View) -> tuple[dict[str, Any], str]:
    """The sections that were stated so far, and the tag a change of them names: nothing, and empty, before the first save."""
    if view.submission["content"] is None:
        return {}, ""
    answer = await view.page.api.ask("GET", f"{view.place.one}/content", headers={"accept": JSON})
    content: dict[str, Any] = msgspec.json.decode(answer.body)
    return content, answer.headers["etag"]


async def put_section(view: View, section: str, rows: Any, *, etag: str) -> Answer:
    """One section stated; the others say what they said, and nothing where they said nothing. Raises Refused."""
    headers = {"if-match": etag} if etag else {}
    return await view.page.api.ask("PUT", f"{view.place.one}/content/{section}", body=as_json(rows), headers=headers)


async def or_none(page: Page, path: str, **query: object) -> Any:
    """None also where the person may not look: the page then leaves that part out. Raises Refused for anything else."""
    try:
        return await page.api.get(path, **query)
    except Refused as refused:
        if refused.status in (_FORBIDDEN, _MISSING):
            return None
        raise


async def every(page: Page, path: str) -> list[dict[str, Any]]:
    """All items of a list that comes by pages; none where the person may not look. Raises Refused."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        shown = await or_none(page, path, limit=500, cursor=cursor)
        found += shown["items"] if shown else []
        cursor = shown["next"] if shown else None
        if cursor is None:
            return found


def at_fields(refused: Refused, fields: Mapping[str, str]) -> Refused:
    """The refusal with its faults at the fields of a form, where the API names headers and queries."""
    errors = refused.problem.get("errors", [])
    moved = [{**fault, "pointer": fields.get(str(fault.get("pointer")), fault.get("pointer"))} for fault in errors]
    refused.problem = {**refused.problem, "errors": moved}
    return refused


def as_refused(page: Page, error: Refused | DomainError) -> Refused:
    """What the page itself found wrong is told as the API tells it."""
    return error if isinstance(error, Refused) else refused_of(page.request, error)


def checked_later(answer: Answer) -> str | None:
    """The id of the check that a job makes of what was sent, where it is too large to be checked at once (202)."""
    accepted = 202
    return answer.headers["location"].rpartition("/")[2] if answer.status == accepted else None
