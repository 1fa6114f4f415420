"""Two keys of one person are one person for the database too (APR-03, RSC-11, SEC-05, SNP-10, ING-11).

Every act of four eyes is tried as the service's own role inserts it, by everybody who is one person with the first hand. Which
acts there are is asked of the catalogue: a trigger that compares people and is not tried here fails the last test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, create_engine, pool, text
from sqlalchemy.exc import ProgrammingError

from shared.tables import metadata
from tests.conftest import TestDatabase

BODY, OFFICE, PERIOD = "G06", "G99", "2026-01"
DIGEST = "sha256:" + "0" * 64
LATER = datetime(2099, 1, 1, tzinfo=UTC)
Row = Mapping[str, Any]

# Keys: (id, to whom it was given, who made it). Two spellings of one name, one of them with its accents apart.
KEYS = [
    ("first", "Nguyễn Thị Bích", "local:setup"),
    ("second", "NGUYỄN THỊ BI\u0301CH", "local:setup"),
    ("successor", "Nguyễn Thị Bích", "key:first"),
    ("made", "Hệ thống của Bích", "key:first"),
    ("other", "Trần Văn Sáu", "local:setup"),
    ("third", "Lê Thị Tám", "local:setup"),
]
# Subjects of an identity provider with an approved grant: the same name again, another one, and one that nobody approved.
PERSON, STRANGER, UNAPPROVED = "oidc:https://idp.example:bich", "oidc:https://idp.example:bay", "oidc:https://idp.example:wait"
GRANTED = [(PERSON, "nguyễn thị bích", True), (STRANGER, "Phạm Văn Bảy", True), (UNAPPROVED, "Nguyễn Thị Bích", False)]

ONE_PERSON = [
    ("key:first", "key:first"),
    ("key:first", "key:second"),
    ("key:second", "key:first"),
    ("key:first", "key:successor"),
    ("key:first", "key:made"),
    ("key:made", "key:first"),
    ("key:first", PERSON),
    (PERSON, "key:second"),
    (PERSON, PERSON),
]
TWO_PEOPLE = [
    ("key:first", "key:other"),
    ("key:other", "key:made"),
    ("key:second", "key:made"),
    ("key:first", STRANGER),
    (PERSON, STRANGER),
    ("key:first", UNAPPROVED),
    ("service:ingest", "service:scoring"),
]


@dataclass(frozen=True)
class Reach:
    """What a session says it is there for."""

    role: str = "gateway"
    reads: str = "*"
    acts: str = "office"


@dataclass(frozen=True)
class Act:
    """The table and row of the second hand, and the rows that come before; ``one`` and ``other`` stand for the two actors."""

    table: str
    row: Callable[[str], Row]
    before: Callable[[str], list[tuple[str, Row]]]
    reach: Reach = field(default_factory=Reach)


INSIDE = Reach(reads=BODY, acts=BODY)


def _submission(one: str = "key:third") -> list[tuple[str, Row]]:
    made = {
        "submission_id": "sub",
        "agency": BODY,
        "period": PERIOD,
        "sequence": 1,
        "form": "f",
        "test": False,
        "created_by": one,
    }
    return [("intake.submission", made), _step(1, "create", "none", "draft", "key:third")]


def _step(number: int, action: str, before: str, after: str, actor: str) -> tuple[str, Row]:
    where = {"transition_id": f"tra{number}", "submission_id": "sub", "number": number, "agency": BODY}
    return "intake.transition", {**where, "action": action, "from_state": before, "to_state": after, "actor": actor}


def _revision(author: str) -> tuple[str, Row]:
    return "intake.revision", {"submission_id": "sub", "number": 1, "agency": BODY, "scope": "whole", "author": author}


def _handed_over(one: str = "key:third") -> tuple[str, Row]:
    return _step(2, "hand_over", "draft", "in_review", one)


def _approve(other: str) -> Row:
    return _step(3, "approve", "in_review", "approved", other)[1]


def _plan(one: str) -> tuple[str, Row]:
    said = {"due_time": "17:00", "assignments": [{"indicator": "C1", "unit": "a"}]}
    return "intake.unit_plan", {"plan_id": "pla", "agency": BODY, "first_period": PERIOD, **said, "requested_by": one}


def _assembled(author: str) -> list[tuple[str, Row]]:
    section = {"section_id": "sec", "agency": BODY, "period": PERIOD, "plan_id": "pla", "indicator": "C1", "unit": "a",
               "kind": "scored", "version": 1, "digest": DIGEST, "actor": author, "sent_at": datetime(2026, 1, 1, tzinfo=UTC),
               "deadline": LATER, "late": False}  # fmt: skip
    assembly = {"assembly_id": "asm", "submission_id": "sub", "revision": 1, "agency": BODY, "plan_id": "pla"}
    return [
        _plan("key:third"),
        ("intake.unit_plan_approval", {"plan_id": "pla", "agency": BODY, "actor": "key:other"}),
        ("intake.unit_section", section),
        ("intake.unit_assembly", assembly),
        ("intake.unit_assembly_section", {"assembly_id": "asm", "section_id": "sec", "agency": BODY, "digest": DIGEST}),
    ]


def _initiative(number: int, action: str, before: str, after: str, actor: str, **said: Any) -> tuple[str, Row]:
    national = action in ("assess", "decide")
    where = {"initiative_id": "ini", "number": number, "agency": BODY, "period": PERIOD, "reason": "demo"}
    moved = {"action": action, "from_state": before, "to_state": after}
    points = {"points": 3} if national else {}
    return "intake.initiative_step", {
        **where,
        **moved,
        "actor": actor,
        "actor_agency": OFFICE if national else BODY,
        **points,
        **said,
    }


# Published months of a quarter, which the fixture writes: their roll-up rests on nothing else.
EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
QUARTER = [{"period": f"2027-0{month}", "version": 1, "publication_id": f"pub{month}", "digest": DIGEST} for month in (1, 2, 3)]


def _rolled_up(one: str) -> list[tuple[str, Row]]:
    """A quarter with one line, with which its body agrees."""
    draft = {"roll_up_id": "rup", "span": "2027-Q1", "months": QUARTER, "digest": DIGEST, "check_until": LATER, "actor": one}
    line = {"roll_up_id": "rup", "agency": BODY}
    check = {**line, "check_id": "chk", "verdict": "agrees", "actor": "key:third"}
    return [("control.roll_up", draft), ("control.roll_up_line", line), ("control.roll_up_check", check)]


PROPOSAL = ("intake.initiative_proposal", {"initiative_id": "ini", "agency": BODY, "period": PERIOD, "document_digest": DIGEST})
DECISION = {"decision_number": "1", "decided_on": date(2026, 2, 1), "decision_digest": DIGEST}


def _snapshot(version: int, **said: Any) -> list[tuple[str, Row]]:
    pull = {"pull_id": f"pul{version}", "source": "ndxp", "period": PERIOD, "purpose": "freeze", "origin": "network"}
    head = {"snapshot_id": f"snp{version}", "source": "ndxp", "period": PERIOD, "version": version, "pull_id": f"pul{version}"}
    return [("ingest.pull", pull), ("ingest.snapshot", {**head, "origin": "network", **said})]


def _superseded(one: str, other: str) -> Row:
    return _snapshot(2, supersedes="snp1", reason="demo", requested_by=one, approver=other)[1][1]


def _given_to(holder: str) -> Row:
    return {"grant_id": "gra", "agency": BODY, "subject": STRANGER, "holder": holder, "roles": ["agency_drafter"]}


def _mandate(**said: Any) -> Row:
    return {"mandate_id": "man", "agency": BODY, **said}


def _credential(one: str, holder: str = "Một hệ thống") -> list[tuple[str, Row]]:
    key = {"key_id": "asked", "holder": holder, "roles": ["agency_drafter"], "agency": BODY, "created_by": "local:setup"}
    asked = {"key_id": "asked", "agency": BODY, "overlap_seconds": 0, "requested_by": one}
    return [("control.api_key", key), ("control.credential", asked)]


def _decision(table: str, asked: Row) -> Act:
    """What one person asks for and another approves: view control.decision."""
    return Act(
        "control.decision_approval",
        lambda other: {"decision_id": "dec", "actor": other},
        lambda one: [(table, {**asked, "actor": one})],
    )


GRANT = {"grant_id": "gra", "agency": BODY, "subject": STRANGER}
FIRST_NAME = "nguyễn THỊ Bích"
# In what the second hand is refused for. Where the name is what counts, only actors that bear it are tried.
ACTS: dict[str, Act] = {
    "a command is approved": Act(
        "control.approval",
        lambda other: {"command_id": "cmd", "actor": other},
        lambda one: [("control.command", {"command_id": "cmd", "kind": "supersede", "arguments": {}, "actor": one})],
    ),
    "a command is refused": Act(
        "control.command_end",
        lambda other: {"command_id": "cmd", "kind": "refused", "actor": other},
        lambda one: [("control.command", {"command_id": "cmd", "kind": "supersede", "arguments": {}, "actor": one})],
    ),
    "an omission is approved": Act(
        "control.omission_approval",
        lambda other: {"omission_id": "omit", "actor": other},
        lambda one: [
            (
                "control.omission",
                {"omission_id": "omit", "kind": "recorded_late", "hold_id": "hold", "hold": {}, "document": "d", "actor": one},
            )
        ],
    ),
    "a credential is approved": Act(
        "control.credential_approval",
        lambda other: {"key_id": "asked", "agency": BODY, "actor": other},
        _credential,
        INSIDE,
    ),
    "roles are approved": Act(
        "control.grant_approval",
        lambda other: {**GRANT, "subject": "oidc:https://idp.example:new", "actor": other},
        lambda one: [
            ("control.member_grant", {**_given_to("Ai Khác"), "subject": "oidc:https://idp.example:new", "requested_by": one})
        ],
        INSIDE,
    ),
    "a mandate is approved": Act(
        "control.mandate_approval",
        lambda other: {"mandate_id": "man", "agency": BODY, "actor": other},
        lambda one: [("control.mandate", _mandate(holder="Ai Khác", requested_by=one))],
        INSIDE,
    ),
    "an extension is approved": Act(
        "control.extension_approval",
        lambda other: {"extension_id": "ext", "actor": other},
        lambda one: [
            (
                "control.extension",
                {"extension_id": "ext", "agency": BODY, "period": PERIOD, "until": LATER, "effect": "in_time", "actor": one},
            )
        ],
    ),
    "a ruling is approved": _decision("control.ruling", {"ruling_id": "dec", "period": PERIOD, "agency": BODY}),
    "an applicability row is approved": _decision("control.applicability", {"applicability_id": "dec", "agency": BODY}),
    "a calendar row is approved": _decision(
        "control.calendar_entry",
        {"entry_id": "dec", "period": PERIOD, "source": "*", "kind": "report_deadline", "falls_at": LATER},
    ),
    "a decision is refused": Act(
        "control.decision_end",
        lambda other: {"decision_id": "dec", "kind": "refused", "actor": other},
        lambda one: [("control.ruling", {"ruling_id": "dec", "period": PERIOD, "agency": BODY, "actor": one})],
    ),
    "an entry of a register is confirmed": Act(
        "intake.register_confirmation",
        lambda other: {"entry_id": "ent", "version": 1, "actor": other, "actor_agency": OFFICE},
        lambda one: [
            (
                "intake.register_entry",
                {
                    "entry_id": "ent",
                    "version": 1,
                    "kind": "closing",
                    "period": PERIOD,
                    "evidence_digest": DIGEST,
                    "withdrawn": False,
                    "actor": one,
                    "actor_agency": OFFICE,
                },
            )
        ],
    ),
    "a proposal is approved": Act(
        "intake.initiative_step",
        lambda other: _initiative(2, "approve", "proposed", "submitted", other)[1],
        lambda one: [PROPOSAL, _initiative(1, "propose", "none", "proposed", one)],
        INSIDE,
    ),
    "an assessment is decided": Act(
        "intake.initiative_step",
        lambda other: _initiative(4, "decide", "assessed", "decided", other, **DECISION)[1],
        lambda one: [
            PROPOSAL,
            _initiative(1, "propose", "none", "proposed", "key:third"),
            _initiative(2, "approve", "proposed", "submitted", "key:other"),
            _initiative(3, "assess", "submitted", "assessed", one),
        ],
    ),
    "a report is approved after it was begun": Act(
        "intake.transition", _approve, lambda one: [*_submission(one), _handed_over()], INSIDE
    ),
    "a report is approved after it was written": Act(
        "intake.transition", _approve, lambda one: [*_submission(), _revision(one), _handed_over()], INSIDE
    ),
    "a report is approved after it was handed over": Act(
        "intake.transition", _approve, lambda one: [*_submission(), _handed_over(one)], INSIDE
    ),
    "a report is approved after a section of it was written": Act(
        "intake.transition",
        _approve,
        lambda one: [*_submission(), _revision("key:third"), *_assembled(one), _handed_over()],
        INSIDE,
    ),
    "a report is signed after it was written": Act(
        "intake.transition",
        lambda other: _step(4, "sign", "approved", "accepted", other)[1],
        lambda one: [
            *_submission(),
            _revision(one),
            _handed_over(),
            _step(3, "approve", "in_review", "approved", "key:fourth"),
        ],
        INSIDE,
    ),
    "a report is signed after it was approved": Act(
        "intake.transition",
        lambda other: _step(4, "sign", "approved", "accepted", other)[1],
        lambda one: [*_submission(), _handed_over(), _step(3, "approve", "in_review", "approved", one)],
        INSIDE,
    ),
    "a unit plan is approved": Act(
        "intake.unit_plan_approval",
        lambda other: {"plan_id": "pla", "agency": BODY, "actor": other},
        lambda one: [_plan(one)],
        INSIDE,
    ),
    "a head is approved": Act(
        "registry.head_approval",
        lambda other: {"head_id": "hea", "actor": other},
        lambda one: [("registry.head", {"head_id": "hea", "agency": BODY, "requested_by": one})],
    ),
    "a head's withdrawal is approved": Act(
        "registry.head_withdrawal_approval",
        lambda other: {"head_id": "hea", "actor": other},
        lambda one: [
            ("registry.head", {"head_id": "hea", "agency": BODY, "requested_by": "key:third"}),
            ("registry.head_approval", {"head_id": "hea", "actor": "key:fourth"}),
            ("registry.head_withdrawal", {"head_id": "hea", "actor": one}),
        ],
    ),
    "a revision of the scheme is signed": Act(
        "control.scheme_signature",
        lambda other: {**SIGNED, "place": 2, "actor": other},
        lambda one: [("control.scheme_signature", {**SIGNED, "place": 1, "actor": one})],
    ),
    "a quarter is published": Act(
        "control.roll_up_publication",
        lambda other: {"roll_up_id": "rup", "span": "2027-Q1", "digest": EMPTY, "csv_digest": EMPTY, "actor": other},
        _rolled_up,
    ),
    "a run is published": Act(
        "scoring.publication",
        lambda other: {
            "publication_id": "pub",
            "period": PERIOD,
            "version": 1,
            "run_id": "run",
            "publisher": other,
            "plan_digest": DIGEST,
        },
        lambda one: [("scoring.run", {"run_id": "run", "period": PERIOD, "actor": one, "agrees": True, "provisional": False})],
        Reach(role="scoring"),
    ),
}


SIGNED = {"revision_id": "rev", "shadow_id": "shd", "digest": DIGEST}


class Hands:
    """Inserts rows as a service does, in transactions that are rolled back."""

    def __init__(self, url: str) -> None:
        self._engines: dict[str, Engine] = {}
        self._url = url.replace("postgresql:", "postgresql+psycopg:")

    def attempt(self, act: Act, one: str, other: str) -> str:
        """How the database answers the second hand: its SQLSTATE, or '00000' where it lets it pass."""
        return self.attempt_rows(act.before(one), act.table, act.row(other), act.reach)

    def attempt_rows(self, before: list[tuple[str, Row]], table: str, row: Row, reach: Reach) -> str:
        with self._engine(reach.role).connect() as connection:
            # What comes before was written by sessions of its own: of the office, of the body.
            _reach(connection, Reach(reach.role, "*", BODY))
            for name, values in before:
                connection.execute(_insert(name, values))
            _reach(connection, reach)
            try:
                connection.execute(_insert(table, row))
            except ProgrammingError as error:
                return str(getattr(error.orig, "sqlstate", error.orig))
            finally:
                connection.rollback()
        return "00000"

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def _engine(self, role: str) -> Engine:
        if role not in self._engines:
            self._engines[role] = create_engine(self._url, connect_args={"options": f"-c role={role}"})
        return self._engines[role]


def _reach(connection: Connection, reach: Reach) -> None:
    asked = "SELECT set_config('bangdiem.reads', :reads, true), set_config('bangdiem.acts', :acts, true)"
    connection.execute(text(asked), {"reads": reach.reads, "acts": reach.acts})


def _insert(name: str, values: Row) -> Any:
    table = metadata.tables[name]
    return table.insert().inline().values({**filled(table), **values})


def filled(table: Table) -> dict[str, Any]:
    """Of every column that must be there and has no default, something of its type that no rule minds."""
    plain = {"TEXT": "demo", "INTEGER": 1, "BIGINT": 1, "BOOLEAN": True, "JSONB": {}, "BYTEA": b"", "DATE": date(2026, 1, 1),
             "TIMESTAMP": LATER, "TEXT[]": ["demo"]}  # fmt: skip
    wanted = [each for each in table.columns if not each.nullable and each.server_default is None and each.identity is None]
    return {each.name: plain[each.type.compile(dialect=_DIALECT).split(" ")[0]] for each in wanted}


_DIALECT = create_engine("postgresql+psycopg://").dialect


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=pool.NullPool)


@pytest.fixture(scope="module")
def hands(database: TestDatabase) -> Iterator[Hands]:
    with engine_of(database.superuser_url).connect() as connection:
        connection.execute(_insert("audit.entry", {"actor": "local:setup", "action": "test.people", "object": "keys"}))
        for key_id, holder, maker in KEYS:
            key = {"key_id": key_id, "holder": holder, "roles": ["publisher"], "created_by": maker}
            connection.execute(_insert("control.api_key", key))
        # Its shadow run is scoring's to write.
        connection.execute(_insert("control.scheme_revision", {"revision_id": "rev", "first_period": PERIOD}))
        connection.execute(_insert("control.scheme_shadow", {"shadow_id": "shd", "revision_id": "rev"}))
        # What restores nothing was published by scoring; here nobody asks which plan was seen.
        connection.execute(text("SET session_replication_role = replica"))
        for month in QUARTER:
            connection.execute(_insert("scoring.publication", {**month, "run_id": month["publication_id"]}))
        connection.execute(text("SET session_replication_role = DEFAULT"))
        rotation = {"former_key_id": "first", "key_id": "successor", "actor": "key:first"}
        connection.execute(_insert("control.api_key_rotation", rotation))
        for place, (subject, holder, approved) in enumerate(GRANTED):
            grant = {"grant_id": f"known{place}", "agency": OFFICE, "subject": subject}
            asked = {**grant, "holder": holder, "roles": ["agency_drafter"], "requested_by": "key:third"}
            connection.execute(_insert("control.member_grant", asked))
            if approved:
                connection.execute(_insert("control.grant_approval", {**grant, "actor": "key:other"}))
        connection.commit()
    opened = Hands(database.app_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("act", ACTS)
def test_one_person_is_no_second_person_with_another_key(hands: Hands, act: str) -> None:
    passed = {(one, other): found for one, other in ONE_PERSON if (found := hands.attempt(ACTS[act], one, other)) != "42501"}
    assert passed == {}


@pytest.mark.parametrize("act", ACTS)
def test_two_people_pass(hands: Hands, act: str) -> None:
    refused = {(one, other): found for one, other in TWO_PEOPLE if (found := hands.attempt(ACTS[act], one, other)) != "00000"}
    assert refused == {}


# As ingest writes it: the two people stand in one row.
@pytest.mark.parametrize(
    ("people", "answer"), [(pair, "42501") for pair in ONE_PERSON] + [(pair, "00000") for pair in TWO_PEOPLE], ids=str
)
def test_a_snapshot_is_superseded_by_two_people(hands: Hands, people: tuple[str, str], answer: str) -> None:
    before = [*_snapshot(1), _snapshot(2)[0]]
    assert hands.attempt_rows(before, "ingest.snapshot", _superseded(*people), Reach("ingest")) == answer


@pytest.mark.parametrize("other", ["key:first", "key:second", PERSON])
def test_nobody_approves_what_is_given_to_them(hands: Hands, other: str) -> None:
    """Whoever asked for it: a credential, roles, a mandate of the same name, with whichever key."""
    credential = (_credential("key:third", FIRST_NAME), "control.credential_approval", {"key_id": "asked", "agency": BODY})
    grant = (
        [("control.member_grant", {**_given_to(FIRST_NAME), "requested_by": "key:third"})],
        "control.grant_approval",
        GRANT,
    )
    mandate_row = _mandate(holder=FIRST_NAME, requested_by="key:third")
    mandate = ([("control.mandate", mandate_row)], "control.mandate_approval", {"mandate_id": "man", "agency": BODY})
    for before, table, row in (credential, grant, mandate):
        assert hands.attempt_rows(before, table, {**row, "actor": other}, INSIDE) == "42501", table
        assert hands.attempt_rows(before, table, {**row, "actor": "key:other"}, INSIDE) == "00000", table


def test_nobody_approves_roles_of_a_person_they_are(hands: Hands) -> None:
    """By subject: the grant may be for a name that is spelled another way than before."""
    before = [("control.member_grant", {**GRANT, "subject": PERSON, "holder": "N. T. Bích", "roles": ["agency_drafter"]})]
    for other in (PERSON, "key:first", "key:second"):
        row = {**GRANT, "subject": PERSON, "actor": other}
        assert hands.attempt_rows(before, "control.grant_approval", row, INSIDE) == "42501", other


def test_who_one_person_is_does_not_depend_on_who_asks(hands: Hands) -> None:
    """Nor on the order; what a session may read stays what it was."""
    asked = text("SELECT control.same_person(:one, :other), current_setting('bangdiem.reads')")
    for role in ("gateway", "ingest", "scoring"):
        with hands._engine(role).connect() as connection:
            for reads in ("*", BODY, ""):
                _reach(connection, Reach(role, reads, ""))
                for pairs, answer in ((ONE_PERSON, True), (TWO_PEOPLE, False)):
                    for one, other in pairs:
                        for pair in ({"one": one, "other": other}, {"one": other, "other": one}):
                            assert tuple(connection.execute(asked, pair).one()) == (answer, reads)


_OF_PEOPLE = """
SELECT t.tgrelid::regclass::text, f.pronamespace::regnamespace || '.' || f.proname, f.prosrc
  FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND f.pronamespace::regnamespace::text IN
       ('audit', 'registry', 'control', 'ingest', 'intake', 'scoring')
"""
_CHECKS = "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
_WHO = r"(?:\w+\.)?(?:actor|author|created_by|requested_by|subject|publisher|approver|reviewer|approved_by|signed_by|holder)"
# Two actors held against each other as words: =, <>, IN, IS DISTINCT FROM.
_COMPARED = re.compile(rf"\b{_WHO}\s*(?:=|<>|!=|(?:NOT\s+)?IN\s*\(|IS\s+(?:NOT\s+)?DISTINCT\s+FROM)\s*{_WHO}\b", re.IGNORECASE)
# What names one act's own actor twice, and is no comparison of two people.
THE_SAME_HAND = {
    "intake.check_signature": "the certificate's signature is sent by who signed the report",
    "intake.check_acceptance": "the acceptance repeats who approved and who signed, as check_transition took them",
    "control.check_grant_decision": "the decision repeats whom the grant is for",
    "scoring.check_publication": "who publishes a former version again is who approved it",
}
# Below the triggers: a row that names one actor twice is wrong whoever that is.
BELOW = {"intake.acceptance.ck_acceptance_two_people", "ingest.snapshot.ck_snapshot_two_people"}
TRIED = {act.table for act in ACTS.values()} | {"ingest.snapshot"}


def test_every_trigger_that_compares_people_is_tried_here(database: TestDatabase) -> None:
    with engine_of(database.owner_url).connect() as connection:
        found = [(table, name, re.sub(r"--[^\n]*", "", source)) for table, name, source in connection.execute(text(_OF_PEOPLE))]
        checks = {name for name, said in connection.execute(text(_CHECKS)) if _COMPARED.search(said)}
    asking = {table for table, _, source in found if re.search(r"\b(same_person|is_held_by)\(", source)}
    # One function stands on the approvals and on what ends them, which one person may do.
    assert asking - {"control.grant_revocation", "control.mandate_withdrawal"} == TRIED
    assert {name for _, name, source in found if _COMPARED.search(source)} == set(THE_SAME_HAND)
    assert checks == BELOW
