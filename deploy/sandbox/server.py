"""Serving: a real HTTP server on a free port, as a program or in a thread, and the port file that tells how to reach it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from deploy.sandbox.access import Credentials
from deploy.sandbox.app import Options, Sandbox
from deploy.sandbox.delivery import TRANSPORT
from deploy.sandbox.signing import Algorithm
from deploy.sandbox.sources import SOURCES, World

_GRACE_SECONDS = 1


class Protocol(HttpToolsProtocol):
    """uvicorn's own, except that answers can reach the connection, to break it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


def options(
    *,
    seed: int,
    tasks: int | None = None,
    token_seconds: float = 3600.0,
    signature: Algorithm = "EdDSA",
    environment: Mapping[str, str] | None = None,
) -> Options:
    """Options with fresh secrets, or those of ``environment`` (SANDBOX_CLIENT_SECRET, SANDBOX_API_KEY, SANDBOX_ADMIN_TOKEN)."""
    given = environment or {}
    made = {
        source.name: Credentials(
            f"bangdiem-{source.prefix[1:]}",
            given.get("SANDBOX_CLIENT_SECRET") or secrets.token_urlsafe(24),
            given.get("SANDBOX_API_KEY") or secrets.token_urlsafe(24),
        )
        for source in SOURCES
    }
    admin = given.get("SANDBOX_ADMIN_TOKEN") or secrets.token_urlsafe(24)
    return Options(World(seed, tasks), made, admin, token_seconds, signature)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(128)
    return bound


def described(sandbox: Sandbox, bound: socket.socket) -> dict[str, Any]:
    """What the port file holds: how to reach each source, and the admin's routes."""
    host, port = bound.getsockname()[:2]
    base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    chosen = sandbox.options
    described: dict[str, Any] = {}
    for source in SOURCES:
        credentials, key = chosen.credentials[source.name], sandbox.signers[source.name]
        described[source.name] = {
            "base_url": base + source.prefix,
            "token_url": f"{base}{source.prefix}/oauth2/token",
            "jwks_url": f"{base}{source.prefix}/jwks.json",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "api_key": credentials.api_key,
            "jwk": key.jwk if key else None,
        }
    return {
        "pid": os.getpid(),
        "port": port,
        "url": base,
        "seed": chosen.world.seed,
        "tasks": chosen.world.tasks,
        "admin": {
            "faults_url": f"{base}/admin/faults",
            "slips_url": f"{base}/admin/slips",
            "requests_url": f"{base}/admin/requests",
            "token": chosen.admin_token,
        },
        "sources": described,
    }


def write_port_file(path: Path, content: Mapping[str, Any]) -> None:
    """Write it whole or not at all, readable by its owner only: it holds secrets."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    fresh.replace(path)


def server(sandbox: Sandbox) -> uvicorn.Server:
    """The HTTP server, not started yet."""
    return uvicorn.Server(
        uvicorn.Config(
            sandbox.app(),
            http=Protocol,
            lifespan="off",
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


@contextmanager
def running(chosen: Options, *, host: str = "127.0.0.1") -> Iterator[dict[str, Any]]:
    """A sandbox in a thread of this process, over real HTTP; yields what the port file would hold."""
    sandbox = Sandbox(chosen)
    with listen(host, 0) as bound:
        served = server(sandbox)
        thread = threading.Thread(target=served.run, kwargs={"sockets": [bound]}, daemon=True, name="sandbox")
        thread.start()
        try:
            yield described(sandbox, bound)
        finally:
            served.should_exit = True
            thread.join(timeout=10)
