"""Keys of people and systems. The first key is made by whoever holds the machine; it is audited as local:<user>."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from services.cli.options import AsJson, DataDir, Reason
from shared.errors import NotAllowed
from shared.period import VIETNAM

if TYPE_CHECKING:
    from services.cli.site import Site
    from services.gateway.access.keys_limits import Limits
    from shared.audit import Actor
    from shared.database import Database

app = typer.Typer(help="Khóa truy cập: tạo, liệt kê, đổi, thu hồi.", no_args_is_help=True)
KeyId = Annotated[str, typer.Argument(help="mã khóa")]
Result = TypeVar("Result")


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="key")


@app.command("create", help="Tạo khóa; mã bí mật chỉ hiện một lần và không được lưu.")
def create(
    holder: Annotated[str, typer.Argument(help="người hoặc hệ thống giữ khóa")],
    role: Annotated[list[str], typer.Option("--role", help="vai trò, nêu được nhiều lần: reader, operator, publisher, …")],
    reason: Reason,
    agency: Annotated[str | None, typer.Option(help="cơ quan của người giữ khóa")] = None,
    expires: Annotated[datetime | None, typer.Option(help="thời điểm hết hạn, giờ Việt Nam")] = None,
    network: Annotated[
        list[str] | None, typer.Option(metavar="CIDR", help="chỉ dùng được từ mạng này; có thể nêu nhiều lần")
    ] = None,
    resource: Annotated[list[str] | None, typer.Option(help="chỉ dùng cho nhóm tài nguyên này; có thể nêu nhiều lần")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="chỉ để đọc")] = False,
    data_dir: DataDir = Path(".bangdiem"),
    as_json: AsJson = False,
) -> None:
    """Make a key; its secret is shown once and kept nowhere. Of a body's people only administrators get theirs here."""
    from services.gateway.access import auth
    from services.gateway.access.keys_limits import limits_of

    _refuse_steps_of_reports(role)
    until = expires.replace(tzinfo=VIETNAM) if expires else None
    limits = limits_of(read_only=read_only, resources=resource, networks=network)
    if resource:
        _require_known_resources(limits)

    async def make(database: Database, site: Site) -> tuple[str, str]:
        return await auth.create_key(
            database,
            pepper=site.pepper,
            actor=local_actor(),
            holder=holder,
            roles=role,
            agency=agency,
            reason=reason,
            expires_at=until,
            now=site.platform.clock(),
            limits=limits,
        )

    show_once(*on_gateway(data_dir, make), as_json=as_json)


@app.command("rotate", help="Đổi khóa: khóa kế nhiệm có cùng người giữ, vai trò, giới hạn và thời hạn.")
def rotate(
    key_id: KeyId,
    reason: Reason,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="số giờ khóa cũ còn dùng được")] = 24,
    data_dir: DataDir = Path(".bangdiem"),
    as_json: AsJson = False,
) -> None:
    """Give a key a successor with another secret: same holder, roles, limits and expiry."""
    from services.gateway.access import auth

    async def replace(database: Database, site: Site) -> tuple[str, str]:
        return await auth.rotate_key(
            database,
            pepper=site.pepper,
            actor=local_actor(),
            key_id=key_id,
            overlap=timedelta(hours=overlap_hours),
            reason=reason,
            now=site.platform.clock(),
        )

    show_once(*on_gateway(data_dir, replace), as_json=as_json)


@app.command("list", help="Mọi khóa, không kèm mã bí mật.")
def list_(data_dir: DataDir = Path(".bangdiem"), as_json: AsJson = False) -> None:
    """All keys without their secrets."""
    from rich.console import Console
    from rich.table import Table

    from services.gateway.access import auth
    from shared.writing import moment

    async def read(database: Database, site: Site) -> list[dict[str, Any]]:
        del site
        return [vars(each) for each in await auth.list_keys(database)]

    found = on_gateway(data_dir, read)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    table = Table("Khóa", "Người giữ", "Vai trò", "Cơ quan", "Giới hạn", "Hết hạn", "Thu hồi")
    for key in found:
        ends = (moment(key["replaced_at"] or key["expires_at"]), moment(key["revoked_at"]))
        cells = (key["key_id"], key["holder"], " ".join(key["roles"]), key["agency"], said_of(key), *ends)
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    Console().print(table)


@app.command("revoke", help="Thu hồi khóa vĩnh viễn.")
def revoke(key_id: KeyId, reason: Reason, data_dir: DataDir = Path(".bangdiem")) -> None:
    """Take a key out of use, for ever."""
    from services.gateway.access import auth

    async def take(database: Database, site: Site) -> None:
        del site
        await auth.revoke_key(database, actor=local_actor(), key_id=key_id, reason=reason)

    on_gateway(data_dir, take)
    typer.echo(f"{key_id} đã thu hồi")


def show_once(key_id: str, secret: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"key_id": key_id, "key": secret}))
    else:
        typer.echo(secret)
        typer.echo(f"{key_id}: lưu khóa ngay, khóa không hiện lại lần nữa", err=True)


def said_of(key: dict[str, Any]) -> str:
    """A key's limits in words."""
    return " ".join([*(["chỉ đọc"] if key["read_only"] else []), *(key["resources"] or ()), *(key["networks"] or ())])


def _refuse_steps_of_reports(roles: list[str]) -> None:
    """Whoever holds the machine must not be able to write, approve and sign a body's report (SEC-09)."""
    from services.gateway.access.tenancy import AGENCY_ROLES

    if given := sorted(set(roles) & (set(AGENCY_ROLES) - {"agency_admin"})):
        hint = "Make a key with agency_admin; the body's administrators give the others (POST /api/v1/agencies/…/credentials)."
        raise NotAllowed(f"{', '.join(given)}: these roles are given inside the body, by two people", hint=hint)


def _require_known_resources(limits: Limits) -> None:
    # The resources are those of the web application, which only a limited key needs.
    from services.gateway.access.keys_limits import require_known
    from services.gateway.access.permits import resources_of
    from services.gateway.application import build_app

    require_known(limits, resources_of(build_app()))


def local_actor() -> Actor:
    """Whoever holds the machine; there is no key yet that could say more."""
    import getpass

    from shared.audit import Actor

    return Actor(f"local:{getpass.getuser()}")


def on_gateway(data_dir: Path, use: Callable[[Database, Site], Awaitable[Result]]) -> Result:
    """Run ``use`` with the gateway's database of this site."""
    import asyncio

    from services.cli.settings import platform_settings
    from services.cli.site import opened
    from shared.database import Database
    from shared.ending import to_the_end

    with opened(platform_settings(data_dir)) as site:

        async def run() -> Result:
            database = Database(site.platform.database_url, role="gateway", pool_size=2)
            try:
                return await use(database, site)
            finally:
                await database.close()

        return asyncio.run(to_the_end(run()))
