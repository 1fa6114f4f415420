"""What the lists of administrators have in common: the list, a form that asks for one more, one of them, acts on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.gateway.pages.administration.typed import gathered
from services.gateway.pages.own_api import Refused
from services.gateway.pages.page import ROOT, Page, signed_in
from services.gateway.pages.posted import Posted

There = Annotated[Page, Depends(signed_in)]
Document = dict[str, Any]
# Lists of a body are short; longer ones are paged.
ON_A_PAGE = 100


async def _nothing(page: Page, agency: str | None) -> Document:
    del page, agency
    return {}


@dataclass(frozen=True)
class Register:
    """``place`` is the path of the list in the API and below the pages' root; ``identifier`` names one in its document.

    ``asked`` makes the document of what was typed, ``acts`` are the resources below one of them with the notice shown then,
    ``member`` is how the API's routes call one of them.
    ``beside`` is what the list and the form show besides, ``made`` answers instead of the page of what was made.
    """

    name: str
    place: str
    identifier: str
    member: str
    templates: str
    asked: Callable[[Posted], Document]
    acts: Mapping[str, str]
    lists: tuple[str, ...] = ()
    read: Callable[[Posted], Posted] = lambda posted: posted
    beside: Callable[[Page, str | None], Awaitable[Document]] = _nothing
    made: Callable[[Page, Document, Document], Awaitable[Response]] | None = None

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route(self.place, self._list, name=f"page_{self.name}")
        router.add_api_route(f"{self.place}/new", self._new, name=f"page_{self.name}_new")
        router.add_api_route(self.place, self._ask, methods=["POST"], name=f"post_page_{self.name}")
        router.add_api_route(f"{self.place}/{{item}}", self._one, name=f"page_{self.name}_one")
        for act in self.acts:
            router.add_api_route(
                f"{self.place}/{{item}}/{act}", self._act(act), methods=["POST"], name=f"post_page_{self.name}_{act}"
            )

    async def list_page(self, page: Page, **context: Any) -> Response:
        place = self._here(page)
        found = await page.api.get(place, cursor=page.request.query_params.get("cursor"), limit=ON_A_PAGE)
        waiting = [each for each in found["items"] if each["state"] == "requested"]
        others = [each for each in found["items"] if each["state"] != "requested"]
        shown = {"waiting": waiting, "others": others, "next": found["next"], **await self.around(page)}
        return page.show(f"{self.templates}_list.html", **{**shown, **context})

    async def one_page(self, page: Page, item: str, **context: Any) -> Response:
        """``act`` among the context is the act that was refused."""
        path = f"{self._here(page)}/{item}"
        found = await page.api.get(path)
        shown = {"found": found, "path": path, "act": "", "here": f"{ROOT}{path}", **await self.around(page)}
        return page.show(f"{self.templates}.html", **{**shown, **context})

    async def refused_page(self, page: Page, item: str, refused: Refused, *, posted: Posted, act: str) -> Response:
        """The page of one of them with the act that was refused. Raises ``refused`` where the person may not see the page."""
        try:
            return await self.one_page(page, item, refused=refused, posted=posted, act=act)
        except Refused:
            raise refused from None

    async def _list(self, page: There) -> Response:
        return await self.list_page(page)

    async def _new(self, page: There) -> Response:
        page.require_may("POST", self.place)
        return await self._form(page)

    async def _form(self, page: Page, **context: Any) -> Response:
        beside = await self.around(page)
        return page.show(f"{self.templates}_new.html", **{**beside, "here": f"{ROOT}{self._here(page)}/new", **context})

    async def _ask(self, page: There) -> Response:
        sent = await page.posted()
        page.require_may("POST", self.place)
        posted = self.read(sent)
        try:
            made = (await page.api.post(self._here(page), self.asked(posted), once=posted.once)).json()
        except Refused as refused:
            return await self._form(page, refused=gathered(refused, self.lists), posted=posted)
        if self.made is not None:
            return await self.made(page, made, await self.around(page))
        return page.go(f"{self._here(page)}/{made[self.identifier]}", done="requested")

    async def _one(self, page: There, item: str) -> Response:
        return await self.one_page(page, item)

    def _act(self, act: str) -> Callable[..., Awaitable[Response]]:
        async def post_act(page: There, item: str) -> Response:
            posted = await page.posted()
            page.require_may("POST", f"{self.place}/{{{self.member}}}/{act}")
            path = f"{self._here(page)}/{item}"
            reason = {} if posted.given("reason") is None else {"reason": posted.text("reason")}
            try:
                await page.api.post(f"{path}/{act}", reason, once=posted.once)
            except Refused as refused:
                return await self.refused_page(page, item, refused, posted=posted, act=act)
            return page.go(path, done=self.acts[act])

        return post_act

    def _here(self, page: Page) -> str:
        return self.place.format(**page.request.path_params)

    async def around(self, page: Page) -> Document:
        """Where we are: the list's path and the body with its name, which is None on the national offices' side."""
        code = page.request.path_params.get("agency")
        agency = await page.api.get(f"/agencies/{code}") if code is not None else None
        return {"place": self._here(page), "agency": agency, **await self.beside(page, code)}
