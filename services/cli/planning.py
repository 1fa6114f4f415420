"""Planning and publishing: what would move is shown before it does, and publishing names what was shown (ADR 34)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.acting import show
from services.cli.options import HERE, AsJson, DataDir, Key, PeriodArgument, Reason, instant_of, period_of

if TYPE_CHECKING:
    from services.cli.executing import Desk

NOTHING_DONE = 2


def register(app: typer.Typer) -> None:
    app.command("plan", help="Lập kế hoạch tính điểm một kỳ: ai sẽ đổi điểm, xếp loại, thứ hạng; chưa chấm điểm.")(plan)
    app.command("publish", help="Công bố kết quả của một lần chấm điểm; người đã chạy không được tự công bố.")(publish)


def plan(period: PeriodArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Compute what scoring the period would change in what is published of it; no run is stored."""
    month = str(period_of(period))

    async def act(at: Desk) -> Mapping[str, Any]:
        from services.gateway.operations import plans

        made = await at.carry_out("plan", period=month, arguments={"period": month}, reason=reason)
        found, _ = await plans.find_plan(at.database, made["plan_id"])
        return {"plan_id": found.plan_id, "digest": found.digest, "stale": found.stale, "difference": found.document}

    def lines(made: Mapping[str, Any]) -> Iterator[str]:
        yield from difference_lines(made["difference"])
        yield f"kế hoạch tính điểm: {made['plan_id']}"
        yield f"bước tiếp theo: bangdiem score {month} --plan {made['plan_id']} --reason …"

    show(data_dir, key, act, as_json=as_json, lines=lines)


def publish(
    run_id: Annotated[str, typer.Argument(metavar="RUN")],
    key: Key,
    reason: Reason,
    plan: Annotated[
        str | None, typer.Option(metavar="DIGEST", help="mã băm của các thay đổi đã xem; bỏ trống là chỉ xem, chưa công bố")
    ] = None,
    release_at: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT", help="công bố có hẹn giờ: mọi người chỉ đọc được từ giờ này, 2026-02-10T14:00:00+07:00"
        ),
    ] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Publish a run as the next version of its period; never by the run's own actor. Without --plan nothing is published: what
    would change is printed with the digest to name, and the exit code is 2. With --release-at it is public from then on."""
    from services.gateway.operations import commands, plans

    instant = None if release_at is None else instant_of(release_at)

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        if plan is None:
            seen = await plans.difference_of_run(at.database, run_id)
            return {"plan": seen.digest, "difference": seen.document}
        asked = await commands.request_publication(
            at.database, queue=at.queue, actor=at.actor, run_id=run_id, plan=plan, reason=reason, release_at=instant
        )
        return await at.finish(asked)

    def lines(seen: Mapping[str, Any]) -> Iterator[str]:
        yield from difference_lines(seen["difference"])
        yield f"Chưa công bố. Để công bố đúng các thay đổi trên: bangdiem publish {run_id} --plan {seen['plan']} --reason …"

    show(data_dir, key, act, as_json=as_json, lines=lines if plan is None else None)
    if plan is None:
        raise typer.Exit(NOTHING_DONE)


def difference_lines(difference: Mapping[str, Any]) -> Iterator[str]:
    """How many move, then a line a body; of a first version, in which everything is new, without the indicators."""
    from services.cli.comparing import body_lines
    from shared.writing import month

    against, named = difference["against"], month(difference["period"])
    if difference["provisional"]:
        yield f"{named}: TẠM TÍNH, còn chỉ số thiếu số liệu; kết quả này chưa công bố được"
    if against is None:
        yield f"{named}: chưa công bố phiên bản nào; {len(difference['agencies'])} cơ quan có điểm lần đầu"
    elif not difference["compared"]:
        why = "phần mềm này không còn phương án chấm điểm của bản đó"
        yield f"{named}: không so sánh được với phiên bản {against['version']}, vì {why}"
    else:
        moved, graded, ranked = (difference[f"{what}_moved"] for what in ("agencies", "grades", "ranks"))
        counts = f"{moved} cơ quan đổi điểm, {graded} đổi xếp loại, {ranked} đổi thứ hạng"
        yield f"{named}: so với phiên bản {against['version']}, {counts}"
    for one in difference["agencies"]:
        told = list(body_lines(one))
        yield from told[:1] if against is None else told
