"""Webhooks that do not get through, at the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from services.cli.options import HERE, AsJson, DataDir
from services.cli.reading import on_database
from shared.period import VIETNAM

if TYPE_CHECKING:
    from rich.table import Table


def register(app: typer.Typer) -> None:
    app.command("webhooks", help="Các địa chỉ nhận sự kiện đang phải gửi lại hoặc đã thôi gửi.")(webhooks)


def webhooks(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """List the bodies' webhooks with events that are being retried or were given up."""
    import msgspec

    from services.cli import tables
    from services.gateway.notifications.webhooks.failing import failing

    document = on_database(data_dir, "gateway", failing)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(document), ensure_ascii=False, indent=1))
    else:
        tables.console().print(_table(document))


def _table(document: Mapping[str, Any]) -> Table:
    from rich.table import Table

    made = Table(title="Địa chỉ nhận sự kiện chưa nhận được")
    for name in ("Cơ quan", "Địa chỉ", "Trạng thái", "Lần lỗi gần nhất"):
        made.add_column(name)
    for name in ("Đang gửi lại", "Đã thôi gửi"):
        made.add_column(name, justify="right")
    for each in document["webhooks"]:
        last = each["last_failure"]
        at = last["attempted_at"].astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
        why = " ".join(str(part) for part in (last["problem"], last["status"]) if part is not None)
        made.add_row(each["agency"], each["url"], each["state"], f"{at} {why}", str(each["retrying"]), str(each["given_up"]))
    return made
