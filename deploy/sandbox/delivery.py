"""How an answer leaves: whole, cut short of its stated length, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "sandbox.transport"
"""Where the server's protocol leaves the connection for answers that must break it."""


class Dropped(Exception):
    """The source hangs up without a word."""


@dataclass(frozen=True)
class Answer:
    """A body with its status; ``short`` is how many bytes are really sent, None for all."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    skew: timedelta = timedelta()
    short: int | None = None

    def response(self, carried: Mapping[str, str]) -> Response:
        headers = {**self.headers, **carried}
        if self.short is not None:
            return CutShort(self.body, self.short, headers)
        return Response(self.body, self.status, headers, "application/json")


class CutShort(Response):
    """States the whole length, sends fewer bytes and hangs up; with nothing to send it hangs up at once."""

    def __init__(self, body: bytes, sent: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body, 200, headers, "application/json")
        self._sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope["extensions"][TRANSPORT]
        if self._sent == 0:
            transport.abort()
        else:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.body[: self._sent], "more_body": True})
            transport.close()
        # The server must see the connection gone before this answer ends, or it would add an error of its own.
        while (await receive())["type"] != "http.disconnect":
            pass
