"""Keeping the product up: everything in one process, or one service of it."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from services import gateway, ingest, scoring
from services.cli.options import AsJson, DataDir, Host, Port
from services.cli.serve import bind, run_services, url_of
from services.cli.settings import platform_settings
from services.cli.site import DatabaseBehind, Site, opened, receipt_keys
from services.gateway.settings import GatewaySettings
from services.ingest.settings import IngestSettings
from shared import migrate
from shared.errors import InputInvalid
from shared.service import Service
from shared.settings import PlatformSettings, read

NAMES = ("ingest", "scoring", "gateway")
db = typer.Typer(help="The database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("run")(run)
    app.add_typer(db, name="db")


def up(data_dir: DataDir = Path(".bangdiem"), host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run ingest, scoring and gateway in this process."""
    serve(NAMES, platform_settings(data_dir), host=host, port=port)


def run(
    name: Annotated[list[str], typer.Argument(metavar="SERVICE...", help="ingest, scoring, gateway")],
    data_dir: DataDir = Path(".bangdiem"),
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run the named services; any number of replicas of each may run."""
    unknown = sorted(set(name) - set(NAMES))
    if unknown:
        raise InputInvalid(f"no service {', '.join(unknown)}", hint=f"Services are {', '.join(NAMES)}.")
    serve(name, platform_settings(data_dir), host=host, port=port)


@db.command("upgrade")
def upgrade(data_dir: DataDir = Path(".bangdiem"), as_json: AsJson = False) -> None:
    """Bring the database to this version's schema. A real server is reached by DATABASE_OWNER_URL."""
    settings = platform_settings(data_dir)
    if settings.database_url is None:
        with opened(settings) as site:
            before, after = migrate.upgrade(str(site.owner_url))
    elif settings.database_owner_url is None:
        raise DatabaseBehind("migrations run as the owner", hint="Set DATABASE_OWNER_URL to the owner's address.")
    else:
        before, after = migrate.upgrade(settings.database_owner_url.get_secret_value())
    typer.echo(json.dumps({"before": before, "after": after}) if as_json else f"{before or 'nothing'} → {after}")


def serve(names: tuple[str, ...] | list[str], settings: PlatformSettings, *, host: str, port: int) -> None:
    """Open the site, then run the services until a signal."""
    bound = bind(host, port) if "gateway" in names else None
    with opened(settings) as site:
        services = [make(each, site) for each in names if each != "gateway"]
        if bound is not None:
            services.append(gateway_of(site, bound))
            typer.echo(f"REST: {url_of(bound)}/api/v1", err=True)
            typer.echo(f"e-Form: {url_of(bound)}/e-form", err=True)
        run_services(services, server=site.server)


def make(name: str, site: Site) -> Service:
    """A worker service of this site."""
    if name == "ingest":
        return ingest.create(site.platform, read(IngestSettings))
    return scoring.create(site.platform)


def gateway_of(site: Site, bound: socket.socket) -> gateway.Gateway:
    """The gateway of this site on a bound socket, which is also its public address unless the settings name one."""
    given: dict[str, object] = {"key_pepper": site.pepper}
    if "BANGDIEM_GATEWAY_PUBLIC_URL" not in os.environ:
        given["public_url"] = url_of(bound)
    if "BANGDIEM_GATEWAY_RECEIPT_KEY" not in os.environ and "BANGDIEM_GATEWAY_RECEIPT_KEYS" not in os.environ:
        given["receipt_keys"] = receipt_keys(site.data_dir)
    return gateway.create(read(GatewaySettings, **given), site.platform, bound=bound)
