"""`bangdiem demo`: one month closed end to end against the stand-in sources, printed and served. Demo data throughout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.options import DataDir, Host, Port, period_of

PERIOD = "2026-01"


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    data_dir: DataDir = Path(".bangdiem"),
    host: Host = "127.0.0.1",
    port: Port = 8000,
    period: Annotated[str, typer.Option(help="the month to close")] = PERIOD,
    leave: Annotated[bool, typer.Option("--exit", help="end after printing the table")] = False,
) -> None:
    """Close a demo month: pull, freeze, score, publish, print the table, serve it. A second time resumes."""
    month = period_of(period)
    typer.echo(f"Bảng Điểm · DỮ LIỆU MÔ PHỎNG · tháng {month.month:02}/{month.year} từ đầu đến cuối, trong {data_dir}")
    # Only now what takes its time to load: the first line comes at once.
    from services.cli.demo.month import shown

    shown(data_dir, month, address=None if leave else (host, port))
