"""Routes that all kinds of register entries have: lists, one entry, corrections, withdrawals, confirmations.

Annotations are evaluated here on purpose: the routes are made by functions, and the framework reads what they close over.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.gateway.access.permits import Json, Permit
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import NATIONAL_ROLES
from services.gateway.http.answers import CLOSED, created, document, number_cursor, page, text_cursor
from services.gateway.http.openapi_responses import lists, reads, records
from services.gateway.http.periods import asked_period
from services.gateway.http.routes.parameters import PAGE, AgencyQuery, Cursor, Limit, PeriodQuery
from services.gateway.http.runtime import runtime
from services.gateway.registers import entries
from services.gateway.registers.entries import Office, Version
from services.gateway.registers.rules import CONFIRMERS, KEEPER, PLACES, PREFIXES, Kind
from services.gateway.registers.schemas.registers import EntryConfirmation, EntryVersionPage, EntryWithdrawal
from services.gateway.registers.store import registers as stored
from services.gateway.registers.store.records import Entry
from services.gateway.registers.views import shown, shown_one
from shared.audit import Actor

REFUSES: Final = (401, 403, 404)
WATCHER = Permit(sorted({*NATIONAL_ROLES} - {"records_reviewer", "assessor"}))
OFFICER = Permit((KEEPER,))
# What counts cannot be taken back, so it needs a second factor where one is configured (SEC-04).
CONFIRMER = Permit(CONFIRMERS, factor=SecondFactor.NEEDED)
MEETING_PATTERN = f"^({PREFIXES['meeting']})_[0-9a-z]{{26}}$"
MeetingPath = Annotated[str, Path(pattern=MEETING_PATTERN, description="A meeting.")]


@dataclass(frozen=True)
class Shown:
    """One kind of entry over HTTP: its answer, page and correction; ``correct`` takes what the correction says."""

    kind: Kind
    answer: type[BaseModel]
    page: type[BaseModel]
    correction: type[BaseModel]
    correct: Callable[[Office, str, Version], Awaitable[Entry]]

    @property
    def place(self) -> str:
        return PLACES[self.kind]

    @property
    def one(self) -> str:
        return f"{self.place}/{{{self.kind}}}"

    @property
    def path_parameter(self) -> Any:
        pattern = f"^({PREFIXES[self.kind]})_[0-9a-z]{{26}}$"
        return Path(alias=self.kind, pattern=pattern, description="An entry.")


def version_of(asked: BaseModel, *, beside: frozenset[str] = frozenset()) -> Version:
    """What a body says. ``beside`` are fields that are about the entry and not its content."""
    said = asked.model_dump(mode="json")
    digest, reason = said.pop("evidence_digest"), said.pop("reason", None)
    return Version({name: value for name, value in said.items() if name not in beside}, digest, reason=reason)


async def recorded(request: Request, actor: Actor, kind: Kind, found: Entry) -> Response:
    """201 with the entry, which stands under its own id."""
    office = Office(runtime(request), actor)
    async with office.read() as connection:
        content = await shown_one(connection, office, kind, found)
    return created(content, path=f"{PLACES[kind]}/{found.entry_id}")


async def listed(request: Request, actor: Actor, kind: Kind, *, limit: int, cursor: str | None, **only: Any) -> Response:
    """One page of a kind's entries, in the order they were first entered."""
    office, after = Office(runtime(request), actor), text_cursor(cursor)
    async with office.read() as connection:
        found = await stored.list_entries(connection, kind, after=after, limit=limit + 1, **only)
        documents = await shown(connection, office, kind, found)
    return page(request, documents, limit=limit, key=itemgetter("entry_id"), show=dict)


def add_routes(router: APIRouter, of: Shown) -> None:
    """Everything but the kind's first entry, which every kind has its own way of."""
    for add in (add_list, add_one, add_changes):
        add(router, of)


def add_list(router: APIRouter, of: Shown) -> None:
    """GET of all entries of the kind."""

    @router.get(of.place, name="list_" + of.place[1:].replace("-", "_"), **lists(of.page, refuses=REFUSES))
    async def list_entries(
        request: Request,
        actor: Annotated[Actor, Depends(WATCHER)],
        period: PeriodQuery = None,
        agency: AgencyQuery = None,
        cursor: Cursor = None,
        limit: Limit = PAGE,
    ) -> Response:
        """Entries in the order they were first entered, each as its last version says, and which version counts."""
        month = asked_period(period, now=runtime(request).clock())
        return await listed(request, actor, of.kind, limit=limit, cursor=cursor, period=month, agency=agency)


def add_one(router: APIRouter, of: Shown) -> None:
    """GET of one entry and of its versions."""
    entry_path = Annotated[str, of.path_parameter]

    @router.get(of.one, name=f"get_{of.kind}", **reads(of.answer, refuses=REFUSES))
    async def get_entry(request: Request, entry: entry_path, actor: Annotated[Actor, Depends(WATCHER)]) -> Response:
        """One entry: what its last version says, which one counts, and what you may do."""
        office = Office(runtime(request), actor)
        async with office.read() as connection:
            content = await shown_one(connection, office, of.kind, await entries.find(connection, of.kind, entry))
        return document(request, content, cache=CLOSED)

    @router.get(f"{of.one}/versions", name=f"list_{of.kind}_versions", **lists(EntryVersionPage, refuses=REFUSES))
    async def list_versions(
        request: Request,
        entry: entry_path,
        actor: Annotated[Actor, Depends(WATCHER)],
        cursor: Cursor = None,
        limit: Limit = PAGE,
    ) -> Response:
        """The entry's history: every version with its author, reason and second person."""
        office, after = Office(runtime(request), actor), number_cursor(cursor) or 0
        async with office.read() as connection:
            await entries.find(connection, of.kind, entry)
            found = await stored.list_versions(connection, entry, after=after, limit=limit + 1)
        return page(request, found, limit=limit, key=lambda each: each.version)


def add_changes(router: APIRouter, of: Shown) -> None:
    """POST of corrections, withdrawals and confirmations."""
    entry_path = Annotated[str, of.path_parameter]

    @router.post(f"{of.one}/corrections", name=f"post_{of.kind}_correction",
                 **records(of.correction, of.answer, refuses=[*REFUSES, 409]))  # fmt: skip
    async def post_correction(
        request: Request,
        entry: entry_path,
        actor: Annotated[Actor, Depends(OFFICER)],
        asked: Annotated[Any, Depends(Json(of.correction))],
    ) -> Response:
        """Say it anew: the next version, which counts once a second person confirms it."""
        found = await of.correct(Office(runtime(request), actor), entry, version_of(asked))
        return await recorded(request, actor, of.kind, found)

    @router.post(f"{of.one}/withdrawals", name=f"post_{of.kind}_withdrawal",
                 **records(EntryWithdrawal, of.answer, refuses=[*REFUSES, 409]))  # fmt: skip
    async def post_withdrawal(
        request: Request,
        entry: entry_path,
        actor: Annotated[Actor, Depends(OFFICER)],
        asked: Annotated[EntryWithdrawal, Depends(Json(EntryWithdrawal))],
    ) -> Response:
        """Take it out of the register, with the reason; it counts until a second person confirms that."""
        version = Version({}, asked.evidence_digest, withdrawn=True, reason=asked.reason)
        found = await entries.change(Office(runtime(request), actor), of.kind, entry, version)
        return await recorded(request, actor, of.kind, found)

    @router.post(f"{of.one}/confirmations", name=f"post_{of.kind}_confirmation",
                 **records(EntryConfirmation, of.answer, refuses=[*REFUSES, 409]))  # fmt: skip
    async def post_confirmation(
        request: Request,
        entry: entry_path,
        actor: Annotated[Actor, Depends(CONFIRMER)],
        asked: Annotated[EntryConfirmation, Depends(Json(EntryConfirmation))],
    ) -> Response:
        """The second person's yes to the version that was read: from now on it counts."""
        office = Office(runtime(request), actor)
        found = await entries.confirm(office, of.kind, entry, version=asked.version, reason=asked.reason)
        return await recorded(request, actor, of.kind, found)
