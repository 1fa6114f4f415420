"""People sign in at an identity provider: authorization code with PKCE (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1).

What comes back is an access token, which is proven like any other; the identity token beside it only proves that both belong
to the sign-in that was begun here.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import msgspec
import structlog

from services.gateway.access.oidc_discovery import MAX_BYTES, IssuerUnavailable, address_in, describe
from services.gateway.access.oidc_settings import IssuerSettings
from shared.errors import SourceProblem, Unauthenticated
from shared.outbound import Answer, Ask, BasicPair, Endpoint, outbound

log = structlog.get_logger(__name__)

_FORM = "application/x-www-form-urlencoded"
_BASIC, _IN_FORM = "client_secret_basic", "client_secret_post"
_WORD = re.compile("[a-z_]{1,40}")
_OK = 200
# RFC 6749 §5.2: any other error is about our client or the desk, and not about this person's sign-in.
_SIGN_IN_IS_OVER = ("invalid_grant", "access_denied")


class SignInRefused(Unauthenticated):
    """The identity provider did not sign the person in: refused, cancelled, too late, or not for the sign-in begun here."""

    slug = "sign-in-refused"
    title_vi = "Hệ thống định danh không cho đăng nhập"
    title_en = "Sign-in refused by the identity provider"


@dataclass(frozen=True)
class Attempt:
    """One sign-in that was begun: nothing of it is ever used for another one. ``then`` is the page wanted."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    then: str

    @property
    def challenge(self) -> str:
        """S256 of RFC 7636 §4.2."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


@dataclass(frozen=True)
class Tokens:
    """What the token desk gave for a code; none of it is believed yet."""

    access_token: str
    id_token: str


@dataclass(frozen=True)
class _Desks:
    authorization: str
    token: str
    methods: Sequence[str]


class Provider:
    """The way to one provider's sign-in page and back. Its addresses are kept as long as its keys are."""

    def __init__(self, name: str, settings: IssuerSettings, client_id: str, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._settings = settings
        self._client_id = client_id
        self._clock = clock
        self._desks: _Desks | None = None
        self._tried = float("-inf")
        self._finding = asyncio.Lock()

    def begin(self, then: str) -> Attempt:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return Attempt(self._name, state, nonce, verifier, then)

    async def address(self, attempt: Attempt, *, redirect_uri: str, factors: Sequence[str] = ()) -> str:
        """Where the browser goes; with ``factors``, acr values, the provider asks anew. Raises IssuerUnavailable."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._settings.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        if factors:
            asked |= {"acr_values": " ".join(factors), "prompt": "login"}
        desk = (await self._addresses()).authorization
        return f"{desk}{'&' if '?' in desk else '?'}{urlencode(asked)}"

    async def exchange(self, code: str, attempt: Attempt, *, redirect_uri: str) -> Tokens:
        """Tokens for a code, which is good once. Raises SignInRefused or IssuerUnavailable."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        desks = await self._addresses()
        credentials, named = self._own_proof(desks.methods)
        body = urlencode({**form, "code_verifier": attempt.verifier, **named}).encode("ascii")
        # Asked once: a code that was perhaps used is not offered again.
        endpoint = Endpoint(
            self._name, desks.token, credentials, timeout=self._settings.timeout_seconds, attempts=1, max_bytes=MAX_BYTES
        )
        try:
            async with outbound(endpoint, self._clock) as way:
                answer = await way.send(Ask("POST", "", body=body, media_type=_FORM))
        except SourceProblem as error:
            raise IssuerUnavailable(f"the identity provider {self._name} does not give a token") from error
        return self._tokens(answer)

    def _own_proof(self, methods: Sequence[str]) -> tuple[BasicPair | None, dict[str, str]]:
        """How the client proves itself: by the header, or by fields of the form where the provider takes only those."""
        secret = self._settings.client_secret
        if secret is None:
            return None, {"client_id": self._client_id}
        if _BASIC not in methods and _IN_FORM in methods:
            return None, {"client_id": self._client_id, "client_secret": secret.get_secret_value()}
        return BasicPair(self._client_id, secret.get_secret_value()), {}

    def _tokens(self, answer: Answer) -> Tokens:
        if answer.status == _OK:
            try:
                found = msgspec.json.decode(answer.body, type=_Given)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise IssuerUnavailable(f"the identity provider {self._name} sent no access_token and id_token") from error
            return Tokens(found.access_token, found.id_token)
        problem = _error_of(answer)
        log.warning("sign-in not completed", issuer=self._name, status=answer.status, problem=problem)
        if problem not in _SIGN_IN_IS_OVER:
            raise IssuerUnavailable(f"the identity provider {self._name} does not take our client's request")
        hint = "Sign in again; a sign-in is good once and for some minutes."
        raise SignInRefused(f"the identity provider does not take this sign-in ({problem})", hint=hint)

    async def _addresses(self) -> _Desks:
        """Asked for at most once every ``refetch_seconds``, however often people open the page. Raises IssuerUnavailable."""
        async with self._finding:
            now = time.monotonic()
            asked_lately = now - self._tried < self._settings.refetch_seconds
            if self._desks is not None and (asked_lately or now - self._tried < self._settings.keys_seconds):
                return self._desks
            if asked_lately:
                raise IssuerUnavailable(f"the identity provider {self._name} did not answer a moment ago")
            self._tried, self._desks = now, None
            self._desks = await self._find()
            return self._desks

    async def _find(self) -> _Desks:
        name, settings = self._name, self._settings
        try:
            found = await describe(name, settings, self._clock)
        except SourceProblem as error:
            raise IssuerUnavailable(f"the identity provider {name} does not answer") from error
        methods = found.get("token_endpoint_auth_methods_supported")
        return _Desks(
            authorization=address_in(found, "authorization_endpoint", name=name, settings=settings),
            token=address_in(found, "token_endpoint", name=name, settings=settings),
            # OpenID Discovery §3: where nothing is said it is the header.
            methods=methods if isinstance(methods, list) else [_BASIC],
        )


class _Given(msgspec.Struct):
    access_token: str
    id_token: str


class _Error(msgspec.Struct):
    error: str


def _error_of(answer: Answer) -> str:
    """The error's name as RFC 6749 §5.2 spells it; what a stranger's server says goes no further than that."""
    try:
        return known_word(msgspec.json.decode(answer.body, type=_Error).error)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "unknown"


def known_word(error: str) -> str:
    """An error's name, or ``unknown`` for anything that is none."""
    return error if _WORD.fullmatch(error) else "unknown"
