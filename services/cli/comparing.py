"""What changed between two versions, months or runs, at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.explaining import ends, ranked, sheet_of, sources_of
from services.cli.options import HERE, AsJson, DataDir, PeriodArgument, period_of
from services.cli.reading import on_database, say
from shared.writing import month as month_words
from shared.writing import points, signed

if TYPE_CHECKING:
    from services.gateway.publication.sheets import StoredSheet
    from shared.database import Connection, Database

# What a change comes from, in the order of its size.
CAUSES = {
    "own": "số liệu của chính cơ quan",
    "pool": "số liệu của các cơ quan khác",
    "scheme": "phương án chấm điểm",
    "ruling": "quyết định xử lý, không áp dụng",
}
CHANGED = {"added": "thêm", "removed": "bỏ", "altered": "sửa"}


def register(app: typer.Typer) -> None:
    app.command("diff", help="Điểm thay đổi ra sao, do đâu, giữa hai phiên bản, hai kỳ hoặc hai lần chấm điểm.")(diff)


def diff(
    period: PeriodArgument,
    with_period: Annotated[
        str | None, typer.Argument(metavar="PERIOD", help="kỳ sau; bỏ trống: hai phiên bản của một kỳ")
    ] = None,
    earlier: Annotated[
        int | None, typer.Option("--from", min=1, help="phiên bản đầu; mặc định là bản ngay trước bản cuối")
    ] = None,
    later: Annotated[int | None, typer.Option("--to", min=1, help="phiên bản cuối; mặc định là bản mới nhất")] = None,
    run: Annotated[str | None, typer.Option(help="lần chấm điểm cuối, dù chưa công bố; thay cho --to")] = None,
    from_run: Annotated[
        str | None, typer.Option("--from-run", help="lần chấm điểm đầu; mặc định là bản công bố mới nhất của kỳ")
    ] = None,
    agency: Annotated[str | None, typer.Option(help="chỉ một cơ quan, ví dụ H38")] = None,
    rows: Annotated[bool, typer.Option("--rows", help="thêm các dòng thay đổi dưới mỗi chỉ số")] = False,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Print what changed, body by body."""
    from services.gateway.publication import changes

    asked = Compared(str(period_of(period)), str(period_of(with_period or period)), earlier, later, from_run, run)
    asked.require_one_way()

    async def find(database: Database) -> dict[str, Any]:
        async with database.read() as connection:
            document = changes.compare(*await asked.sheets(connection))
        _only(document, agency)
        if rows:
            await _add_rows(database, document)
        return document

    say(on_database(data_dir, "gateway", find), change_lines, as_json=as_json)


@dataclass(frozen=True)
class Compared:
    """Which two sheets are compared: versions of two months or of one, or runs."""

    first: str
    last: str
    earlier: int | None
    later: int | None
    from_run: str | None
    run: str | None

    def require_one_way(self) -> None:
        """Raises InputInvalid for runs beside versions or beside a second month, and for the earlier run alone."""
        from shared.errors import Fault, InputInvalid

        if self.run is None and self.from_run is not None:
            raise InputInvalid("two sheets are compared", faults=[Fault("--from-run", "stands without --run")])
        if self.run is not None and (self.earlier or self.later or self.first != self.last):
            fault = Fault("--run", "stands beside --from, --to or a second month")
            raise InputInvalid("sheets are asked for by run or by version", faults=[fault])

    async def sheets(self, connection: Connection) -> tuple[StoredSheet, StoredSheet]:
        """Raises NotFound for a run of another month than the one named."""
        from services.gateway.publication import changes

        if self.run is not None:
            after = await sheet_of(connection, self.first, None, self.run)
            before, _ = await changes.two_runs(connection, earlier=self.from_run, later=self.run)
            return before, after
        if self.first == self.last:
            return await changes.two_versions(connection, self.first, earlier=self.earlier, later=self.later)
        before = await sheet_of(connection, self.first, self.earlier, None)
        return before, await sheet_of(connection, self.last, self.later, None)


def _only(document: dict[str, Any], agency: str | None) -> None:
    from shared.errors import NotFound

    if agency is not None:
        document["agencies"] = [one for one in document["agencies"] if one["agency"] == agency]
        if not document["agencies"]:
            message = f"{agency}: not on the sheet of {document['to']['period']}"
            raise NotFound(message, hint="Codes look like G06 or H38.")


async def _add_rows(database: Database, document: dict[str, Any]) -> None:
    """Under every changed indicator that both sheets score, the rows that changed."""
    from services.gateway.publication.row_changes import every_row_change

    runs = document["from"]["run_id"], document["to"]["run_id"]
    for one in document["agencies"]:
        for each in one["indicators"]:
            if each["rows"]["changes"]:
                each["row_changes"] = await every_row_change(database, runs, agency=one["agency"], code=each["code"])


def change_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A line a body that moved, its indicators below it with what each change comes from."""
    before, after = document["from"], document["to"]
    yield f"{_named(before)} → {_named(after)}: {document['moved']} cơ quan có thay đổi"
    for one in document["agencies"]:
        if one["moved"]:
            yield from body_lines(one)


def body_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """A body and below it its indicators, each with what its change comes from."""
    exact = signed(one["total_exact"]["change"])
    yield f"{one['agency']}  tổng {ends(one['total'])} ({exact}), {ranked(one)}: {_causes(one['causes'])}"
    for each in one["indicators"]:
        values = f"{points(each['from'])} → {points(each['to'])} ({signed(each['change'])})"
        yield f"  {each['code']:>5}  {values}: {_causes(each['causes'])}"
        if "row_changes" in each:
            yield from row_change_lines(each["row_changes"])


def row_change_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Both snapshots of each dataset with changed rows, then a line a row."""
    from services.cli.rows import key_of

    words = {verdict: said["vi"] for verdict, said in document["verdicts"].items()}
    for snapshots in document["snapshots"]:
        items = [item for item in document["items"] if item["dataset"] == snapshots["dataset"]]
        if items:
            yield f"         {snapshots['dataset']}: {ends(snapshots)}"
        for item in items:
            sides = {end: item[end] and words.get(item[end]["verdict"], item[end]["verdict"]) for end in ("from", "to")}
            fields = "".join(f"; {each['field']} {ends(each)}" for each in item["fields"])
            yield f"           {CHANGED[item['change']]} {key_of(item['to'] or item['from'])}: {ends(sides)}{fields}"


def _named(version: Mapping[str, Any]) -> str:
    return f"{month_words(version['period'])} {next(sources_of(version))}"


def _causes(causes: Mapping[str, str]) -> str:
    """The largest first; what did nothing is not named."""
    shares = {name: Fraction(share) for name, share in causes.items() if Fraction(share)}
    named = sorted(shares, key=lambda name: -abs(shares[name]))
    return "; ".join(f"{signed(causes[name])} do {CAUSES[name]}" for name in named) or "không đổi"
