"""Commands by which two people decide what moves points or time for others: one asks, another approves or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from services.cli.acting import SourceArgument, show
from services.cli.options import HERE, AsJson, DataDir, Key, PeriodArgument, Reason, instant_of, period_of
from shared.errors import Fault, InputInvalid

if TYPE_CHECKING:
    from services.cli.executing import Desk
    from services.gateway.operations.decisions import Decision
    from services.gateway.operations.requests import WaitingRequest

DecisionArgument = Annotated[str, typer.Argument(metavar="DECISION", help="mã của đề nghị: ruling_…, appl_…, cal_…")]
EndedArgument = Annotated[str, typer.Argument(metavar="DECISION", help="mã của đề nghị: ruling_…, appl_…, cal_…, cmd_…")]
Paper = Annotated[str, typer.Option("--document", help="văn bản làm căn cứ")]
STATES = {"proposed": "chờ người thứ hai", "approved": "đã phê duyệt", "refused": "bị từ chối", "taken_back": "đã rút lại"}
KINDS = {
    "ruling": "quyết định xử lý",
    "applicability": "không áp dụng chỉ số",
    "calendar_entry": "lịch",
    "rule_activation": "quy tắc kiểm tra báo cáo",
    "extension": "gia hạn",
    "omission": "để ngoài số liệu",
    "supersession": "bản thay thế một bản chốt",
    "restoration": "lấy lại một phiên bản đã công bố",
}


def register(app: typer.Typer) -> None:
    app.command("settle", help="Đề nghị bổ sung một số liệu còn thiếu bằng quyết định xử lý; người khác phê duyệt.")(settle)
    app.command("exempt", help="Đề nghị không áp dụng một chỉ số cho một cơ quan, theo văn bản; người khác phê duyệt.")(exempt)
    app.command("calendar", help="Đề nghị dời thời điểm chốt hoặc hạn báo cáo của mọi cơ quan; người khác phê duyệt.")(calendar)
    app.command("withdraw", help="Đề nghị rút một quyết định đang có hiệu lực; người khác phê duyệt.")(withdraw)
    app.command("approve", help="Phê duyệt đề nghị của người khác; từ lúc đó mới có hiệu lực.")(approve)
    app.command("refuse", help="Từ chối đề nghị của người khác, hoặc rút lại đề nghị của chính mình.")(refuse)
    app.command("waiting", help="Các đề nghị đang chờ người thứ hai.")(waiting)


def settle(
    period: PeriodArgument,
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ H38")],
    measure: Annotated[str, typer.Argument(help="số đo còn thiếu, ví dụ digitised_records")],
    value: Annotated[str, typer.Argument(help="giá trị chính xác; 0 được tính là không; 'withdraw' để rút quyết định")],
    document: Paper,
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask that a missing measure be supplied by a ruling; score again once another person approved it."""
    from services.gateway.operations import decisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        about = {"period": str(period_of(period)), "agency": agency, "measure": measure, "document": document}
        figure = None if value == "withdraw" else value
        made = await decisions.propose_ruling(at.database, actor=at.actor, **about, value=figure, reason=reason)
        return _asked(made.ruling_id)

    show(data_dir, key, act, as_json=as_json)


def exempt(
    agency: Annotated[str, typer.Argument(help="mã cơ quan, ví dụ G27")],
    indicator: Annotated[str, typer.Argument(help="mã chỉ số: A1 … E3, bonus")],
    period: Annotated[str, typer.Option("--from", metavar="PERIOD", help="tháng đầu")],
    document: Paper,
    key: Key,
    reason: Reason,
    until: Annotated[str | None, typer.Option(metavar="PERIOD", help="tháng cuối")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask to record that an indicator does not fit a body; without such a row absent data are missing."""
    from services.gateway.operations import decisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        made = await decisions.propose_applicability(
            at.database,
            actor=at.actor,
            agency=agency,
            indicator=indicator,
            valid_from=str(period_of(period)),
            valid_to=str(period_of(until)) if until else None,
            document=document,
            reason=reason,
        )
        return _asked(made.applicability_id)

    show(data_dir, key, act, as_json=as_json)


def calendar(
    period: PeriodArgument,
    source: SourceArgument,
    kind: Annotated[
        Literal["cutoff", "report_deadline", "word_deadline", "second_look"],
        typer.Argument(
            help="cutoff: thời điểm chốt; report_deadline: hạn báo cáo; word_deadline: hạn cho ý kiến; "
            "second_look: lần hỏi lại nguồn"
        ),
    ],
    falls_at: Annotated[str, typer.Argument(metavar="INSTANT", help="thời điểm mới, ví dụ 2026-02-07T00:00:00+07:00")],
    key: Key,
    reason: Reason,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask that a cutoff, a deadline of reports or words, or a second look be moved; SOURCE '*' is every source."""
    from services.gateway.operations import decisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        about = {"period": str(period_of(period)), "source": source, "kind": kind}
        made = await decisions.propose_calendar_entry(
            at.database, actor=at.actor, **about, falls_at=instant_of(falls_at), reason=reason
        )
        return _asked(made.entry_id)

    show(data_dir, key, act, as_json=as_json)


def withdraw(
    decision: DecisionArgument,
    key: Key,
    reason: Reason,
    document: Annotated[str | None, typer.Option(help="văn bản làm căn cứ; lịch không cần")] = None,
    data_dir: DataDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask that a ruling, an applicability row or a calendar row in force be taken back."""
    from services.gateway.operations import decisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        who: dict[str, Any] = {"actor": at.actor, "reason": reason}
        if decision.startswith("cal_"):
            return _asked((await decisions.withdraw_calendar_entry(at.database, entry_id=decision, **who)).entry_id)
        if document is None:
            fault = Fault("--document", "is needed to withdraw this", expected="the official document it rests on")
            raise InputInvalid("a withdrawal rests on a document", faults=[fault])
        if decision.startswith("ruling_"):
            ruled = await decisions.withdraw_ruling(at.database, ruling_id=decision, document=document, **who)
            return _asked(ruled.ruling_id)
        row = await decisions.withdraw_applicability(at.database, applicability_id=decision, document=document, **who)
        return _asked(row.applicability_id)

    show(data_dir, key, act, as_json=as_json)


def approve(decision: DecisionArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Approve what another person asked for; it holds from then on."""
    from services.gateway.operations import decisions

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("publisher")
        at.prove_second_factor()
        return _told(await decisions.approve(at.database, actor=at.actor, decision_id=decision, reason=reason))

    show(data_dir, key, act, as_json=as_json)


def refuse(decision: EndedArgument, key: Key, reason: Reason, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """Refuse what another person asked for, or take the own request back; an operator only the own."""
    from services.gateway.operations import decisions, requests

    async def act(at: Desk) -> Mapping[str, Any]:
        if decision.startswith("cmd_"):
            at.need("operator", "publisher")
            ended = await requests.end(at.database, actor=at.actor, command_id=decision, reason=reason)
            return {"command": decision, "state": STATES[ended]}
        at.need("publisher")
        return _told(await decisions.end(at.database, actor=at.actor, decision_id=decision, reason=reason))

    show(data_dir, key, act, as_json=as_json)


def waiting(key: Key, data_dir: DataDir = HERE, as_json: AsJson = False) -> None:
    """What waits for a second person, who asked for it and why."""
    from services.gateway.operations import decisions, requests

    async def act(at: Desk) -> Mapping[str, Any]:
        at.need("reader", "operator", "publisher", "auditor")
        found = {each.decision_id: _told(each) for each in await decisions.waiting(at.database)}
        return found | {each.request_id: _asked_for(each) for each in await requests.waiting(at.database)}

    show(data_dir, key, act, as_json=as_json)


def _asked(decision_id: str) -> dict[str, Any]:
    return {
        "decision": decision_id,
        "state": STATES["proposed"],
        "next": f"người khác thực hiện: bangdiem approve {decision_id}",
    }


def _asked_for(found: WaitingRequest) -> dict[str, Any]:
    """What a terminal shows of a request that is no decision."""
    told = {"request": found.request_id, "kind": KINDS[found.kind], "period": found.period, "agency": found.agency}
    return told | {"about": found.about, "state": STATES["proposed"], "actor": found.actor, "reason": found.reason}


def _told(found: Decision) -> dict[str, Any]:
    """What a terminal shows of a decision."""
    told = {"decision": found.decision_id, "kind": KINDS[found.kind], "period": found.period, "agency": found.agency}
    told |= {"withdraws": found.withdraws, "state": STATES[found.state], "actor": found.actor, "reason": found.reason}
    return told | {"approved_by": found.approved_by, "ended_by": found.ended_by}
