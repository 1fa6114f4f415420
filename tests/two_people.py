"""The catalogue of acts that move points or time for others: each takes two people, and test_two_people.py tries each.

A new act is one line of ACTS, and its routes stand in it: how it is asked for, where it is approved, the row by which a service
would approve it, and what the computations see of it. A route or command that is neither here nor among those that move nothing
fails the test.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from services.gateway.reports.rules.catalogue import catalogue_in_force
from services.gateway.reports.submissions.known import catalogue_of
from services.scoring.store import load_inputs
from shared.calendar import closing_of, deadline_of, second_look_of
from shared.database import Connection
from shared.holds.omissions import approved_omissions
from shared.law.scheme import legal_report_deadline
from shared.period import Period
from tests.integration.gateway.conftest import API, House
from tests.integration.gateway.seeds import Seeds

MONTH = Period(2026, 6)
# What was found beside a frozen month is asked for of one that is over.
HELD = Period(2026, 2)
WORDS = {"reason": "Kiểm thử (minh họa)", "document": "Công văn 1 (minh họa)"}
_MOVED = {"period": str(MONTH), "source": "*", "reason": "Kiểm thử"}
# A command of the terminal as the person says it who asks, by default a publisher; what it answers.
Say = Callable[..., Mapping[str, Any]]
# The words of the second person's command.
Words = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What the first person did: where the second one agrees, and with which row."""

    approvals: str
    row: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """``asks`` and ``approves`` are operations of the API, ``command`` is the terminal's that asks, by which ``say`` asks (None
    where no command does); ``approval`` is the table of the second person's row, and ``seen`` what those who compute read:
    another value only once two people agreed."""

    asks: str
    approves: str
    command: str | None
    approval: str
    ask: Callable[[House, Seeds], Awaitable[Asked]]
    seen: Callable[[Connection], Awaitable[Any]]
    computes: str = "scoring"
    say: Callable[[House, Seeds, Say], Awaitable[Words]] | None = None


async def asked(house: House, path: str, body: Mapping[str, Any]) -> str:
    """The id of what the first publisher asks for."""
    answer = await house.post(API + path, "publisher", body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


def decision(path: str, body: Mapping[str, Any]) -> Callable[[House, Seeds], Awaitable[Asked]]:
    async def ask(house: House, _: Seeds) -> Asked:
        return await waiting(house, path, body)

    return ask


async def waiting(house: House, path: str, body: Mapping[str, Any]) -> Asked:
    made = await asked(house, path, body)
    return Asked(f"/decisions/{made}/approvals", {"decision_id": made}, {"reason": "Đồng ý"})


def withdrawn(path: str, body: Mapping[str, Any], *, by: Mapping[str, Any]) -> Callable[[House, Seeds], Awaitable[Asked]]:
    """A withdrawal of what two people decided before."""

    async def ask(house: House, _: Seeds) -> Asked:
        made = await house.decide(path, body)
        if path == "/rulings":
            return await waiting(house, path, {**body, **by})
        name = next(made[key] for key in ("applicability_id", "entry_id") if key in made)
        return await waiting(house, f"{path}/{name}/withdrawals", by)

    return ask


def said(*words: str) -> Callable[[House, Seeds, Say], Awaitable[Words]]:
    async def ask(_: House, __: Seeds, say: Say) -> Words:
        return "approve", say(*words)["decision"]

    return ask


def said_back(path: str, body: Mapping[str, Any], *more: str) -> Callable[[House, Seeds, Say], Awaitable[Words]]:
    """What two people decided is asked back."""

    async def ask(house: House, _: Seeds, say: Say) -> Words:
        made = await house.decide(path, body)
        name = next(made[key] for key in ("ruling_id", "applicability_id", "entry_id") if key in made)
        return "approve", say("withdraw", name, *more)["decision"]

    return ask


async def extension(house: House, _: Seeds) -> Asked:
    body = {"agency": "H38", "period": str(MONTH), "until": "2099-10-01T00:00:00+07:00", "effect": "in_time", **WORDS}
    made = await asked(house, "/extensions", body)
    return Asked(f"/extensions/{made}/approvals", {"extension_id": made}, {"reason": "Đồng ý"})


async def supersession(house: House, seeds: Seeds) -> Asked:
    snapshot = await seeds.freeze("finance", "2026-02")
    answer = await house.post(f"{API}/snapshots/{snapshot}/supersessions", "publisher", {"reason": "Đính chính"})
    assert answer.status_code == 202, answer.text
    command = answer.json()["command_id"]
    return Asked(f"/snapshots/{snapshot}/supersessions/{command}/approvals", {"command_id": command}, {"reason": "Đồng ý"})


async def followed(house: House, seeds: Seeds) -> str:
    """The id of a right version after which a wrong one came."""
    listed = await house.get(f"{API}/periods/2026-03/versions")
    there = len(listed.json()["items"]) if listed.status_code == 200 else 0
    former = await seeds.publish("2026-03", version=there + 1)
    await seeds.publish("2026-03", version=there + 2)
    return former.publication_id


async def restoration(house: House, seeds: Seeds) -> Asked:
    former = await followed(house, seeds)
    answer = await house.post(f"{API}/publications", "publisher", {"restores": former, "reason": "Sai số liệu"})
    assert answer.status_code == 202, answer.text
    command = answer.json()["command_id"]
    return Asked(f"/publications/{command}/approvals", {"command_id": command}, {"reason": "Đồng ý"})


async def said_restoration(house: House, seeds: Seeds, say: Say) -> Words:
    former = await followed(house, seeds)
    return "restore", former, "--approve", say("restore", former)["command"]


async def restoring(connection: Connection) -> Any:
    return await connection.scalar(text("SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'scoring.restore'"))


async def said_supersession(_: House, seeds: Seeds, say: Say) -> Words:
    snapshot = await seeds.freeze("finance", "2026-03")
    return "supersede", snapshot, "--approve", say("supersede", snapshot, role="operator")["command"]


async def omission(house: House, seeds: Seeds) -> Asked:
    """What was found beside a frozen month is left out of its first version."""
    snapshot = await seeds.freeze(period=str(HELD))
    await seeds.run(str(HELD), system57=snapshot)
    change = {"task_id": "NV-1", "agency": "G06", "kind": "recorded_late", "due_on": HELD.last_day}
    change |= {"completed_on": HELD.last_day, "reported_at": legal_report_deadline(HELD)}
    change |= {"verdict_before": "open", "verdict_after": "on_time"}
    await seeds.looked(str(HELD), [change], snapshot=snapshot, as_of=datetime.now(UTC) + timedelta(days=1))
    (hold,) = (await house.get(f"{API}/periods/{HELD}/holds", "reader")).json()["holds"]
    made = await asked(house, f"/periods/{HELD}/omissions", {"hold_id": hold["hold_id"], **WORDS})
    return Asked(f"/omissions/{made}/approvals", {"omission_id": made}, {"reason": "Đồng ý"})


async def revision(house: House, seeds: Seeds) -> Asked:
    """Drafted, shadow-run as scoring does, and signed by one."""
    made = await asked(house, "/scheme-revisions", REVISION)
    shadow_id = await seeds.shadow_run(made)
    digest = (await house.get(f"{API}/shadow-runs/{shadow_id}", "publisher")).json()["signing_digest"]
    word = {"shadow_id": shadow_id, "digest": digest}
    path = f"/scheme-revisions/{made}/signatures"
    answer = await house.post(API + path, "publisher", {**word, "reason": "Đã đọc kết quả tính thử"})
    assert answer.status_code == 201, answer.text
    return Asked(path, {"revision_id": made, "place": 2, **word}, {**word, "reason": "Đồng ý"})


async def said_revision(_: House, seeds: Seeds, say: Say) -> Words:
    """Signed by the person who drafted it."""
    draft = ("revision", "draft", "--from", str(MONTH), "--reading", "B-1=table", "--document", "VB 1")
    made = say(*draft)["revision_id"]
    shadow_id = await seeds.shadow_run(made)
    word = ("revision", "sign", made, shadow_id, "--digest", say("revision", "show", shadow_id, reason=None)["signing_digest"])
    say(*word)
    return word


async def signed(connection: Connection) -> Any:
    """Revisions that may be put in force."""
    return await connection.scalar(text("SELECT count(*) FROM control.scheme_signature WHERE place = 2"))


async def rules(connection: Connection) -> Any:
    """What reports of the month are checked by."""
    return (await catalogue_of(connection, str(MONTH))).id


async def rulings(connection: Connection) -> Any:
    return (await load_inputs(connection, MONTH)).document()["rulings"]


async def exemptions(connection: Connection) -> Any:
    return (await load_inputs(connection, MONTH)).document()["applicability"]


def closing(source: str) -> Callable[[Connection], Awaitable[datetime]]:
    async def seen(connection: Connection) -> datetime:
        return (await closing_of(connection, MONTH, source))[0]

    return seen


async def looked_again(connection: Connection) -> datetime:
    return await second_look_of(connection, MONTH, "system57")


async def due(connection: Connection) -> datetime:
    return (await deadline_of(connection, MONTH, "H38")).falls_at


async def superseding(connection: Connection) -> Any:
    return await connection.scalar(text("SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'ingest.supersede'"))


async def omitted(connection: Connection) -> Any:
    return [each.omission_id for each in await approved_omissions(connection, HELD)]


RULING = {"period": str(MONTH), "agency": "G06", "measure": "speeches", "value": "2", **WORDS}
RULES = {**catalogue_in_force(str(MONTH)).content, "id": "kiem-thu-hai-nguoi", "first_period": str(MONTH)}
EXEMPTION = {"agency": "G06", "indicator": "B1", "valid_from": str(MONTH), **WORDS}
REVISION = {"scheme": "qd-4585", "first_period": str(MONTH), "readings": {"B-1": "table"}, **WORDS}
_DECIDED = "control.decision_approval"
# What of the month each kind of calendar row moves for everybody.
CALENDAR: dict[str, Callable[[Connection], Awaitable[Any]]] = {
    "cutoff": closing("ndxp"),
    "report_deadline": closing("agency_report"),
    "word_deadline": closing("records_review"),
    "second_look": looked_again,
}
_BACK = ("--document", "VB 2")


def calendar_acts() -> dict[str, Act]:
    """Two acts a kind: everybody's instant is moved, and goes back. The terminal takes a row back by its id alone."""
    acts = {}
    # Days apart: a second look falls with the deadline of reports where no row of its own moves it.
    for day, (kind, seen) in enumerate(CALENDAR.items(), start=10):
        moved = {**_MOVED, "kind": kind}
        first, then, other = ({**moved, "falls_at": f"2099-{month}-{day}T00:00:00+07:00"} for month in ("07", "08", "09"))
        words = ("calendar", "2026-08", "*", kind, "2099-09-08T00:00:00+07:00")
        back = said_back("/calendar", other) if kind == "cutoff" else None
        acts[f"everybody's {kind} is moved"] = Act(
            "post_calendar_entry",
            "post_decision_approval",
            "calendar",
            _DECIDED,
            decision("/calendar", first),
            seen,
            "ingest",
            said(*words),
        )
        acts[f"a {kind} row is withdrawn"] = Act(
            "post_calendar_withdrawal",
            "post_decision_approval",
            "withdraw",
            _DECIDED,
            withdrawn("/calendar", then, by={"reason": "Không còn cần"}),
            seen,
            "ingest",
            back,
        )
    return acts


ACTS: dict[str, Act] = {
    "a ruling": Act("post_ruling", "post_decision_approval", "settle", _DECIDED, decision("/rulings", RULING), rulings,
        say=said("settle", str(MONTH), "G01", "speeches", "1", "--document", "VB 1")),
    "a ruling is withdrawn": Act(
        "post_ruling", "post_decision_approval", "withdraw", _DECIDED,
        withdrawn("/rulings", {**RULING, "measure": "late_tasks"}, by={"value": None}), rulings,
        say=said_back("/rulings", {**RULING, "agency": "G01", "measure": "late_tasks"}, *_BACK)),
    "an indicator does not apply": Act(
        "post_applicability", "post_decision_approval", "exempt", _DECIDED, decision("/applicability", EXEMPTION), exemptions,
        say=said("exempt", "G01", "C1", "--from", str(MONTH), "--document", "VB 1")),
    "an applicability row is withdrawn": Act(
        "post_withdrawal", "post_decision_approval", "withdraw", _DECIDED,
        withdrawn("/applicability", {**EXEMPTION, "indicator": "B2"}, by=WORDS), exemptions,
        say=said_back("/applicability", {**EXEMPTION, "agency": "G01", "indicator": "B2"}, *_BACK)),
    **calendar_acts(),
    "one body's deadline is put off": Act(
        "post_extension", "post_extension_approval", None, "control.extension_approval", extension, due, "ingest"),
    "rules of reports are put in force": Act(
        "post_rule_activation", "post_decision_approval", None, _DECIDED,
        decision("/rule-activations", {"catalogue": RULES, "reason": "Kiểm thử"}), rules, "gateway"),
    "what was found open is left out": Act(
        "post_omission", "post_omission_approval", None, "control.omission_approval", omission, omitted),
    "a snapshot is superseded": Act(
        "post_supersession", "post_approval", "supersede", "control.approval", supersession, superseding, "ingest",
        said_supersession),
    "a former version stands again": Act(
        "post_publication", "post_publication_approval", "restore", "control.approval", restoration, restoring,
        say=said_restoration),
    "a reading is changed": Act(
        "post_scheme_revision", "post_scheme_signature", "revision", "control.scheme_signature", revision, signed, "gateway",
        said_revision),
}  # fmt: skip

# Operations by which an act is ended before it is approved, which moves nothing.
ENDS = {"post_decision_refusal", "post_supersession_refusal", "post_publication_refusal"}
# Second halves whose first half is no request of the API; test_one_person.py and the named test try them.
SECOND_HALVES = {
    "post_scheme_activation": "a revision that two people signed: tests/integration/scoring/test_revisions.py",
    "post_roll_up_publication": "a quarter or year that another person computed: tests/integration/gateway/test_roll_ups.py",
    "post_decision": "an assessment of an initiative: tests/integration/gateway/test_initiatives.py",
    **{
        f"post_{kind}_confirmation": "an entry of a register: tests/integration/gateway/test_registers.py"
        for kind in ("meeting", "attendance", "speech", "closing")
    },
}
# Writing operations of people of national offices that move nothing for others by themselves, and why.
_NOTHING_YET = {
    "first half; another person confirms or decides it": (
        *(f"post_{kind}{step}" for kind in ("meeting", "attendance", "speech", "closing")
          for step in ("", "_correction", "_withdrawal")),
        "post_assessment",
    ),
    "nothing of it is public before another person publishes": (
        "post_roll_up", "post_pull", "post_freeze", "post_second_look", "post_score_run", "post_score_plan", "post_back_fill"),
    "what a revision would do, which two people then sign": ("post_shadow_run",),
    "who is named as a body's head: two people too (test_one_person.py), and no figure or deadline": (
        *(f"post_head{step}" for step in ("", "_approval", "_withdrawal", "_withdrawal_approval")),),
    "counts only by a superseding version, which two more people make": ("post_late_acceptance",),
    "the Ministry of Public Security's own word on a figure, as a source gives one (C-3)": ("post_records_review",),
    "whose certificate or key is asked for; no figure and no deadline": (
        "post_signature_demand", "post_file_signature_demand", "post_request_key", "post_request_key_end"),
    "people, keys and mandates: two people too (test_one_person.py), and no figure or deadline": (
        *(f"post_{what}{step}" for what in ("member", "officer") for step in ("", "_approval", "_revocation")),
        "post_credential_approval", "post_credential_revocation",
        "post_mandate", "post_mandate_approval", "post_mandate_withdrawal",
    ),
    "arithmetic on published figures; nothing is written": ("post_what_if",),
    "words and answers": (
        "post_roll_up_answer", "post_feedback", *(f"post_feedback_{step}" for step in (
            "acceptance", "answer", "decline", "forwarding", "reopening", "closure"))),
}  # fmt: skip
MOVES_NOTHING = {operation: why for why, operations in _NOTHING_YET.items() for operation in operations}

# What of schema control those who freeze and score may read, and through which two people it came.
READ = {
    "control.ruling_in_force": "a ruling",
    "control.applicability_in_force": "an indicator does not apply",
    "control.calendar_in_force": "everybody's cutoff is moved",
    "control.omission_in_force": "what was found open is left out",
    "control.extension_in_force": "one body's deadline is put off",
    "control.command": "a snapshot is superseded",
    "control.installation": "said once, by the owner, of an empty database",
    "control.approval": "a snapshot is superseded",
    "control.scheme_activation": "a reading is changed",
    "control.scheme_revision": "a draft is read for its shadow run alone; months are scored by those with an activation",
    "control.scheme_shadow": "what scoring itself wrote of a revision",
    "control.scheme_calendar": "the schemes' days, which upgrades write",
    "control.late_acceptance": "read by a superseding version alone",
    "control.calendar_day": "days off, which migrations write; no deadline moves by one (G-9)",
}

# Every command of the terminal that is not the `command` of an act: what it does instead.
COMMANDS = {
    "approve": "the second person's half", "refuse": "ends a proposal", "waiting": "reads",
    "head": "who is named, by two people", "explain": "reads", "what-if": "reads", "diff": "reads", "rows": "reads",
    "publish": "the second person's half; another one scored", "score": "a run moves nothing before it is published",
    "plan": "says what a run would move",
    "roll-up": "means of published totals, published by another person; moves no month",
    "pull": "rehearses", "freeze": "as the clock does", "back-fill": "freezes and scores, month after month",
    "look": "as the clock does; what it finds moves nothing by itself",
    "import": "as a freeze, from an official file; another person publishes what rests on it (test_restored.py)",
    "demo": "made-up people, two of them", "up": "serves", "run": "serves", "db": "the schema", "show": "reads",
    "holds": "reads", "replay": "reads", "snapshot": "proves", "usage": "reads", "webhooks": "reads", "key": "who may act",
    "receipt": "reads", "bundle": "reads", "receipt-key": "signs receipts", "simulate": "pure",
    "openapi": "reads", "check": "pure",
}  # fmt: skip

# The rows of what was decided by one person before two were asked for: nobody writes one.
ALONE = ("control.ruling", "control.applicability", "control.calendar_entry", "control.extension", "control.rule_activation")
