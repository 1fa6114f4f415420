"""What a form sent: read within a limit, and only when it came from a page of ours (CSRF)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from services.gateway.access.permits import bounded
from services.gateway.http.runtime import runtime
from services.gateway.pages.switching import note_wish
from shared.errors import NotAllowed
from shared.problems import Malformed, MediaTypeUnsupported

_MULTIPART, _PLAIN = "multipart/form-data", "application/x-www-form-urlencoded"
FIELDS, FILES = 2_000, 10


class FormForeign(NotAllowed):
    """The form did not come from a page of this session: another site sent it, or the session has changed since."""

    slug = "form-foreign"
    title_vi = "Biểu mẫu không được gửi từ phiên làm việc này"
    title_en = "Form not from this session"


@dataclass(frozen=True)
class Posted:
    """Fields as typed, without the blanks around them; ``files`` by field, where one was chosen."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, str, bytes]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field's text, empty when nothing was typed."""
        return (self.values.get(name) or [""])[0]

    def given(self, name: str) -> str | None:
        """None for a field left empty: what nobody said is missing, not an empty text."""
        return self.text(name) or None

    def texts(self, name: str) -> list[str]:
        return [value for value in self.values.get(name, []) if value]

    def below(self, prefix: str) -> dict[str, str]:
        """Of the fields whose names begin so, by the rest of the name, what was typed; those left empty are left out."""
        typed = {name: self.text(name) for name in self.values if name.startswith(prefix)}
        return {name.removeprefix(prefix): text for name, text in typed.items() if text}

    def ticked(self, name: str) -> bool:
        return self.text(name) != ""

    @property
    def once(self) -> str:
        """The form's key: sent twice, it does nothing twice."""
        return self.text("once") or new_once()


def new_once() -> str:
    """A key for one form as it is shown."""
    return f"form-{secrets.token_hex(16)}"


async def read_posted(request: Request, *, largest: int | None = None) -> Posted:
    """At most ``largest`` bytes. Raises MediaTypeUnsupported, ContentTooLarge, Malformed or FormForeign (another origin)."""
    require_same_origin(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (_MULTIPART, _PLAIN):
        raise MediaTypeUnsupported("a form is expected", hint="Send the page's own form.")
    limit = largest or runtime(request).largest_body_bytes
    try:
        sent = await bounded(request, limit).form(max_files=FILES, max_fields=FIELDS, max_part_size=limit)
    except HTTPException as error:
        raise Malformed("the form cannot be read", hint="Send the page's own form.") from error
    request.state.posted = posted = await _posted(sent)
    note_wish(request, posted.values)
    return posted


def posted_before(request: Request) -> Posted | None:
    """What this request's form sent, once it was read."""
    return getattr(request.state, "posted", None)


async def _posted(sent: FormData) -> Posted:
    values: dict[str, list[str]] = {}
    files: dict[str, tuple[str, str, bytes]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = (value.filename, value.content_type or "", await value.read())
            await value.close()
        else:
            # Browsers send line ends as CR LF, whatever was typed.
            values.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
    return Posted(values, files)


def require_token(posted: Posted, csrf: str) -> None:
    """Raises FormForeign."""
    if not hmac.compare_digest(posted.text("csrf").encode(), csrf.encode()):
        raise FormForeign("the form is not of this session", hint="Open the page again and send it once more.")


def is_written_by(token: str, csrf: str) -> bool:
    """Whether a form's token is of the same person as this session's, whichever session of theirs it was."""
    return hmac.compare_digest(token.partition("-")[2].encode(), csrf.partition("-")[2].encode())


def require_same_origin(request: Request) -> None:
    """What the browser says of where a form came from. Raises FormForeign; programs that say nothing pass to the token.

    Where it says nothing itself (Sec-Fetch-Site), its Origin is to be the public address: behind a proxy the Host header is
    only what somebody wrote.
    """
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    origin = request.headers.get("origin")
    if site is not None or (origin is not None and origin != _own_origin(request)):
        raise FormForeign("the form was sent by another site", hint="Open the page here and send it from there.")


def _own_origin(request: Request) -> str:
    public = urlsplit(runtime(request).public_url)
    return f"{public.scheme}://{public.netloc}"
