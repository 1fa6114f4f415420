"""Who is at the pages: a session begun with an API key or an access token, in a sealed cookie.

The cookie holds the credential itself, sealed with a key derived from the gateway's pepper, so the database never has it and
every replica can read it. The credential is proven again on every page, so its end is the session's end; and the session is a
fact, so that leaving ends it whatever copies of the cookie there are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from pydantic import SecretStr
from starlette.responses import Response

from services.gateway.access.auth import KEYS_READ, Access, Caller, KeysRead, authenticate
from services.gateway.access.keys_limits import Use, client_address
from services.gateway.access.store import page_sessions as stored
from services.gateway.http.edge import READING
from services.gateway.http.runtime import Runtime, runtime
from shared.audit import record
from shared.errors import InputInvalid, NotAllowed, Unauthenticated
from shared.ids import new_id

COOKIE = "bangdiem_session"
LONGEST = timedelta(hours=8)
IDLE = timedelta(hours=1)
# Browsers keep cookies up to 4096 bytes with their names.
_LARGEST_COOKIE = 3800
_SESSION = b"bangdiem page session"


class NoRoleHere(NotAllowed):
    """The person is who they say, and nobody has given them a role here."""

    slug = "no-role-here"
    title_vi = "Tài khoản chưa được cấp vai trò"
    title_en = "No role here"


class CredentialTooLong(InputInvalid):
    """The identity provider's access token is larger than a browser's cookie can hold; ask the provider for fewer claims."""

    slug = "credential-too-long"
    title_vi = "Mã truy cập quá dài cho phiên làm việc"
    title_en = "Credential too long for a session"


@dataclass(frozen=True)
class Session:
    """``csrf`` is what every form of this session carries."""

    session_id: str
    credential: str
    csrf: str
    caller: Caller


async def begin(request: Request, response: Response, credential: str) -> Session:
    """Proves the credential, records the session and gives the browser its cookie. Raises Unauthenticated or a NotAllowed."""
    given = runtime(request)
    caller = await _prove(request, given, credential)
    if not caller.actor.roles:
        hint = "Ask your body's administrator for a role, naming this account."
        raise NoRoleHere(f"nobody has given {caller.actor.id} a role here", hint=hint)
    session_id = new_id("ses")
    sealed = seal(given.part(Access).pepper, {"session": session_id, "credential": credential}, now=given.clock())
    if len(sealed) > _LARGEST_COOKIE:
        raise CredentialTooLong("the credential does not fit into a cookie")
    former = _held(request, given)
    if former is not None:
        await _end(given, former, caller.actor.id)
    async with given.database.transaction() as connection:
        ends_at = given.clock() + LONGEST
        await stored.insert_session(connection, session_id=session_id, actor=caller.actor.id, ends_at=ends_at)
        await record(connection, caller.actor.id, "session.begin", session_id)
    _set_cookie(response, given, sealed)
    return Session(session_id, credential, csrf_of(given.part(Access).pepper, session_id, caller.actor.id), caller)


async def current(request: Request) -> Session:
    """The session of the request's cookie. Raises Unauthenticated when there is none any more."""
    given = runtime(request)
    sealed = request.cookies.get(COOKIE)
    if not sealed:
        raise Unauthenticated("nobody is signed in")
    held = unseal(given.part(Access).pepper, sealed, given.clock())
    async with given.database.read() as connection:
        found = await stored.find_session(connection, held["session"])
    if found is None or found.ended_at is not None or found.ends_at <= given.clock():
        raise Unauthenticated("the session has ended")
    caller = await _prove(request, given, held["credential"])
    if caller.actor.id != found.actor:
        raise Unauthenticated("the session is somebody else's")
    csrf = csrf_of(given.part(Access).pepper, held["session"], caller.actor.id)
    return Session(held["session"], held["credential"], csrf, caller)


async def leave(request: Request, response: Response, session: Session) -> None:
    given = runtime(request)
    await _end(given, session.session_id, session.caller.actor.id)
    response.delete_cookie(COOKIE, path="/")


def renew(request: Request, response: Response, session: Session) -> None:
    """Every page puts the idle end off."""
    given = runtime(request)
    content = {"session": session.session_id, "credential": session.credential}
    _set_cookie(response, given, seal(given.part(Access).pepper, content, now=given.clock()))


def seal(pepper: SecretStr, content: dict[str, str], *, now: datetime, purpose: bytes = _SESSION) -> str:
    """What is sealed for one purpose opens for no other."""
    packed = zlib.compress(json.dumps(content).encode(), 9)
    return _box(pepper, purpose).encrypt_at_time(packed, int(now.timestamp())).decode("ascii")


def unseal(
    pepper: SecretStr, sealed: str, now: datetime, *, ttl: timedelta = IDLE, purpose: bytes = _SESSION
) -> dict[str, str]:
    """Raises Unauthenticated for what we did not seal, or not lately."""
    try:
        packed = _box(pepper, purpose).decrypt_at_time(sealed.encode(), int(ttl.total_seconds()), int(now.timestamp()))
    except (InvalidToken, ValueError) as error:
        raise Unauthenticated("the session has ended") from error
    content: dict[str, str] = json.loads(zlib.decompress(packed))
    return content


def csrf_of(pepper: SecretStr, session_id: str, actor: str) -> str:
    """Two codes, of the session and of its person: both are needed to do anything, the second tells whose form it was."""
    key = _derived(pepper, b"bangdiem csrf")
    halves = (f"session {session_id}", f"actor {actor}")
    return "-".join(hmac.new(key, each.encode(), hashlib.sha256).hexdigest() for each in halves)


def _held(request: Request, given: Runtime) -> str | None:
    """The session that the browser was in, which a new one ends: its cookie is gone, and no copy of it shall go on."""
    try:
        return unseal(given.part(Access).pepper, request.cookies.get(COOKIE, ""), given.clock())["session"]
    except Unauthenticated:
        return None


async def _end(given: Runtime, session_id: str, actor: str) -> None:
    async with given.database.transaction() as connection:
        known = await stored.find_session(connection, session_id) is not None
        if known and await stored.end_session(connection, session_id=session_id, actor=actor):
            await record(connection, actor, "session.end", session_id)


async def _prove(request: Request, given: Runtime, credential: str) -> Caller:
    """Limits to resources or to reading are held by the API's routes; the network is held here too."""
    peer = request.client.host if request.client else None
    address = client_address(peer, request.headers.getlist("x-forwarded-for"), given.part(Access).trusted_proxies)
    return await authenticate(
        given.database,
        access=given.part(Access),
        authorization=f"Bearer {credential}",
        use=Use(address, writes=False, resource=None),
        now=given.clock(),
        signs=False,
        keys_read=keys_read_of(request),
    )


def keys_read_of(request: Request) -> KeysRead | None:
    """Of a page that only reads, whose key it has read; none where something is done, which may end a key."""
    return request.scope.setdefault(KEYS_READ, {}) if request.method in READING else None


def _set_cookie(response: Response, given: Runtime, sealed: str) -> None:
    secure = given.public_url.startswith("https:")
    # Lax, not Strict: somebody who follows a link from a letter is still signed in. What changes things needs `csrf` as well.
    response.set_cookie(COOKIE, sealed, path="/", httponly=True, secure=secure, samesite="lax")


def _box(pepper: SecretStr, purpose: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(pepper, purpose)))


def _derived(pepper: SecretStr, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(pepper.get_secret_value().encode())
