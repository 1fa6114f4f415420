"""How the system was used in a month, by user group: what GET /usage answers, at the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import HERE, AsJson, DataDir, period_of
from services.cli.reading import on_database
from shared.errors import Fault, InputInvalid

if TYPE_CHECKING:
    from rich.table import Table

    from shared.database import Database


def register(app: typer.Typer) -> None:
    app.command("usage", help="Tình hình sử dụng trong tháng theo nhóm người dùng, vai trò và hành động.")(usage)


def usage(
    period: Annotated[str, typer.Option("--period", metavar="PERIOD", help="một tháng, ví dụ 2026-01")],
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
    as_table: Annotated[bool, typer.Option("--csv", help="dạng CSV, mỗi nhóm, vai trò và hành động một dòng")] = False,
) -> None:
    """Count a month's audit rows by user group, roles and action (Regulation 02-QC/BCĐTW, Art. 20.4)."""
    import msgspec

    from services.cli import tables
    from services.gateway.usage.usage import as_csv, usage_of
    from shared.timer import now

    if as_json and as_table:
        raise InputInvalid("one form at a time", faults=[Fault("--csv", "stands beside --json", expected="one of them")])
    month = str(period_of(period))

    async def count(database: Database) -> dict[str, Any]:
        return await usage_of(database, period=month, now=now())

    document = on_database(data_dir, "gateway", count)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(document), ensure_ascii=False, indent=1))
    elif as_table:
        typer.echo(as_csv(document).decode("utf-8-sig"), nl=False)
    else:
        tables.console().print(_table(document))


def _table(document: Mapping[str, Any]) -> Table:
    from rich.table import Table

    made = Table(title=f"Tình hình sử dụng kỳ {document['period']}")
    for name in ("Nhóm người dùng", "Hành động"):
        made.add_column(name)
    for name in ("Số lần", "Người"):
        made.add_column(name, justify="right")
    for group in document["groups"]:
        made.add_row(group["name_vi"], "", str(group["entries"]), str(group["actors"]), style="bold")
        for held in group["by_roles"]:
            for each in held["actions"]:
                made.add_row("  " + ", ".join(held["roles"]), each["action"], str(each["entries"]), str(each["actors"]))
    made.add_section()
    made.add_row("Tổng cộng", "", str(document["entries"]), str(document["actors"]), style="bold")
    return made
