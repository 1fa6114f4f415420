"""kill -9 of the gateway at every step of a report: nothing acknowledged is lost, nothing is done twice (Done when 4).

Six bodies stand before the six steps of a report's way. All send their step at once, the gateway is killed at one moment of
that, another is started, and every client sends the same request again, goes on, and comes to its receipt. Demo data.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from services.gateway.access.auth import create_key
from shared.audit import Actor
from shared.canonical import sha256_hex
from shared.database import Database
from shared.postgres import EmbeddedPostgres
from tests.conftest import TEMPLATE
from tests.e2e.processes import Process, environment

PERIOD = "2026-01"
BODIES = ("G01", "G02", "G03", "G06", "G09", "G10")
ROLES = ("agency_drafter", "agency_approver", "agency_signer")
PEPPER = SecretStr("pepper-of-the-killed-0123456789-abcdef")
STEPS = ("draft", "content", "confirmation", "handover", "approval", "signature")
PATIENCE = 60.0
# Larger than what is checked at once, so that a job checks it.
LARGE = 2_600_000
PROBLEM = "application/problem+json"
Facts = dict[str, int]


def wait_until(holds: Callable[[], bool], what: str, *, said: Callable[[], object] = str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not in time: {what} {said()}"
        select.select([], [], [], 0.02)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def acknowledges(self) -> bool:
        return 200 <= self.status < 300

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotent-replayed") == "true"

    @property
    def slug(self) -> str:
        return str(self.json["type"]).rpartition("/")[2] if self.headers.get("content-type") == PROBLEM else ""


@dataclass(frozen=True)
class Asked:
    """One request, which is sent again byte for byte."""

    method: str
    path: str
    key: str
    body: bytes = b""
    idempotency: str | None = None


@dataclass
class Server:
    """The gateway's process on one port, killed and started again, over a database that stays."""

    env: dict[str, str]
    superuser: str
    port: int = 0
    process: Process = field(init=False)

    def start(self) -> None:
        self.process = Process("run", "gateway", "--port", str(self.port), env=self.env)
        self.port = int(self.process.wait_for(r"REST: http://127\.0\.0\.1:(\d+)/")[1])
        wait_until(self._ready, "the gateway serves", said=lambda: self.process.lines)

    def revive(self) -> None:
        """One test's failure is not the next one's."""
        if self.process.child.poll() is not None:
            self.start()

    def kill(self) -> None:
        self.process.child.kill()
        assert self.process.ended() == -9, self.process.lines

    def send(self, asked: Asked) -> http.client.HTTPConnection:
        """The request is on its way; its answer is not waited for."""
        headers = {"Authorization": f"Bearer {asked.key}", "Content-Type": "application/json"}
        headers |= {} if asked.idempotency is None else {"Idempotency-Key": asked.idempotency}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        link.request(asked.method, asked.path, body=asked.body or None, headers=headers)
        return link

    def ask(self, asked: Asked) -> Answer:
        found = received(self.send(asked))
        assert found is not None, asked.path
        return found

    def facts(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            return connection.execute(statement.encode(), given).fetchall()

    def _ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            assert self.process.child.poll() is None, self.process.lines
            return False
        finally:
            link.close()


def received(link: http.client.HTTPConnection) -> Answer | None:
    """The answer, or None when the server died before all of it had come."""
    try:
        response = link.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        link.close()


@dataclass
class Body:
    """One body's people and the report they send now; ``number`` counts its reports. Knows only what it was answered."""

    agency: str
    keys: dict[str, str]
    actors: list[str]
    number: int = 0
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def asked(self, step: str) -> Asked:
        place, who, sent = self._step(step)
        body = json.dumps(sent, ensure_ascii=False).encode()
        if step == "content":
            return Asked("PUT", f"{self.path}{place}", self.keys[who], body)
        return Asked("POST", f"{self.path}{place}", self.keys[who], body, f"{self.agency}-{self.number}-{step}")

    def look(self, place: str = "") -> Asked:
        return Asked("GET", f"{self.path}/{self.known['draft']['sequence']}{place}", self.keys["agency_drafter"])

    @property
    def path(self) -> str:
        return f"/api/v1/agencies/{self.agency}/periods/{PERIOD}/submissions"

    @property
    def report(self) -> dict[str, Any]:
        task = {"task_code": "MP-1", "title": f"Nhiệm vụ mô phỏng, bản {self.number}", "registered_on": "2026-01-12"}
        return {
            "report": {"form": "monthly-report/1", "agency": self.agency, "period": PERIOD, "document": "Số 1 (mô phỏng)"},
            # Without a day of acceptance, so that something is to be confirmed.
            "registered_tasks": [{**task, "acceptance_document": "Số 2 (mô phỏng)"}],
            "reported_databases": [],
            "narratives": [],
        }

    def _step(self, step: str) -> tuple[str, str, dict[str, Any]]:
        if step == "draft":
            return "", "agency_drafter", {"test": False}
        one = f"/{self.known['draft']['sequence']}"
        if step == "content":
            return f"{one}/content", "agency_drafter", self.report
        if step == "confirmation":
            key = next(each["key"] for each in self.known["content"]["findings"] if each["severity"] == "confirm")
            return f"{one}/confirmations", "agency_drafter", {"finding_key": key, "reason": "đúng như vậy (mô phỏng)"}
        if step == "handover":
            return f"{one}/handovers", "agency_drafter", {}
        if step == "approval":
            return f"{one}/approvals", "agency_approver", {}
        return f"{one}/signatures", "agency_signer", {"digest": self.known["content"]["digest"]}

    def begin_another(self) -> None:
        self.number, self.known = self.number + 1, {}


@dataclass
class House:
    server: Server
    bodies: list[Body]
    # What one report leaves behind when nothing disturbs it.
    undisturbed: Facts = field(default_factory=dict)

    def take(self, body: Body, step: str) -> Answer:
        """The step, asked again until it is acknowledged; the answer is what the body knows from then on."""
        asked, end = body.asked(step), time.monotonic() + PATIENCE
        while True:
            answer = received(self.server.send(asked))
            if answer is not None and answer.slug == "precondition-missing" and step == "content":
                answer = self._content_there(body, asked)
            if answer is not None and answer.acknowledges:
                body.known[step] = answer.json
                return answer
            # What the dead process had begun may still hold its key for a moment.
            assert answer is None or answer.slug == "twin-in-flight", answer.body
            assert time.monotonic() < end, (body.agency, step)

    def _content_there(self, body: Body, asked: Asked) -> Answer:
        """There is content already: whether it is the one sent is told by its digest."""
        content = self.server.ask(body.look()).json["content"]
        assert (content["file_digest"], content["revision"]) == (sha256_hex(asked.body), 1)
        findings = self.server.ask(body.look("/findings")).json["items"]
        return Answer(200, {}, json.dumps({**content, "findings": findings}).encode())

    def go_on(self, body: Body, steps: tuple[str, ...]) -> None:
        for step in steps:
            self.take(body, step)

    def facts_of(self, body: Body) -> Facts:
        """How many rows the body has of each kind, and its people of answers and audit rows."""
        tables = ("submission", "revision", "validation", "confirmation", "transition", "acceptance", "receipt")
        counts = [f"SELECT '{each}', count(*) FROM intake.{each} WHERE agency = %s" for each in tables]
        counts += ["SELECT 'answers', count(*) FROM control.idempotency WHERE actor = ANY(%s)"]
        counts += ["SELECT action, count(*) FROM audit.entry WHERE actor = ANY(%s) GROUP BY action"]
        given = [*[body.agency] * len(tables), body.actors, body.actors]
        return dict(self.server.facts(" UNION ALL ".join(counts), *given))


def less(after: Facts, before: Facts) -> Facts:
    return {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name, 0)}


async def _keys(url: str) -> dict[str, list[tuple[str, str]]]:
    database = Database(url, role="gateway")
    given = {"pepper": PEPPER, "actor": Actor("local:tests"), "reason": "kiểm thử", "now": datetime.now(UTC)}
    try:
        return {
            agency: [
                await create_key(database, holder=f"{role} of {agency}", roles=[role], agency=agency, **given)  # type: ignore[arg-type]
                for role in ROLES
            ]
            for agency in BODIES
        }
    finally:
        await database.close()


@pytest.fixture(scope="module")
def house(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    name = "test_killed"
    postgres.create_database(name, template=TEMPLATE)
    env = environment(
        DATABASE_URL=postgres.dsn("app", database=name).url,
        BANGDIEM_DATA_DIR=str(tmp_path_factory.mktemp("killed")),
        BANGDIEM_GATEWAY_KEY_PEPPER=PEPPER.get_secret_value(),
        # So that all bodies are at work at once.
        BANGDIEM_GATEWAY_POOL_SIZE="20",
    )
    made = asyncio.run(_keys(env["DATABASE_URL"]))
    bodies = [
        Body(agency, {role: key for role, (_, key) in zip(ROLES, keys, strict=True)}, [f"key:{key_id}" for key_id, _ in keys])
        for agency, keys in made.items()
    ]
    server = Server(env, postgres.dsn("postgres", database=name).url)
    server.start()
    here = House(server, bodies)
    here.go_on(bodies[0], STEPS)
    here.undisturbed = here.facts_of(bodies[0])
    assert here.undisturbed["receipt"] == 1
    yield here
    server.process.child.terminate()
    assert server.process.ended() == 0, server.process.lines
    postgres.drop_database(name)


# The moments at which the process dies. Each is given the server and the six connections, kills, and reads what came.

Links = list[http.client.HTTPConnection]
Moment = Callable[[House, list[Asked]], list[Answer | None]]


def _sent(house: House, asked: list[Asked]) -> Links:
    return [house.server.send(each) for each in asked]


def _answered(count: int) -> Moment:
    """As soon as so many of the six are answered, while the others are at work."""

    def moment(house: House, asked: list[Asked]) -> list[Answer | None]:
        links = _sent(house, asked)
        found: dict[int, Answer | None] = {}
        while len(found) < count:
            waiting = {link.sock: number for number, link in enumerate(links) if number not in found}
            for ready in select.select(list(waiting), [], [], PATIENCE)[0]:
                found[waiting[ready]] = received(links[waiting[ready]])
        assert None not in found.values()
        house.server.kill()
        # Others may have been answered a moment before, whole or in part.
        return [found[number] if number in found else received(link) for number, link in enumerate(links)]

    return moment


def _unread(house: House, asked: list[Asked]) -> list[Answer | None]:
    """All is done, and no answer is ever read."""
    links = _sent(house, asked)
    assert all(select.select([link.sock], [], [], PATIENCE)[0] for link in links)
    house.server.kill()
    for link in links:
        link.close()
    return [None for _ in links]


def _held_by(*statements: str) -> Moment:
    """All six wait for a lock of ours at one place of their transactions; none of what they wrote may stay."""

    def moment(house: House, asked: list[Asked]) -> list[Answer | None]:
        before = [house.facts_of(body) for body in house.bodies]
        with psycopg.connect(house.server.superuser) as connection:
            for statement in statements:
                connection.execute(statement.encode())
            links = _sent(house, asked)
            wait_until(lambda: _waiting(house) >= len(links), "all six wait")
            house.server.kill()
            found = [received(link) for link in links]
        wait_until(lambda: not _at_work(house), "the dead process's sessions have ended")
        assert found == [None] * len(links)
        assert [house.facts_of(body) for body in house.bodies] == before
        return found

    return moment


def _waiting(house: House) -> int:
    return int(house.server.facts("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0])


def _at_work(house: House) -> int:
    """Sessions of the services that stand in a transaction."""
    at_work = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'app' AND state <> 'idle'"
    return int(house.server.facts(at_work)[0][0])


_MONTHS = "SELECT pg_advisory_xact_lock(hashtextextended('submissions:' || agency || '{0}', 0)) FROM unnest(ARRAY{1}) AS agency"
MOMENTS: dict[str, Moment] = {
    "as soon as it was sent": _answered(0),
    "before anything is written": _held_by(_MONTHS.format(PERIOD, list(BODIES))),
    # Of a POST its kept answer is written last, of a PUT the check of what was put.
    "all written, nothing committed": _held_by("LOCK TABLE control.idempotency, intake.validation IN SHARE ROW EXCLUSIVE MODE"),
    "one is answered": _answered(1),
    "three are answered": _answered(3),
    "five are answered": _answered(5),
    "all are answered, nobody has read it": _unread,
    "all are answered": _answered(6),
}


SLOW = pytest.mark.slow("the gateway killed, started again and six reports brought to an end, at one moment after another")


@SLOW
@pytest.mark.parametrize(
    "moment", [pytest.param(moment, id=name.replace(" ", "-").replace(",", "")) for name, moment in MOMENTS.items()]
)
def test_killed_at_each_step_the_report_comes_to_its_receipt(house: House, moment: Moment) -> None:
    house.server.revive()
    before = []
    for number, body in enumerate(house.bodies):
        body.begin_another()
        before.append(house.facts_of(body))
        house.go_on(body, STEPS[:number])
    asked = [body.asked(step) for body, step in zip(house.bodies, STEPS, strict=True)]
    answers = moment(house, asked)
    house.server.start()
    for number, (body, step, first) in enumerate(zip(house.bodies, STEPS, answers, strict=True)):
        assert first is None or first.acknowledges, first
        again = house.take(body, step)
        if first is not None and step != "content":
            assert (again.replayed, again.status, again.body) == (True, first.status, first.body)
        if moment is _unread and step != "content":
            assert again.replayed
        house.go_on(body, STEPS[number + 1 :])
        _came_to_its_receipt(house, body)
        assert less(house.facts_of(body), before[number]) == house.undisturbed, (body.agency, step)


def _came_to_its_receipt(house: House, body: Body) -> None:
    receipt = house.server.ask(body.look("/receipt"))
    assert receipt.status == 200, receipt.body
    assert receipt.json["content"]["digest"] == body.known["content"]["digest"]
    seen = house.server.ask(body.look()).json
    assert (seen["state"], seen["content"]["revision"]) == ("accepted", 1)
    steps = house.server.ask(body.look("/transitions")).json["items"]
    assert [each["action"] for each in steps] == ["create", "hand_over", "approve", "sign"]


@SLOW
def test_a_check_that_was_promised_is_made_by_the_next_process(house: House) -> None:
    """202 says that a job will check a large report: killed while it works, it is done once all the same."""
    house.server.revive()
    body = house.bodies[0]
    body.begin_another()
    house.go_on(body, ("draft",))
    asked = body.asked("content")
    sent = json.dumps(body.report | {"registered_tasks": _many()}, ensure_ascii=False).encode()
    asked = Asked(asked.method, asked.path, asked.key, sent)
    with psycopg.connect(house.server.superuser) as connection:
        connection.execute("LOCK TABLE intake.validation IN SHARE ROW EXCLUSIVE MODE")
        promised = house.server.ask(asked)
        assert promised.status == 202, promised.body
        wait_until(lambda: _waiting(house) > 0, "the job is about to write")
        house.server.kill()
    house.server.start()
    check = Asked("GET", promised.headers["location"], asked.key)
    wait_until(lambda: house.server.ask(check).json["state"] == "done", "the check is made")
    submission = house.server.ask(body.look()).json
    made = "SELECT validation_id FROM intake.validation WHERE submission_id = %s"
    assert house.server.facts(made, submission["submission_id"]) == [(submission["validation"]["validation_id"],)]


def _many() -> list[dict[str, Any]]:
    title = "Nhiệm vụ mô phỏng " + "x" * 800
    return [
        {"task_code": f"MP-{number:04}", "title": f"{title} {number}", "registered_on": "2026-01-12"}
        for number in range(LARGE // 800)
    ]
