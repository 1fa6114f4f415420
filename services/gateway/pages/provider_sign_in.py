"""Signing in at an identity provider and coming back (docs/identity.md, Pages).

The sign-in begun is in a sealed cookie of some minutes: what comes back counts in the browser it was begun in, once.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.gateway.access.auth import Access
from services.gateway.access.oidc_sign_in import Attempt, Provider, SignInRefused, known_word
from services.gateway.http.runtime import Runtime, runtime
from services.gateway.pages.addresses import own_path
from services.gateway.pages.notices import led
from services.gateway.pages.page import ROOT, SECOND, Page, PageRoute, anybody, refused_of
from services.gateway.pages.session import begin, seal, unseal
from services.gateway.pages.signing_in import login_page
from shared.errors import DomainError, NotAllowed, NotFound, Unauthenticated

router = APIRouter(prefix=f"{ROOT}/oidc/{{issuer}}", route_class=PageRoute, include_in_schema=False)

COOKIE: Final = "bangdiem_sign_in"
LONGEST: Final = timedelta(minutes=10)
_PURPOSE: Final = b"bangdiem sign-in"


class SignInStale(NotAllowed):
    """What the provider sent back belongs to no sign-in begun in this browser lately: it was used, is too old, or another's."""

    slug = "sign-in-stale"
    title_vi = "Lần đăng nhập này không còn hiệu lực"
    title_en = "Sign-in no longer valid"


@router.get("")
async def get_sign_in(request: Request, issuer: str) -> Response:
    """To the provider. ``next`` is the page wanted afterwards; ``factor=second`` asks for the second factor."""
    given, provider = runtime(request), _provider(request, issuer)
    attempt = provider.begin(own_path(request.query_params.get("next", "")))
    factors = _factors(given, issuer) if request.query_params.get("factor") == SECOND else ()
    try:
        there = await provider.address(attempt, redirect_uri=_redirect_uri(given, issuer), factors=factors)
    except DomainError as error:
        return _login_refused(request, attempt.then, error)
    response = RedirectResponse(there, status_code=303)
    sealed = seal(given.part(Access).pepper, asdict(attempt), now=given.clock(), purpose=_PURPOSE)
    secure = given.public_url.startswith("https:")
    # Lax: the way back is a link from another site.
    response.set_cookie(COOKIE, sealed, path=f"{ROOT}/oidc", httponly=True, secure=secure, samesite="lax")
    return response


@router.get("/callback")
async def get_callback(request: Request, issuer: str, page: Annotated[Page, Depends(anybody)]) -> Response:
    """Back from the provider, with a code for tokens or with its refusal."""
    del page  # whoever was here: a sign-in that fails leaves their session as it was
    provider = _provider(request, issuer)
    then = ROOT
    try:
        attempt = _begun(request, issuer)
        then = attempt.then
        response = led(request, then, done="signed-in")
        await begin(request, response, await _access_token(request, provider, attempt))
    except DomainError as error:
        response = _login_refused(request, then, error)
    response.delete_cookie(COOKIE, path=f"{ROOT}/oidc")
    return response


def _provider(request: Request, issuer: str) -> Provider:
    found = runtime(request).part(Access).issuers.providers.get(issuer)
    if found is None:
        raise NotFound("nobody signs in here with a provider of that name")
    return found


def _factors(given: Runtime, issuer: str) -> tuple[str, ...]:
    """The acr values to ask for: the provider's own setting, else those that count here."""
    access = given.part(Access)
    counting = (each.removeprefix("acr:") for each in access.second_factor if each.startswith("acr:"))
    return access.issuers.settings[issuer].acr_values or tuple(sorted(counting))


def _redirect_uri(given: Runtime, issuer: str) -> str:
    return f"{given.public_url.rstrip('/')}{ROOT}/oidc/{issuer}/callback"


def _begun(request: Request, issuer: str) -> Attempt:
    """The sign-in that this browser began and the provider answers. Raises SignInStale."""
    given = runtime(request)
    try:
        held = unseal(given.part(Access).pepper, request.cookies.get(COOKIE, ""), given.clock(), ttl=LONGEST, purpose=_PURPOSE)
    except Unauthenticated as error:
        raise SignInStale("this browser has no sign-in going on", hint="Sign in again.") from error
    attempt = Attempt(**held)
    state = request.query_params.get("state", "")
    if attempt.issuer != issuer or not hmac.compare_digest(attempt.state.encode(), state.encode()):
        raise SignInStale("the answer is of another sign-in", hint="Sign in again.")
    return attempt


async def _access_token(request: Request, provider: Provider, attempt: Attempt) -> str:
    given, sent = runtime(request), request.query_params
    # RFC 9207: an answer that names another issuer is not to be exchanged at this one.
    known = given.part(Access).issuers.settings[attempt.issuer].url
    if sent.get("iss", known) != known:
        raise SignInRefused("the answer is of another identity provider", hint="Sign in again.")
    if "error" in sent or not sent.get("code"):
        hint = "Sign in again, or ask the administrator of the identity provider."
        raise SignInRefused(f"the identity provider answered: {known_word(sent.get('error', ''))}", hint=hint)
    tokens = await provider.exchange(sent["code"], attempt, redirect_uri=_redirect_uri(given, attempt.issuer))
    await given.part(Access).issuers.prove_sign_in(tokens, attempt, now=given.clock())
    return tokens.access_token


def _login_refused(request: Request, then: str, error: DomainError) -> Response:
    return login_page(Page(request, None), then, refused=refused_of(request, error))
