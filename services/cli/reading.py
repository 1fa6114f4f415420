"""Commands that read: sheets, and whether a past run still comes out to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import HERE, AsJson, DataDir, PeriodArgument, period_of
from shared.errors import NotFound

if TYPE_CHECKING:
    from shared.database import Database


def register(app: typer.Typer) -> None:
    app.command("show", help="In bảng điểm, hoặc từng chỉ số của một cơ quan.")(show)
    app.command("replay", help="Tính lại một lần chấm điểm cũ từ dữ liệu đã lưu; mã thoát 2 nếu khác dù một byte.")(replay)
    app.command("holds", help="Việc phải giải quyết trước khi công bố một kỳ, với số điểm liên quan.")(holds)


def show(
    period: PeriodArgument,
    agency: Annotated[str | None, typer.Argument(help="mã cơ quan, ví dụ H38: từng chỉ số của cơ quan đó")] = None,
    version: Annotated[int | None, typer.Option(help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    run: Annotated[str | None, typer.Option(help="một lần chấm điểm; 'latest' là lần mới nhất, dù chưa công bố")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print a sheet as a table."""
    from services.cli import tables
    from services.gateway.operations import documents

    month = str(period_of(period))

    async def find(database: Database) -> dict[str, Any]:
        if run is None:
            document = await documents.published_document(database, month, version=version)
            if agency is None or agency not in {each["agency"] for each in document["agencies"]}:
                return document
            beside = await documents.published_report(database, month, agency, version=document["version"])
            return document | {"report": beside}
        run_id = await documents.latest_run(database, month) if run == "latest" else run
        return await documents.run_document(database, run_id)

    document = on_database(data_dir, "gateway", find)
    line = None if agency is None else line_of(document, agency)
    if as_json:
        typer.echo(json.dumps(document if line is None else line, ensure_ascii=False, indent=1))
    elif line is None:
        tables.show(document, on=tables.console())
    else:
        tables.console().print(tables.agency_table(document, line))
        for words in tables.report_lines(document.get("report")):
            tables.console().print(words, markup=False, highlight=False)


def replay(run_id: Annotated[str, typer.Argument(metavar="RUN")], data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Compute a past run again from its stored inputs and frozen rows; exit 2 when a byte differs."""
    from services import scoring
    from services.cli import tables

    async def again(database: Database) -> dict[str, Any]:
        return await scoring.replay(database, run_id)

    found = on_database(data_dir, "scoring", again)
    typer.echo(json.dumps(found) if as_json else "\n".join(tables.result_lines(found)))
    if not found["same"]:
        raise typer.Exit(2)


def holds(period: PeriodArgument, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Print what holds the next version of a month, with the points at stake."""
    from services.cli import tables
    from services.gateway.operations.omissions import holds_of

    month = period_of(period)

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            return {"holds": await holds_of(connection, month)}

    found = on_database(data_dir, "gateway", find)["holds"]
    if as_json:
        shown = {"period": str(month), "holds": [hold.as_document() for hold in found]}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(tables.hold_lines(str(month), found)))


def line_of(document: Mapping[str, Any], agency: str) -> Mapping[str, Any]:
    found = next((line for line in document["agencies"] if line["agency"] == agency), None)
    if found is None:
        raise NotFound(f"{agency}: not on the sheet of {document['period']}", hint="Codes look like G06 or H38.")
    return found  # type: ignore[no-any-return]


def say(document: Mapping[str, Any], lines: Callable[[Mapping[str, Any]], Iterable[str]], *, as_json: bool) -> None:
    """The document as JSON, for programs, or as lines for people."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1) if as_json else "\n".join(lines(document)))


def on_database(data_dir: Path, role: str, use: Any) -> dict[str, Any]:
    """Run ``use`` with the database of one service of this site."""
    import asyncio

    from services.cli.settings import platform_settings
    from services.cli.site import opened
    from shared.database import Database
    from shared.ending import to_the_end

    with opened(platform_settings(data_dir)) as site:

        async def run() -> dict[str, Any]:
            database = Database(site.platform.database_url, role=role, pool_size=2)
            try:
                found: dict[str, Any] = await use(database)
                return found
            finally:
                await database.close()

        return asyncio.run(to_the_end(run()))
