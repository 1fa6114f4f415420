"""Revisions of a scheme at the terminal: drafted, shadow-run, signed by two people, put in force (RUL-17)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.acting import show
from services.cli.options import HERE, AsJson, DataDir, Key, Reason, period_of
from services.cli.reading import on_database

if TYPE_CHECKING:
    from services.cli.executing import Desk
    from services.gateway.operations.revisions import Whole
    from shared.database import Database

STATES = {
    "draft": "dự thảo", "shadow_run": "đã tính thử", "signed_once": "đã có một chữ ký", "signed": "đã đủ chữ ký",
    "in_force": "đang áp dụng", "replaced": "đã có bản sửa đổi sau", "superseded": "không còn áp dụng được",
}  # fmt: skip
RevisionArgument = Annotated[str, typer.Argument(metavar="REVISION", help="mã bản sửa đổi, dạng rev_…")]
ShadowArgument = Annotated[str, typer.Argument(metavar="SHADOW", help="mã lượt tính thử, dạng shd_…")]
app = typer.Typer(help="Sửa đổi cách hiểu của phương án chấm điểm: lập, tính thử, ký, áp dụng.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="revision")


@app.command("draft", help="Lập bản sửa đổi; chưa thay đổi gì cho đến khi được áp dụng.")
def draft(
    first_period: Annotated[str, typer.Option("--from", metavar="PERIOD", help="tháng đầu áp dụng, ví dụ 2026-02")],
    document: Annotated[str, typer.Option(help="văn bản làm căn cứ")],
    key: Key,
    reason: Reason,
    reading: Annotated[
        list[str] | None,
        typer.Option("--reading", metavar="ID=VALUE", help="cách hiểu, ví dụ B-1=table; bỏ trống là trở về nguyên bản"),
    ] = None,
    scheme: Annotated[str, typer.Option(help="mã phương án chấm điểm")] = "qd-4585",
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """All readings that then hold are named, those of the revision before among them."""
    from services.gateway.operations import revisions
    from shared.errors import InputInvalid
    from shared.law.readings import read_choice
    from shared.law.refusals import ReadingUnknown

    month = str(period_of(first_period))
    try:
        readings = read_choice(reading or ())
    except ReadingUnknown as error:
        raise InputInvalid(str(error)) from error

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        wanted = revisions.RevisionWanted(scheme, month, readings, document, reason)
        return said_of(await revisions.draft_revision(at.database, actor=at.actor, wanted=wanted))

    show(data_dir, key, act, as_json=as_json)


@app.command("shadow", help="Tính thử các tháng đã chốt theo bản sửa đổi; không công bố gì.")
def shadow(
    revision: RevisionArgument,
    period: Annotated[list[str], typer.Argument(metavar="PERIOD...", help="các tháng, dạng YYYY-MM")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """What would change is kept beside the revision, for whoever signs it."""
    from services.gateway.operations import revisions

    months = [str(period_of(each)) for each in period]

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("operator", "publisher")
        about = {"revision_id": revision, "reason": reason}
        command = await revisions.request_shadow_run(at.database, queue=at.queue, actor=at.actor, periods=months, **about)
        found = await at.finish(command)
        _, digest = await revisions.find_shadow(at.database, found["shadow_id"])
        return {**{name: found[name] for name in ("shadow_id", "periods", "agrees")}, "signing_digest": digest}

    show(data_dir, key, act, as_json=as_json)


@app.command("sign", help="Ký bản sửa đổi cùng kết quả tính thử đã đọc; cần hai người.")
def sign(
    revision: RevisionArgument,
    shadow_id: ShadowArgument,
    digest: Annotated[str, typer.Option(help="mã băm cần ký, in ra khi tính thử và khi xem")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """The digest says what was read: another one than stands is refused."""
    from services.gateway.operations import revisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        words = {"revision_id": revision, "shadow_id": shadow_id, "digest": digest, "reason": reason}
        return said_of(await revisions.sign_revision(at.database, actor=at.actor, **words))

    show(data_dir, key, act, as_json=as_json)


@app.command("activate", help="Áp dụng bản sửa đổi đã đủ hai chữ ký, từ tháng đầu của bản đó.")
def activate(revision: RevisionArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Months before its first stay as they are."""
    from services.gateway.operations import revisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        made = await revisions.activate_revision(at.database, actor=at.actor, revision_id=revision, reason=reason)
        return said_of(made)

    show(data_dir, key, act, as_json=as_json)


@app.command("list", help="In các bản sửa đổi theo thứ tự lập.")
def list_(data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Those that never came into force among them."""
    from services.gateway.operations import revisions

    async def read(database: Database) -> dict[str, Any]:
        return {"items": list(map(said_of, await revisions.list_revisions(database, after=None, limit=1000)))}

    items = on_database(data_dir, "gateway", read)["items"]
    if as_json:
        typer.echo(json.dumps(items, ensure_ascii=False))
        return
    for each in items:
        chosen = ", ".join(f"{name}={value}" for name, value in each["readings"].items()) or "nguyên bản"
        typer.echo(f"{each['revision_id']}  lần {each['number']}  từ tháng {each['first_period']}  {chosen}  {each['state']}")


@app.command("show", help="In kết quả tính thử: cơ quan nào đổi tổng điểm, xếp loại, thứ hạng.")
def show_(shadow_id: ShadowArgument, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """What the two people sign, with its digest."""
    from services.gateway.operations import revisions

    async def read(database: Database) -> dict[str, Any]:
        found, digest = await revisions.find_shadow(database, shadow_id)
        return {**found.impact, "signing_digest": digest}

    found = on_database(data_dir, "gateway", read)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for month in found["months"]:
        typer.echo(
            f"{month['period']}: {month['changed_totals']}/{month['body_count']} cơ quan đổi tổng điểm, "
            f"{month['changed_grades']} đổi xếp loại, {month['changed_ranks']} đổi thứ hạng"
        )
        for body in month["changed"]:
            typer.echo(f"  {body['agency']}  {body['name_vi']}  " + "  ".join(moves(body)))
    typer.echo(f"mã băm cần ký: {found['signing_digest']}")


def moves(body: Mapping[str, Any]) -> list[str]:
    """Which of the figures move, in the words of the terminal. The total to two decimals stands with every rank, which it
    decides, and alone where nothing else moves."""
    from services.cli.tables import ranked_by

    names = {"total": "tổng điểm", "grade": "xếp loại", "rank": "thứ hạng"}
    moved = {name: words for name, words in names.items() if body[name]["before"] != body[name]["after"]}
    exact = " → ".join(ranked_by({"total_exact": body["total_exact"][end]}) for end in ("before", "after"))
    said = {name: f"{words} {body[name]['before']} → {body[name]['after']}" for name, words in moved.items()}
    if "rank" in said:
        said["rank"] += f" với {exact} điểm"
    return list(said.values()) or [f"điểm chưa làm tròn {exact}"]


def said_of(whole: Whole) -> dict[str, Any]:
    """A revision in the words of the terminal."""
    names = ("revision_id", "scheme", "number", "first_period", "readings", "digest")
    return {**{name: getattr(whole.revision, name) for name in names}, "state": STATES[whole.state]}
