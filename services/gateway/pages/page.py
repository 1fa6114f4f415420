"""One page's request: who is there, in which language, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from services.gateway.access.auth import Access
from services.gateway.access.permits import permit_of
from services.gateway.http.answers import API
from services.gateway.http.exception_handlers import problem, spoken
from services.gateway.http.runtime import runtime
from services.gateway.pages import addresses
from services.gateway.pages.addresses import LOGIN, page_open
from services.gateway.pages.kept import kept_before, kept_of
from services.gateway.pages.labels import label_of
from services.gateway.pages.menu import menu_of
from services.gateway.pages.named import known_people
from services.gateway.pages.notices import NOTICES, forget, led, notice_at
from services.gateway.pages.own_api import Answer, OwnApi, Refused, Switched
from services.gateway.pages.posted import (
    FormForeign,
    Posted,
    is_written_by,
    new_once,
    posted_before,
    read_posted,
    require_token,
)
from services.gateway.pages.problems import problem_context
from services.gateway.pages.rendering import page_response
from services.gateway.pages.session import Session, current, renew
from services.gateway.pages.switching import LANGUAGE_COOKIE, remember, wish_of
from shared.audit import Actor
from shared.errors import DomainError, Unauthenticated
from shared.problems import Language

ROOT: Final = addresses.ROOT
# In an address: sign in again, and this time with the second factor.
SECOND: Final = "second"
_UNAUTHENTICATED: Final = 401
# What a page may say otherwise than the frame: where it is, what was done, what it shows this once. A page that took
# another name of the frame's, such as `own`, would change who the head says is there.
OF_PAGES: Final = frozenset({"here", "notice", "shown_once"})
FILES_AGAIN: Final = (
    "Đã đổi ngôn ngữ, chưa gửi gì. Tệp đã chọn không giữ lại được: hãy chọn lại.",
    "The language was changed, nothing was sent. A chosen file cannot be kept: choose it again.",
)


@dataclass(frozen=True)
class Page:
    """``api`` speaks for the person at the page; without a session for nobody."""

    request: Request
    session: Session | None

    @property
    def language(self) -> Language:
        return language_of(self.request)

    @property
    def api(self) -> OwnApi:
        credential = self.session.credential if self.session else None
        return OwnApi(self.request, credential=credential, language=self.language)

    @property
    def actor(self) -> Actor:
        """Raises Unauthenticated where nobody is signed in."""
        if self.session is None:
            raise Unauthenticated("nobody is signed in")
        return self.session.caller.actor

    def has(self, *roles: str) -> bool:
        return self.session is not None and bool(self.session.caller.actor.roles & set(roles))

    def t(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def query(self, name: str) -> str | None:
        """A parameter of the page's own address; None where it is left out or empty."""
        return self.request.query_params.get(name) or None

    def require_may(self, method: str, route: str) -> None:
        """Forms are for those whom the API's route takes them from. Raises what that route would: NotFound or NotAllowed."""
        permit_of(self.request.app, method, API + route).require_admitted(self.actor, self.request)

    async def posted(self) -> Posted:
        """The form, once it is certain that this session's page sent it. Raises FormForeign and what read_posted raises."""
        posted = await read_posted(self.request)
        if self.session is not None:
            require_token(posted, self.session.csrf)
        return posted

    def show(
        self, template: str, *, status: int = 200, refused: Refused | None = None, posted: Posted | None = None, **context: Any
    ) -> Response:
        """The page. ``refused`` shows what was wrong, at its field where it names one; ``posted`` keeps what was typed."""
        wish = wish_of(self.request)
        if wish is not None:
            # Nothing was asked of the API, so what it might have refused is not told.
            refused, status = None, 200
            context |= {"notice": FILES_AGAIN} if _chose_files(self.request) else {}
        frame = self._frame()
        if taken := (frame.keys() & context.keys()) - OF_PAGES:
            raise TypeError(f"{template}: these names are the frame's: {', '.join(sorted(taken))}")
        whole = {**frame, **problem_context(refused, self.language), "posted": posted, **context}
        status = refused.status if refused is not None else status
        response = page_response(template, whole, language=self.language, status=status)
        if self.session is not None:
            renew(self.request, response, self.session)
        if whole["notice"]:
            forget(response)
        if wish is not None:
            remember(response, wish)
        return response

    def go(self, path: str, *, done: str | None = None) -> Response:
        """To another page of ours after something was done; ``done`` names the notice shown there."""
        return led(self.request, ROOT + path, done=done)

    def _frame(self) -> dict[str, Any]:
        actor = self.session.caller.actor if self.session else None
        return {
            "root": ROOT,
            "here": page_open(self.request),
            "actor": actor,
            "roles": actor.roles if actor else frozenset(),
            "own": actor.agency if actor else None,
            "csrf": self.session.csrf if self.session else "",
            "once": new_once(),
            "notice": NOTICES.get(notice_at(self.request)),
            "has": self.has,
            "label_of": label_of,
            "known_people": known_people(self.request),
            "menu": menu_of(self) if actor else [],
            "second_factor": self._second_factor(),
            # Whether the page shows what no other will: then nothing on it leads away unasked.
            "shown_once": False,
        }

    def _second_factor(self) -> str:
        """Where one signs in again with a second factor, to come back to the page that is open or that the form was on."""
        request = self.request
        query = urlencode({"next": page_open(request), "factor": SECOND}, safe="/")
        kind, _, rest = self.session.caller.actor.id.partition(":") if self.session else ("", "", "")
        provider = rest.partition(":")[0]
        known = kind == "oidc" and provider in runtime(request).part(Access).issuers.providers
        return f"/oidc/{provider}?{query}" if known else f"/login?{query}"


def _chose_files(request: Request) -> bool:
    posted = posted_before(request)
    return posted is not None and bool(posted.files)


async def signed_in(request: Request) -> Page:
    """For pages that need somebody; the route leads everybody else to the sign-in page."""
    return Page(request, await current(request))


async def anybody(request: Request) -> Page:
    try:
        session: Session | None = await current(request)
    except Unauthenticated:
        session = None
    return Page(request, session)


async def whoever(request: Request) -> Page:
    """For pages that tell a refusal: who may not be here is told so as nobody."""
    try:
        return await anybody(request)
    except DomainError:
        return Page(request, None)


def language_of(request: Request) -> Language:
    """Vietnamese until somebody asks for English here: what an office's computer was installed in says nothing."""
    wish = wish_of(request)
    if wish is not None:
        return wish
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "vi"


class PageRoute(APIRoute):
    """A refusal becomes a page; nobody signed in becomes the way to the sign-in page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except Unauthenticated:
                return await _to_login(request)
            except Switched:
                return await _switched(request)
            except Refused as refused:
                return await (_to_login(request) if refused.status == _UNAUTHENTICATED else _refusal_page(request, refused))
            except FormForeign as error:
                return await _send_again(request, refused_of(request, error))
            except DomainError as error:
                return await _refusal_page(request, refused_of(request, error))

        return handle


def refused_of(request: Request, error: DomainError) -> Refused:
    """An error of the page's own as the API would have told it."""
    made = problem(spoken_here(request), error)
    return Refused(Answer(made.status_code, {}, bytes(made.body)))


def spoken_here(request: Request) -> Request:
    """The request, asking for the language of its page."""
    return spoken(request, language_of(request))


async def _refusal_page(request: Request, refused: Refused) -> Response:
    return (await whoever(request)).show("refused.html", refused=refused, kept=kept_before(request))


async def _send_again(request: Request, refused: Refused) -> Response:
    """A form that this person opened when they were signed in before, to be looked at and sent once more."""
    page, kept = await whoever(request), await kept_of(request)
    if page.session is None or kept is None or not is_written_by(kept.token, page.session.csrf):
        return page.show("refused.html", refused=refused, kept=None)
    return page.show("kept.html", status=refused.status, kept=kept, switched=False)


async def _switched(request: Request) -> Response:
    """For forms whose handler shows nothing again: what was typed in them, and the way to send it."""
    page, kept = await whoever(request), kept_before(request)
    if kept is not None:
        return page.show("kept.html", kept=kept, switched=True)
    response = RedirectResponse(page_open(request), status_code=303)
    remember(response, page.language)
    return response


async def _to_login(request: Request) -> Response:
    """To the sign-in page, unless there is something typed that would be lost."""
    kept = await kept_of(request) if request.method == "POST" else None
    if kept is not None:
        return Page(request, None).show("kept.html", status=_UNAUTHENTICATED, kept=kept, switched=False)
    return RedirectResponse(f"{LOGIN}?next={quote(page_open(request))}", status_code=303)
