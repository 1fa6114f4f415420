"""A mock identity provider over real HTTP: discovery, keys, a sign-in page and a token desk; it signs with keys of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import warnings
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

AUDIENCE = "bangdiem"
CLIENT, SECRET = "bangdiem-pages", "mật khẩu: của+trang"
Key = RSAKey | ECKey | OKPKey


class Issuer:
    """``keys`` are what it publishes at this moment; ``asked`` counts the requests by path."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/realm"
        self.signing: Key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.keys: list[dict[str, Any]] = [public(self.signing)]
        self.discovery: dict[str, Any] = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "authorization_endpoint": f"{self.url}/authorize?realm=demo",
            "token_endpoint": f"{self.url}/token",
        }
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        # Of the sign-in page: who is there, what their tokens say besides, and what was last asked for.
        self.person = "an"
        self.access_claims: dict[str, Any] = {}
        self.identity_claims: dict[str, Any] = {}
        self.wanted: dict[str, str] = {}
        self.desk_status = 200
        # None where the client is a public one; and how it proved itself last.
        self.secret: str | None = SECRET
        self.proved_by = ""
        self._codes: dict[str, dict[str, str]] = {}
        self.asked: Counter[str] = Counter()
        self.status = 200
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, log_config=None, access_log=False, lifespan="off", interface="asgi3")
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> Issuer:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the mock issuer did not start"
            self._thread.join(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._socket.close()

    def token(self, now: datetime, *, key: Key | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good token but for what is given; a claim None is left out."""
        signing = key or self.signing
        at = int(now.timestamp())
        whole = {"iss": self.url, "aud": AUDIENCE, "sub": "an", "iat": at, "nbf": at, "exp": at + 300, **claims}
        head = {"alg": "RS256", "kid": signing.kid, **(header or {})}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(
                head, {name: value for name, value in whole.items() if value is not None}, signing, algorithms=[head["alg"]]
            )

    def code(self, wanted: dict[str, str]) -> str:
        """A code for what was asked of the sign-in page; good once."""
        code = f"code-{len(self._codes) + 1}"
        self._codes[code] = wanted
        return code

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix("/realm")
        self.asked[scope["path"]] += 1
        sent = dict(parse_qsl((scope["query_string"] if scope["method"] == "GET" else await _body(receive)).decode()))
        if path == "/authorize":
            await self._page(sent, send)
        elif path == "/consents":
            await self._back(sent, send)
        elif path == "/token":
            status, found = self._tokens(sent, dict(scope["headers"]))
            await _send(send, status, "application/json", json.dumps(found))
        else:
            published = {"/.well-known/openid-configuration": self.discovery, "/keys": {"keys": self.keys}}
            await _send(send, self.status if path in published else 404, "application/json", json.dumps(published.get(path)))

    async def _page(self, wanted: dict[str, str], send: Any) -> None:
        self.wanted = wanted
        pairs = [(escape(name), escape(value)) for name, value in wanted.items()]
        hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in pairs)
        page = f"""<!doctype html><html lang="vi"><title>Hệ thống định danh thử nghiệm</title><h1>Đăng nhập</h1>
          <form method="post" action="/realm/consents">{hidden}<button name="act" value="allow">Đồng ý</button>
          <button name="act" value="deny">Từ chối</button></form>"""
        await _send(send, 200, "text/html; charset=utf-8", page)

    async def _back(self, sent: dict[str, str], send: Any) -> None:
        denied = {"error": "access_denied", "error_description": "người dùng từ chối"}
        answer = denied if sent.pop("act") == "deny" else {"code": self.code(sent)}
        there = f"{sent['redirect_uri']}?{urlencode({**answer, 'state': sent['state'], 'iss': self.url})}"
        await _send(send, 303, "text/plain", "", (b"location", there.encode()))

    def _tokens(self, sent: dict[str, str], headers: dict[bytes, bytes]) -> tuple[int, dict[str, Any]]:
        if self.desk_status != 200:
            return self.desk_status, {}
        pair = b64decode(headers.get(b"authorization", b"").removeprefix(b"Basic ")).decode()
        shown = [unquote_plus(part) for part in pair.split(":")] if pair else [sent.get("client_id"), sent.get("client_secret")]
        self.proved_by = "header" if pair else "form"
        if shown != [CLIENT, self.secret]:
            return 401, {"error": "invalid_client"}
        wanted = self._codes.pop(sent["code"], None)
        proof = urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode()
        if wanted is None or wanted["code_challenge"] != proof or wanted["redirect_uri"] != sent["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now, shared = self.clock(), {"sub": self.person}
        if wanted.get("acr_values"):
            shared["acr"] = wanted["acr_values"]
        access = self.token(now, **{**shared, "exp": int(now.timestamp()) + 8 * 3600, **self.access_claims})
        identity = self.token(now, **{**shared, "aud": CLIENT, "nonce": wanted["nonce"], **self.identity_claims})
        return 200, {"access_token": access, "id_token": identity, "token_type": "Bearer", "expires_in": 8 * 3600}


async def _body(receive: Any) -> bytes:
    parts, more = b"", True
    while more:
        message = await receive()
        parts, more = parts + message.get("body", b""), message.get("more_body", False)
    return parts


async def _send(send: Any, status: int, media_type: str, text: str, *headers: tuple[bytes, bytes]) -> None:
    body = text.encode()
    whole = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body})


def public(key: Key) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def unsigned(token: str) -> str:
    """The same claims under ``alg: none``."""
    header = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode()
    return f"{header}.{token.split('.')[1]}."


def confused(token: str, secret: bytes) -> str:
    """The same claims under HS256, with something public as the shared secret."""
    header = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"one"}').decode()
    signed = f"{header}.{token.split('.')[1]}"
    return f"{signed}.{urlsafe_b64encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest()).decode()}"
