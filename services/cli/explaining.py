"""Why a body got its points, what it would have had, and what changed between two versions or months, at the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import AsJson, DataDir, PeriodArgument, period_of
from services.cli.reading import HERE, on_database

if TYPE_CHECKING:
    from shared.database import Database

# What a change comes from, in the order of its size.
CAUSES = {
    "own": "số liệu của chính cơ quan",
    "pool": "số liệu của các cơ quan khác",
    "scheme": "phương án chấm điểm",
    "ruling": "quyết định xử lý, không áp dụng",
}
PLACES = 2


def register(app: typer.Typer) -> None:
    app.command("explain", help="Vì sao một cơ quan được số điểm đó: từng chỉ số một câu, và cần gì để thêm một điểm.")(explain)
    app.command("what-if", help="Điểm của một cơ quan sẽ ra sao nếu số liệu của chính cơ quan đó khác đi; không lưu gì.")(
        what_if
    )
    app.command("diff", help="Điểm thay đổi ra sao, do đâu, giữa hai phiên bản của một kỳ hoặc giữa hai kỳ.")(diff)


def explain(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    version: Annotated[int | None, typer.Option(help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print the explanation of one body."""
    from services.gateway.publication import explanations

    month = str(period_of(period))

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            found = await explanations.published_sheet(connection, month, version)
        return explanations.explain(found, agency)

    document = on_database(data_dir, "gateway", find)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(explanation_lines(document)))


def what_if(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    figures: Annotated[list[str], typer.Argument(metavar="FIGURE...", help="số liệu khác đi, dạng on_time_tasks=15")],
    version: Annotated[int | None, typer.Option(help="phiên bản công bố; mặc định là bản mới nhất")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print what one body would have had; of the others how many would lose how much."""
    from services.gateway.publication import explanations
    from services.gateway.publication import what_if as answering

    month, wanted = str(period_of(period)), figures_of(figures)

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            found = await explanations.published_sheet(connection, month, version)
        return answering.what_if(found, agency, wanted)

    document = on_database(data_dir, "gateway", find)
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(what_if_lines(document)))


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


def diff(
    period: PeriodArgument,
    with_period: Annotated[
        str | None, typer.Argument(metavar="PERIOD", help="kỳ sau; bỏ trống: hai phiên bản của một kỳ")
    ] = None,
    earlier: Annotated[
        int | None, typer.Option("--from", min=1, help="phiên bản đầu; mặc định là bản ngay trước bản cuối")
    ] = None,
    later: Annotated[int | None, typer.Option("--to", min=1, help="phiên bản cuối; mặc định là bản mới nhất")] = None,
    agency: Annotated[str | None, typer.Option(help="chỉ một cơ quan, ví dụ H38")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print what changed, body by body."""
    from services.gateway.publication import changes, explanations
    from shared.errors import NotFound

    first, last = str(period_of(period)), str(period_of(with_period or period))

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            if with_period is None:
                return changes.compare(*await changes.two_versions(connection, first, earlier=earlier, later=later))
            sheets = [await explanations.published_sheet(connection, *of) for of in ((first, earlier), (last, later))]
            return changes.compare(*sheets)

    document = on_database(data_dir, "gateway", find)
    if agency is not None:
        document["agencies"] = [one for one in document["agencies"] if one["agency"] == agency]
        if not document["agencies"]:
            raise NotFound(f"{agency}: not on the sheet of {last}", hint="Codes look like G06 or H38.")
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(change_lines(document)))


def explanation_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A sentence an indicator, what one more point takes below it, the total last."""
    from shared.writing import month

    yield f"{document['agency']} · {month(document['period'])} · phiên bản {document['version']}"
    for code, said in document["sentences"].items():
        if code == "total":
            yield said["vi"]
            continue
        yield f"{code:>5}  {said['vi']}"
        advice = document["raise"].get(code)
        if advice and advice["by"] is not None:
            yield f"       Để thêm 1 điểm: {advice['sentence']['vi']}"


def what_if_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The total, the indicators that would be otherwise, and how many others would lose or gain."""
    from shared.writing import month

    yield f"{document['agency']} · {month(document['period'])} · phiên bản {document['version']} · giả định, không lưu"
    yield f"tổng {_ends(document['total'])} ({_signed(document['total_exact']['change'])}), {_ranked(document)}"
    for each in document["indicators"]:
        if Fraction(each["change"]) or each["state"]["from"] != each["state"]["to"]:
            yield f"  {each['code']:>5}  {_points(each['from'])} → {_points(each['to'])} ({_signed(each['change'])})"
    for code in document["newly_best"]:
        yield f"Dẫn đầu {code}: điểm của các cơ quan khác được tính lại."
    for name, word in (("lost", "giảm"), ("gained", "tăng")):
        buckets = document["others"][name]
        if any(each["up_to"] != "0.00" for each in buckets):
            yield f"Cơ quan khác {word}: " + "; ".join(map(_bucket, buckets))


def _bucket(each: Mapping[str, Any]) -> str:
    low, high = (None if each[end] is None else _points(each[end]) for end in ("above", "up_to"))
    if high is None:
        points = "từ 0,00 điểm trở lên" if low is None else f"trên {low} điểm"
    elif low is None:
        points = "0,00 điểm" if high == "0,00" else f"từ 0,00 đến {high} điểm"
    else:
        points = f"trên {low} đến {high} điểm"
    return f"{each['agencies']} cơ quan {points}"


def change_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A line a body that moved, its indicators below it with what each change comes from."""
    before, after = document["from"], document["to"]
    yield f"{_named(before)} → {_named(after)}: {document['moved']} cơ quan có thay đổi"
    for one in document["agencies"]:
        if one["moved"]:
            yield from body_lines(one)


def body_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """A body and below it its indicators, each with what its change comes from."""
    exact = _signed(one["total_exact"]["change"])
    yield f"{one['agency']}  tổng {_ends(one['total'])} ({exact}), {_ranked(one)}: {_causes(one['causes'])}"
    for each in one["indicators"]:
        ends = f"{_points(each['from'])} → {_points(each['to'])} ({_signed(each['change'])})"
        yield f"  {each['code']:>5}  {ends}: {_causes(each['causes'])}"


def _ranked(one: Mapping[str, Any]) -> str:
    """Grade and rank; wherever a rank stands, the total to two decimals that decides it stands beside."""
    points = _ends({end: _points(one["total_exact"][end]) for end in ("from", "to")})
    return f"loại {_ends(one['grade'])}, hạng {_ends(one['rank'])} với {points} điểm"


def _named(version: Mapping[str, Any]) -> str:
    from shared.writing import month

    return f"{month(version['period'])} phiên bản {version['version']}"


def _ends(found: Mapping[str, Any]) -> str:
    first, last = ("–" if found[end] is None else str(found[end]) for end in ("from", "to"))
    return first if first == last else f"{first} → {last}"


def _causes(causes: Mapping[str, str]) -> str:
    """The largest first; what did nothing is not named."""
    shares = {name: Fraction(share) for name, share in causes.items() if Fraction(share)}
    named = sorted(shares, key=lambda name: -abs(shares[name]))
    return "; ".join(f"{_signed(causes[name])} do {CAUSES[name]}" for name in named) or "không đổi"


def _points(exact: str | None) -> str:
    from shared.law.exact import decimal_text
    from shared.writing import NONE, decimal_comma

    return NONE if exact is None else decimal_comma(decimal_text(Fraction(exact), places=PLACES))


def _signed(exact: str) -> str:
    value = Fraction(exact)
    return f"{'−' if value < 0 else '+'}{_points(str(abs(value)))}"
