"""Keeping services running until a signal, and leaving nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import typer
from uvicorn.loops.auto import auto_loop_factory

from services import gateway, ingest, scoring
from services.cli.site import Site, publication_key, receipt_keys
from services.cli.way_out import was_told_to_end
from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from shared.ending import GRACE_SECONDS, end, to_the_end
from shared.errors import Unavailable
from shared.postgres import EmbeddedPostgres, ServerEnded
from shared.service import Service
from shared.settings import read


class PortTaken(Unavailable):
    slug = "port-taken"
    title_vi = "Cổng mạng đã có chương trình khác dùng"
    title_en = "Port taken"


def serve(names: Sequence[str], entered: AbstractContextManager[Site], *, host: str, port: int) -> None:
    """Enter the site, then run the services until a signal."""
    with ExitStack() as held:
        bound = held.enter_context(bind(host, port)) if "gateway" in names else None
        site = held.enter_context(entered)
        services = [make(each, site) for each in names if each != "gateway"]
        if bound is not None:
            services.append(gateway_of(site, bound))
            typer.echo(f"REST: {url_of(bound)}/api/v1", err=True)
            typer.echo(f"Biểu mẫu điện tử: {url_of(bound)}/e-form", err=True)
        run_services(services, server=site.server)


def make(name: str, site: Site) -> Service:
    """A worker service of this site."""
    if name == "ingest":
        return ingest.create(site.platform, read(IngestSettings))
    return scoring.create(site.platform, publication_key(site))


def gateway_of(site: Site, bound: socket.socket) -> gateway.Gateway:
    """The gateway of this site on a bound socket, which is also its public address unless the settings name one."""
    given: dict[str, object] = {"key_pepper": site.pepper}
    if "BANGDIEM_GATEWAY_PUBLIC_URL" not in os.environ:
        given["public_url"] = url_of(bound)
    if "BANGDIEM_GATEWAY_RECEIPT_KEY" not in os.environ and "BANGDIEM_GATEWAY_RECEIPT_KEYS" not in os.environ:
        given["receipt_keys"] = receipt_keys(site.data_dir)
    return gateway.create(read(GatewaySettings, **given), site.platform, bound=bound)


def url_of(bound: socket.socket) -> str:
    """Where a bound socket answers."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises PortTaken naming the address and what to do."""
    # Named as TCP: without the protocol asyncio does not switch Nagle's delay off, and answers wait for it.
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortTaken(f"{host}:{port}: {error.strerror}", hint="Stop what listens there, or choose --port.") from error
    return bound


def run_services(services: Sequence[Service], *, server: EmbeddedPostgres | None = None) -> None:
    """`keep_running` on the fastest loop that is installed."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(to_the_end(keep_running(services, server=server)))


async def keep_running(services: Sequence[Service], *, server: EmbeddedPostgres | None = None) -> None:
    """Run services until SIGINT, SIGTERM, the end of the embedded server, or the failure of one; then stop them all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if was_told_to_end():
        stop.set()
    running = [asyncio.create_task(service.run(), name=service.name) for service in services]
    watchers: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
    if server is not None:
        watchers.append(asyncio.create_task(_server_ended(server)))
    try:
        done, _ = await asyncio.wait([*running, *watchers], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end([*running, *watchers], again_after=GRACE_SECONDS)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _server_ended(server: EmbeddedPostgres) -> None:
    ended: ServerEnded = await asyncio.wrap_future(server.ended)
    lines = " | ".join(ended.lines[-3:])
    raise Unavailable(f"PostgreSQL ended by itself (exit code {ended.exit_code}): {lines}", hint="Start again.")
