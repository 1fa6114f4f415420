"""Keeping the product up: the demo, everything in one process, or one service of it; and the database's schema."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.cli.options import HERE, AsJson, DataDir, Host, Port, period_of
from shared.errors import InputInvalid

NAMES = ("ingest", "scoring", "gateway")
db = typer.Typer(help="Cơ sở dữ liệu.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command("demo", help="Trình diễn một tháng từ đầu đến cuối: chốt, chấm điểm, công bố, in bảng điểm, phục vụ.")(demo)
    app.command("up", help="Chạy cả ba dịch vụ trong một tiến trình.")(up)
    app.command("run", help="Chạy các dịch vụ được nêu; mỗi dịch vụ chạy được nhiều bản.")(run)
    app.add_typer(db, name="db")


def demo(
    data_dir: DataDir = HERE,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    period: Annotated[str, typer.Option(help="tháng được trình diễn")] = "2026-01",
    leave: Annotated[bool, typer.Option("--exit", help="dừng sau khi in bảng điểm")] = False,
) -> None:
    """Close a demo month: pull, freeze, score, publish, print the table, serve it. A second time resumes."""
    month = period_of(period)
    # Said before what takes its time to load.
    typer.echo(f"Bảng Điểm · DỮ LIỆU MÔ PHỎNG · tháng {month.month:02}/{month.year} từ đầu đến cuối, trong {data_dir}")
    from services.cli.demo.early import begun_early

    with begun_early(data_dir) as early:
        from services.cli.demo.month import show

        show(month, early, address=None if leave else (host, port))


def up(data_dir: DataDir = HERE, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run ingest, scoring and gateway in this process."""
    from services.cli.serve import serve
    from services.cli.settings import platform_settings
    from services.cli.site import founded

    serve(NAMES, founded(platform_settings(data_dir)), host=host, port=port)


def run(
    name: Annotated[list[str], typer.Argument(metavar="SERVICE...", help="các dịch vụ: ingest, scoring, gateway")],
    data_dir: DataDir = HERE,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run the named services; any number of replicas of each may run."""
    from services.cli.serve import serve
    from services.cli.settings import platform_settings
    from services.cli.site import opened

    unknown = sorted(set(name) - set(NAMES))
    if unknown:
        raise InputInvalid(f"no service {', '.join(unknown)}", hint=f"Services are {', '.join(NAMES)}.")
    # One service is a part of an installation that is there: one started where its address was forgotten would wait on a
    # database of its own, where no work ever comes.
    serve(name, opened(platform_settings(data_dir)), host=host, port=port)


@db.command("upgrade", help="Nâng cấp cơ sở dữ liệu lên phiên bản này; máy chủ riêng dùng DATABASE_OWNER_URL.")
def upgrade(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Bring the database to this version's schema. A real server is reached by DATABASE_OWNER_URL."""
    from services.cli.settings import platform_settings
    from services.cli.site import upgraded

    before, after = upgraded(platform_settings(data_dir))
    typer.echo(json.dumps({"before": before, "after": after}) if as_json else f"{before or 'chưa có gì'} → {after}")
