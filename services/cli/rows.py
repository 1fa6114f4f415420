"""The frozen rows that a figure was counted from, at the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import HERE, DataDir, PeriodArgument, period_of
from services.cli.reading import on_database, say

if TYPE_CHECKING:
    from shared.database import Database


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    app.command("rows", help="Các dòng đã chốt đứng sau một chỉ số, mỗi dòng một kết luận: tính hay không, vì sao.")(rows)


def rows(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    code: Annotated[str, typer.Argument(metavar="INDICATOR", help="mã chỉ số, ví dụ A1")],
    verdict: Annotated[str | None, typer.Option(help="chỉ các dòng có kết luận này, ví dụ late")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    as_format: Annotated[Format, typer.Option("--format", help="text, json hoặc csv")] = Format.TEXT,
    data_dir: DataDir = HERE,
) -> None:
    """Print the rows behind one indicator of one body; a classified row shows its status alone here too."""
    from services.gateway.publication.row_tables import as_csv
    from services.gateway.publication.rows import IndicatorAsked, every_row, verdict_words

    asked = IndicatorAsked(str(period_of(period)), agency, code, version, verdict)

    async def find(database: Database) -> dict[str, Any]:
        behind, found = await every_row(database, asked)
        items = [each.shown() for each in found]
        document = {**behind.document(), "items": items, "verdicts": verdict_words(found)}
        return {"document": document, "table": as_csv(behind.rows, found) if as_format is Format.CSV else b""}

    answer = on_database(data_dir, "gateway", find)
    if as_format is Format.CSV:
        typer.echo(answer["table"], nl=False)
    else:
        say(answer["document"], row_lines, as_json=as_format is Format.JSON)


def row_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """How many rows have which verdict, then a line a row."""
    from shared.writing import month

    words = {verdict: said["vi"] for verdict, said in document["verdicts"].items()}
    items = document["items"]
    named = f"{document['agency']} · {document['indicator']} · {month(document['period'])} · phiên bản {document['version']}"
    yield f"{named}: {len(items)} dòng"
    for figure in document["figures"]:
        yield f"  {figure['measure']}: {_origin(figure)}"
    for verdict, count in Counter(item["verdict"] for item in items).most_common():
        yield f"{count:>7}  {words[verdict]} ({verdict})"
    for item in items:
        counts = f" → {', '.join(item['counts_in'])}" if item["counts_in"] else ""
        yield f"{item['dataset']}  {key_of(item)}  {words[item['verdict']]}{counts}"


def _origin(figure: Mapping[str, Any]) -> str:
    from shared.measures.verdicts import VERDICTS

    if figure["rows_put_aside"]:
        return "thiếu, vì có dòng để riêng"
    if figure["origin"] == "source":
        return "điểm do nguồn tính, không có dòng chi tiết"
    if figure["origin"] == "all_bodies":
        return "tính trên dòng của mọi cơ quan"
    verdicts = ", ".join(VERDICTS[verdict].vi for verdict in figure["verdicts"])
    return f"{'tổng ' + ' + '.join(figure['amounts']) if figure['amounts'] else 'số dòng'}: {verdicts}"


def key_of(item: Mapping[str, Any]) -> str:
    """What names the row to a person: the texts among its first own columns."""
    values = [value for name, value in item["row"].items() if name not in ("agency", "expanded_by") and value is not None]
    return " · ".join(value for value in values[:3] if isinstance(value, str)) or "–"
