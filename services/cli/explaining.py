"""Why a body got its points, and what it would have had, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import HERE, AsJson, DataDir, PeriodArgument, period_of
from services.cli.reading import on_database, say
from shared.writing import month as month_words
from shared.writing import points, signed

if TYPE_CHECKING:
    from services.gateway.publication.sheets import StoredSheet
    from shared.database import Connection, Database


def register(app: typer.Typer) -> None:
    app.command("explain", help="Vì sao một cơ quan được số điểm đó: từng chỉ số một câu, và cần gì để thêm một điểm.")(explain)
    app.command("what-if", help="Điểm của một cơ quan sẽ ra sao nếu số liệu của chính cơ quan đó khác đi; không lưu gì.")(
        what_if
    )


def explain(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    version: Annotated[int | None, typer.Option(help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    run: Annotated[str | None, typer.Option(help="một lần chấm điểm của kỳ, dù chưa công bố; thay cho --version")] = None,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="ID=VALUE", help="theo cách hiểu khác, ví dụ B-1=table; nêu được nhiều lần"),
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the explanation of one body."""
    from services.gateway.publication import explanations, sheets
    from shared.errors import Fault, InputInvalid

    month = str(period_of(period))
    if run is not None and version is not None:
        raise InputInvalid("a sheet is asked for by run or by version", faults=[Fault("--run", "stands beside --version")])

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            found = await sheet_of(connection, month, version, run)
        return explanations.explain(sheets.read_otherwise(found, reading or (), place="--reading"), agency)

    say(on_database(data_dir, "gateway", find), explanation_lines, as_json=as_json)


async def sheet_of(connection: Connection, month: str, version: int | None, run: str | None) -> StoredSheet:
    """A version of a month, or a run of it. Raises NotFound for a run of another month."""
    from services.gateway.publication import sheets
    from shared.errors import NotFound

    if run is None:
        return await sheets.published_sheet(connection, month, version)
    found = await sheets.run_sheet(connection, run)
    if found.period != month:
        raise NotFound(f"{month} has no run {run}")
    return found


def what_if(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    figures: Annotated[list[str], typer.Argument(metavar="FIGURE...", help="số liệu khác đi, dạng on_time_tasks=15")],
    version: Annotated[int | None, typer.Option(help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print what one body would have had; of the others how many would lose how much."""
    from services.gateway.publication import sheets
    from services.gateway.publication import what_if as answering

    month, wanted = str(period_of(period)), figures_of(figures)

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            found = await sheets.published_sheet(connection, month, version)
        return answering.what_if(found, agency, wanted)

    say(on_database(data_dir, "gateway", find), what_if_lines, as_json=as_json)


def figures_of(arguments: Sequence[str]) -> dict[str, str]:
    """`on_time_tasks=15` texts by measure. Raises InputInvalid for another form, and for a measure that is named twice."""
    from shared.errors import Fault, InputInvalid

    found: dict[str, str] = {}
    for argument in arguments:
        measure, _, figure = argument.partition("=")
        if not (measure and figure) or measure in found:
            fault = Fault(
                argument, "names no figure, or one that was named before", expected="a figure such as on_time_tasks=15"
            )
            raise InputInvalid("a figure cannot be read", faults=[fault])
        found[measure] = figure
    return found


def explanation_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A sentence an indicator, what one more point takes below it, the total last."""
    yield " · ".join([document["agency"], month_words(document["period"]), *sources_of(document)])
    for code, said in document["sentences"].items():
        if code == "total":
            yield said["vi"]
            continue
        yield f"{code:>5}  {said['vi']}"
        advice = document["raise"].get(code)
        if advice and advice["by"] is not None:
            yield f"       Để thêm 1 điểm: {advice['sentence']['vi']}"


def sources_of(document: Mapping[str, Any]) -> Iterator[str]:
    """The version or the run, and what is read otherwise than the scheme ships."""
    version = document["version"]
    yield f"lần chấm điểm {document['run_id']}" if version is None else f"phiên bản {version}"
    if document.get("readings"):
        yield "cách hiểu " + ", ".join(f"{name}={value}" for name, value in document["readings"].items())


def what_if_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The total, the indicators that would be otherwise, and how many others would lose or gain."""
    yield f"{document['agency']} · {month_words(document['period'])} · phiên bản {document['version']} · giả định, không lưu"
    yield f"tổng {ends(document['total'])} ({signed(document['total_exact']['change'])}), {ranked(document)}"
    for each in document["indicators"]:
        if Fraction(each["change"]) or each["state"]["from"] != each["state"]["to"]:
            yield f"  {each['code']:>5}  {points(each['from'])} → {points(each['to'])} ({signed(each['change'])})"
    for code in document["newly_best"]:
        yield f"Dẫn đầu {code}: điểm của các cơ quan khác được tính lại."
    for name, word in (("lost", "giảm"), ("gained", "tăng")):
        buckets = document["others"][name]
        if any(each["up_to"] != "0.00" for each in buckets):
            yield f"Cơ quan khác {word}: " + "; ".join(map(_bucket, buckets))


def _bucket(each: Mapping[str, Any]) -> str:
    low, high = (None if each[end] is None else points(each[end]) for end in ("above", "up_to"))
    if high is None:
        span = "từ 0,00 điểm trở lên" if low is None else f"trên {low} điểm"
    elif low is None:
        span = "0,00 điểm" if high == "0,00" else f"từ 0,00 đến {high} điểm"
    else:
        span = f"trên {low} đến {high} điểm"
    return f"{each['agencies']} cơ quan {span}"


def ranked(one: Mapping[str, Any]) -> str:
    """Grade and rank; wherever a rank stands, the total to two decimals that decides it stands beside."""
    shown = ends({end: points(one["total_exact"][end]) for end in ("from", "to")})
    return f"loại {ends(one['grade'])}, hạng {ends(one['rank'])} với {shown} điểm"


def ends(found: Mapping[str, Any]) -> str:
    first, last = ("–" if found[end] is None else str(found[end]) for end in ("from", "to"))
    return first if first == last else f"{first} → {last}"
