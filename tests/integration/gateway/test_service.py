"""The gateway as a process keeps it: served over real HTTP until cancelled, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.routing import Route

from services.gateway import GatewaySettings, create
from services.gateway.application import build_app
from services.gateway.pages.page import PageRoute
from shared.service import Platform, Service
from shared.settings import SettingsInvalid, read
from tests.conftest import TestDatabase


@contextlib.asynccontextmanager
async def served(database: TestDatabase) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
    """The port and a client of a gateway that is ready on real HTTP; it is cancelled afterwards."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    port = bound.getsockname()[1]
    settings = GatewaySettings(key_pepper=SecretStr("p" * 40))
    service: Service = create(settings, Platform(database.app_url), bound=bound)
    serving = asyncio.create_task(service.run())
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            deadline = time.monotonic() + 20
            while True:
                with contextlib.suppress(httpx.ConnectError):
                    if (await client.get("/readyz")).status_code == 200:
                        break
                assert time.monotonic() < deadline, "it never became ready"
                assert not serving.done()
                await asyncio.sleep(0.02)
            yield port, client
    finally:
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving


async def test_it_serves_until_cancelled_and_closes_everything(database: TestDatabase) -> None:
    before = set(asyncio.all_tasks())
    async with served(database) as (port, client):
        answers = await asyncio.gather(*(client.get("/api/v1/agencies") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert "server" not in answers[0].headers
    assert set(asyncio.all_tasks()) <= before
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_head_is_the_get_without_its_body_and_troubles_no_log(
    database: TestDatabase, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The server itself checks that as many bytes follow as the head promised, unless it knows of the HEAD."""
    async with served(database) as (_, client):
        capfd.readouterr()
        caplog.clear()
        for path in ("/api/v1/periods", "/healthz", "/problems", "/docs"):
            whole, head = await client.get(path), await client.head(path)
            assert (head.status_code, head.content) == (200, b""), path
            assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content)), path
        told = "".join(capfd.readouterr())
        assert "Traceback" not in told
        assert "shorter than Content-Length" not in told
        assert [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


@pytest.mark.parametrize("pepper", [None, "short"])
def test_without_a_good_pepper_there_is_no_gateway(monkeypatch: pytest.MonkeyPatch, pepper: str | None) -> None:
    monkeypatch.delenv("BANGDIEM_GATEWAY_KEY_PEPPER", raising=False)
    if pepper is not None:
        monkeypatch.setenv("BANGDIEM_GATEWAY_KEY_PEPPER", pepper)
    with pytest.raises(SettingsInvalid, match="BANGDIEM_GATEWAY_KEY_PEPPER"):
        read(GatewaySettings)


def test_the_pepper_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGDIEM_GATEWAY_KEY_PEPPER", "mat-khau-khong-duoc-hien-ra-0123456789")
    assert "mat-khau" not in repr(read(GatewaySettings))


def test_every_route_stands_in_one_list() -> None:
    """A router inside a router is asked twice for every request, and builds its routes a second time at the first one."""
    assert {type(route) for route in build_app().routes} <= {Route, APIRoute, PageRoute}
