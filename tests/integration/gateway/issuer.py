"""A mock identity provider: discovery and keys over real HTTP, tokens signed with keys of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import warnings
from collections import Counter
from datetime import datetime
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64encode

AUDIENCE = "bangdiem"
Key = RSAKey | ECKey | OKPKey


class Issuer:
    """``keys`` are what it publishes at this moment; ``asked`` counts the requests by path."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/realm"
        self.signing: Key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.keys: list[dict[str, Any]] = [public(self.signing)]
        self.discovery: dict[str, Any] = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
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

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        del receive
        self.asked[scope["path"]] += 1
        found = {"/realm/.well-known/openid-configuration": self.discovery, "/realm/keys": {"keys": self.keys}}[scope["path"]]
        body = json.dumps(found).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
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
