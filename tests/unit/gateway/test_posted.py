"""What a form sent is read within its limits, as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from services.gateway.http.edge import Message
from services.gateway.pages.posted import FIELDS, FILES, Posted, read_posted
from shared.problems import ContentTooLarge, Malformed

LARGEST: Final = 300_000
PLAIN: Final = "application/x-www-form-urlencoded"


class Browser:
    """Sends a body in parts; ``taken`` says how many were asked for."""

    def __init__(self, media_type: str, parts: Iterable[bytes], *, declared: int | None = None) -> None:
        headers = [(b"content-type", media_type.encode())]
        headers += [] if declared is None else [(b"content-length", b"%d" % declared)]
        self._parts = iter(parts)
        self.taken = 0
        scope = {"type": "http", "method": "POST", "path": "/e-form", "headers": headers, "app": self}
        self.request = Request(scope, self._receive)

    async def _receive(self) -> Message:
        part = next(self._parts, None)
        self.taken += part is not None
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    def read(self) -> Posted:
        return asyncio.run(read_posted(self.request, largest=LARGEST))


def part(name: str, value: str, *, more: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'.encode()


def multipart(fields: int = 0, *, files: int = 0, name: str = "a.csv") -> Browser:
    more = f'; filename="{name}"\r\nContent-Type: text/csv'
    sent = [part(f"f{number}", "v") for number in range(fields)]
    sent += [part(f"u{number}", "a,b", more=more) for number in range(files)]
    return Browser("multipart/form-data; boundary=b", [*sent, b"--b--\r\n"])


def plain(fields: int) -> Browser:
    return Browser(PLAIN, [urlencode([(f"f{number}", "v") for number in range(fields)]).encode()])


@pytest.mark.parametrize("sent", [plain, multipart])
def test_a_form_holds_so_many_fields_and_no_more(sent: type[Browser]) -> None:
    assert len(sent(FIELDS).read().values) == FIELDS
    with pytest.raises(Malformed) as refused:
        sent(FIELDS + 1).read()
    assert (refused.value.detail, refused.value.hint) == ("the form cannot be read", "Send the page's own form.")


def test_a_form_holds_so_many_files_and_no_more() -> None:
    files = multipart(files=FILES).read().files
    assert (len(files), files["u0"]) == (FILES, ("a.csv", "text/csv", b"a,b"))
    with pytest.raises(Malformed):
        multipart(files=FILES + 1).read()


def test_a_file_that_was_not_chosen_is_none() -> None:
    assert multipart(1, files=1, name="").read() == Posted({"f0": ["v"]}, {})


def test_one_field_may_take_all_the_room() -> None:
    text = "x" * (LARGEST - 2)
    assert Browser(PLAIN, [b"f=", text.encode()]).read().text("f") == text


@pytest.mark.parametrize("media_type", [PLAIN, "multipart/form-data; boundary=b"])
def test_a_form_that_is_too_long_is_read_no_further(media_type: str) -> None:
    head = b"f=" if media_type == PLAIN else part("f", "", more='; filename="a"')
    browser = Browser(media_type, [head, *[b"x" * 100_000] * 50])
    with pytest.raises(ContentTooLarge, match=str(LARGEST)):
        browser.read()
    assert browser.taken == 4


def test_a_form_that_says_it_is_too_long_is_not_read() -> None:
    browser = Browser(PLAIN, [b"f=1"], declared=LARGEST + 1)
    with pytest.raises(ContentTooLarge):
        browser.read()
    assert browser.taken == 0


def test_typed_text_has_neither_its_browsers_line_ends_nor_blanks_around_it() -> None:
    assert Browser(PLAIN, [b"f=+a%0D%0Ab+&f=%E1%BB%99&f="]).read().texts("f") == ["a\nb", "ộ"]
