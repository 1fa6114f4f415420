"""A page of another origin reads the published table in a real browser, and nothing that a key is asked for (PUB-01)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import Served
from tests.integration.gateway.seeds import Published, Seeds

API = "/api/v1"
# What a script of the page gets: the answer with its headers, or the word of the browser that refuses it.
FETCH = """async ([url, headers]) => {
  try {
    const answer = await fetch(url, {headers});
    return {status: answer.status, etag: answer.headers.get('ETag'), link: answer.headers.get('Link'),
            id: answer.headers.get('X-Request-Id'), text: await answer.text()};
  } catch (refused) { return {refused: String(refused)}; }
}"""


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture(scope="module")
def published(served: Served) -> Published:
    return asyncio.run_coroutine_threadsafe(Seeds(served.database.app_url).publish(version=1), served.loop).result(60)


@pytest.fixture
def elsewhere(chromium: Browser) -> Iterator[Page]:
    """A page served from another port, where scripts run."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        yield page
    finally:
        context.close()
        server.shutdown()
        thread.join(10)
        server.server_close()


def asked(page: Page, url: str, **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(FETCH, [url, headers])
    return found


def test_it_reads_the_table_and_asks_again_with_its_tag(elsewhere: Page, served: Served, published: Published) -> None:
    scores = f"{served.url}{API}/periods/2026-01/scores"
    # From the database, and then as the edge has it.
    for _ in range(2):
        first = asked(elsewhere, scores)
        assert (first["status"], first["etag"]) == (200, f'W/"{published.digest}"')
        assert first["text"].encode() == published.json
        assert "related" in first["link"]
    # Not a simple request: the browser asks beforehand.
    again = asked(elsewhere, scores, **{"If-None-Match": first["etag"], "X-Request-Id": "from-elsewhere"})
    assert (again["status"], again["id"], again["text"]) == (304, "from-elsewhere", "")
    assert asked(elsewhere, f"{served.url}{API}/periods/2026-01/scores?format=csv")["status"] == 200
    assert asked(elsewhere, f"{served.url}/openapi.json")["status"] == 200
    # A refusal is read too: what was wrong, and where it is explained.
    refused = asked(elsewhere, f"{served.url}{API}/periods/2026-02/scores")
    assert (refused["status"], "/problems/" in refused["text"]) == (404, True)


def test_it_reads_nothing_that_a_key_is_asked_for(elsewhere: Page, served: Served, published: Published) -> None:
    key = served.key("reader of the tests", "reader")
    private = f"{served.url}{API}/score-runs"
    assert served.call("GET", "/score-runs", key).status_code == 200
    for headers in ({}, {"Authorization": f"Bearer {key}"}):
        assert "Failed to fetch" in asked(elsewhere, private, **headers)["refused"]
    # Nor does a key go along with what everybody may read.
    assert "Failed to fetch" in asked(elsewhere, f"{served.url}{API}/periods", Authorization=f"Bearer {key}")["refused"]
