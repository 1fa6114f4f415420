"""Commands: who, why and the job in one transaction; their progress; two people where the law of the house wants two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.gateway.access.auth import create_key
from shared.audit import Actor
from shared.database import Database
from shared.errors import Conflict
from shared.jobs import Job, Queue, Task
from shared.period import VIETNAM
from tests.integration.gateway.conftest import API, NOW, PEPPER, ROOT, House
from tests.integration.gateway.seeds import Seeds

REASON = "Rà soát kỳ 2026-01"
PULL = {"source": "system57", "period": "2026-01", "reason": REASON}
ASKING = [
    ("/pulls", "operator", PULL, "pull", "ingest.pull", {"source": "system57", "period": "2026-01"}),
    ("/freezes", "operator", PULL, "freeze", "ingest.freeze", {"source": "system57", "period": "2026-01"}),
    ("/second-looks", "operator", PULL, "second_look", "ingest.second_look", {"source": "system57", "period": "2026-01"}),
    ("/score-runs", "operator", {"period": "2026-01", "reason": REASON}, "score", "scoring.score", {"period": "2026-01"}),
    ("/score-plans", "operator", {"period": "2026-01", "reason": REASON}, "plan", "scoring.plan", {"period": "2026-01"}),
]


async def work(house: House, task: str, handler: Callable[[Job], Awaitable[dict[str, Any]]]) -> None:
    """Carries out what waits on the owner's queue, as its worker would."""
    owner = task.split(".")[0]
    database = Database(house.runtime.database.url, role=owner)
    queue = Queue(database, [Task(task, owner, handler)], clock=lambda: NOW, worker="test-worker")
    async with queue.opened():
        await queue.drain([owner])
    await database.close()


@pytest.mark.parametrize(("path", "role", "body", "kind", "task", "arguments"), ASKING)
async def test_a_command_is_one_fact_one_audit_row_and_one_job(
    house: House, path: str, role: str, body: dict[str, Any], kind: str, task: str, arguments: dict[str, Any]
) -> None:
    answer = await house.post(API + path, role, body)
    assert answer.status_code == 202, answer.text
    command_id = answer.json()["command_id"]
    assert answer.headers["location"] == f"{API}{path}/{command_id}" == answer.json()["status"]
    assert answer.headers["retry-after"].isdigit()
    command = (await house.facts("SELECT * FROM control.command WHERE command_id = :it", command_id))[0]
    actor = f"key:{house.ids[role]}"
    assert (command["kind"], command["actor"], command["reason"]) == (kind, actor, REASON)
    assert command["arguments"] == arguments
    audit = await house.audit_of(command_id)
    assert [(row["action"], row["actor"], row["reason"]) for row in audit] == [(f"command.{kind}", actor, REASON)]
    job = (await house.facts("SELECT * FROM queue.job_run WHERE command_id = :it", command_id))[0]
    assert (job["purpose"], job["task"], job["state"]) == (command_id, task, "waiting")
    queued = (await house.facts("SELECT * FROM queue.procrastinate_jobs WHERE id = :it", job["job_id"]))[0]
    assert queued["args"] == {"purpose": command_id, "arguments": arguments, "command_id": command_id}
    assert queued["queue_name"] == task.split(".")[0]
    state = await house.get(answer.headers["location"], "reader")
    assert (state.json()["state"], state.headers["retry-after"]) == ("waiting", "1")


@pytest.mark.parametrize(
    ("reason", "slug"),
    [
        *((blank, "reason-missing") for blank in ("", "   ", "\u00a0", None)),
        *((bad, "input-invalid") for bad in ("a\nb", "\x00", 5, "x" * 2001)),
    ],
)
@pytest.mark.parametrize("path", [case[0] for case in ASKING])
async def test_without_a_reason_it_is_422_and_nothing_happens(house: House, path: str, reason: Any, slug: str) -> None:
    before = await house.facts("SELECT count(*) AS n FROM control.command")
    body = {**(PULL if path not in ("/score-runs", "/score-plans") else {"period": "2026-01"}), "reason": reason}
    answer = await house.post(API + path, "operator", body)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(f"/problems/{slug}")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/reason"]
    assert await house.facts("SELECT count(*) AS n FROM control.command") == before


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/pulls", {**PULL, "source": "nowhere"}, "/source"),
        ("/pulls", {**PULL, "period": "2025-12"}, "/period"),
        ("/pulls", {**PULL, "period": "0000-01"}, "/period"),
        ("/pulls", {**PULL, "period": "2026-13"}, "/period"),
        ("/pulls", {**PULL, "extra": 1}, "/extra"),
        ("/pulls", {"period": "2026-01", "reason": REASON}, "/source"),
        ("/score-runs", {"period": "1999-01", "reason": REASON}, "/period"),
    ],
)
async def test_every_fault_names_its_place(house: House, path: str, body: dict[str, Any], pointer: str) -> None:
    answer = await house.post(API + path, "operator", body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_second_look_may_name_its_instant_and_is_only_of_a_source_that_tells_of_completions(house: House) -> None:
    asked = await house.post(f"{API}/second-looks", "operator", {**PULL, "as_of": "2026-02-10T00:00:00+07:00"})
    assert asked.status_code == 202, asked.text
    state = (await house.get(asked.headers["location"], "reader")).json()
    assert state["arguments"] == {"source": "system57", "period": "2026-01", "as_of": "2026-02-10T00:00:00+07:00"}
    refused = await house.post(f"{API}/second-looks", "operator", {**PULL, "source": "ndxp"})
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, ["/source"])
    assert refused.json()["errors"][0]["expected"] == "system57"


async def test_progress_leads_to_what_was_made(house: House, seeds: Seeds) -> None:
    run = await seeds.run(actor="local:progress")
    asked = await house.post(f"{API}/score-runs", "operator", {"period": "2026-01", "reason": REASON})

    async def done(job: Job) -> dict[str, Any]:
        assert job.command is not None
        return {"run_id": run["run_id"], "asked_by": job.actor}

    await work(house, "scoring.score", done)
    state = await house.get(asked.headers["location"], "reader")
    assert state.json()["state"] == "succeeded"
    assert state.json()["result"]["asked_by"] == f"key:{house.ids['operator']}"
    assert state.headers["location"] == state.json()["produced"] == f"{API}/score-runs/{run['run_id']}"
    assert "retry-after" not in state.headers
    header = await house.get(state.headers["location"], "reader")
    assert (header.json()["actor"], header.json()["result_digest"]) == ("local:progress", run["result_digest"])
    assert "sheet" not in header.json()
    full = await house.get(state.headers["location"] + "?include=sheet", "reader")
    assert run["sheet"] in full.content
    assert (await house.get(asked.headers["location"].replace("score-runs", "pulls"), "reader")).status_code == 404


async def test_a_failed_command_says_why(house: House) -> None:
    asked = await house.post(f"{API}/pulls", "operator", PULL)

    async def refuse(job: Job) -> dict[str, Any]:
        raise Conflict(f"nothing to pull for {job.arguments['source']}")

    await work(house, "ingest.pull", refuse)
    state = (await house.get(asked.headers["location"], "operator")).json()
    assert (state["state"], state["produced"]) == ("failed", None)
    assert state["problem"]["type"] == "http://127.0.0.1:8000/problems/conflict"
    assert state["problem"]["detail"] == "nothing to pull for system57"
    for language, title in (("vi", "Trạng thái hiện tại không cho phép"), ("en", "State does not allow this")):
        told = (await house.get(asked.headers["location"], "operator", **{"accept-language": language})).json()["problem"]
        each = (await house.get("/problems/conflict", accept="application/json")).json()
        assert (told["title"], told["cause"], told["remedy"]) == (title, each[f"cause_{language}"], each[f"remedy_{language}"])


async def test_nobody_publishes_their_own_run(house: House, seeds: Seeds) -> None:
    own = await seeds.run(actor=f"key:{house.ids['publisher']}")
    refused = await house.publish(own["run_id"])
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (403, "same-person")
    other = await seeds.run(actor=f"key:{house.ids['operator']}")
    assert (await house.publish(other["run_id"])).status_code == 202


async def test_a_second_key_does_not_make_a_second_person(house: House, seeds: Seeds) -> None:
    ids, key = {}, ""
    for role, holder in (("operator", "Một người"), ("publisher", "một người ")):
        words = {"holder": holder, "reason": "hai khóa của một người"}
        ids[role], key = await create_key(house.runtime.database, pepper=PEPPER, actor=ROOT, roles=[role], now=NOW, **words)
    own = await seeds.run(actor=f"key:{ids['operator']}")
    headers = {"authorization": f"Bearer {key}"}
    body = {"run_id": own["run_id"], "plan": await house.seen(own["run_id"]), "reason": REASON}
    answer = await house.client.post(f"{API}/publications", headers=headers, json=body)
    assert answer.status_code == 403


async def test_a_key_made_by_the_runs_author_publishes_it_as_little(house: House, seeds: Seeds) -> None:
    """Whoever makes a key knows its secret: it is their hand too, here as in reports."""
    author = Actor(f"key:{house.ids['operator']}")
    words = {"holder": "Một người khác", "reason": "khóa do người chấm tạo ra", "actor": author}
    _, key = await create_key(house.runtime.database, pepper=PEPPER, roles=["publisher"], now=NOW, **words)
    own = await seeds.run(actor=author.id)
    body = {"run_id": own["run_id"], "plan": await house.seen(own["run_id"]), "reason": REASON}
    answer = await house.client.post(f"{API}/publications", headers={"authorization": f"Bearer {key}"}, json=body)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "same-person")


async def test_a_run_is_published_once(house: House, seeds: Seeds) -> None:
    published = await seeds.publish("2026-02", version=1)
    answer = await house.publish(published.run_id)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "already-published")
    assert (await house.publish("run_" + "0" * 26)).status_code == 404
    shown = (await house.get(f"{API}/publications/{published.publication_id}", "reader")).json()
    assert (shown["run"], shown["version"], shown["digest"]) == (published.run_id, 1, published.digest)


async def test_the_publisher_who_sees_it_done_gets_it_as_the_latest(house: House, seeds: Seeds) -> None:
    """Even when the notification has not arrived: here nobody listens, and the cache is trusted all the same."""
    old = await seeds.publish("2026-03", version=1)
    run = await seeds.run("2026-03", actor=f"key:{house.ids['operator']}")
    asked = await house.publish(run["run_id"])
    scores = f"{API}/periods/2026-03/scores"
    assert (await house.get(scores)).headers["etag"] == f'"{old.digest}"'
    new = await seeds.publish("2026-03", version=2)

    async def done(job: Job) -> dict[str, Any]:
        return {"publication_id": new.publication_id, "period": "2026-03", "version": 2}

    await work(house, "scoring.publish", done)
    state = await house.get(asked.headers["location"], "publisher")
    assert state.json()["produced"] == f"{API}/publications/{new.publication_id}"
    assert (await house.get(scores)).headers["etag"] == f'"{new.digest}"'


async def supersede(house: House, snapshot: str, role: str = "operator", **more: Any) -> httpx.Response:
    return await house.post(f"{API}/snapshots/{snapshot}/supersessions", role, {"reason": REASON, **more})


async def test_superseding_takes_two_people(house: House, seeds: Seeds) -> None:
    snapshot = await seeds.freeze("ndxp")
    asked = await supersede(house, snapshot, as_of="2026-02-03T00:00:00+07:00")
    command_id, place = asked.json()["command_id"], asked.headers["location"]
    state = (await house.get(place, "reader")).json()
    assert (state["state"], state["approver"]) == ("awaiting_approval", None)
    assert await house.facts("SELECT * FROM queue.job_run WHERE command_id = :it", command_id) == []

    approved = await house.post(f"{place}/approvals", "publisher", {"reason": "đã kiểm tra"})
    assert (approved.status_code, approved.headers["location"]) == (202, place)
    state = (await house.get(place, "reader")).json()
    assert (state["state"], state["approver"]) == ("waiting", f"key:{house.ids['publisher']}")
    audit = await house.audit_of(command_id)
    assert [(row["action"], row["reason"]) for row in audit] == [
        ("command.supersede", REASON),
        ("approval.supersede", "đã kiểm tra"),
    ]
    again = await house.post(f"{place}/approvals", "publisher", {"reason": "lần nữa"})
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[1]) == (409, "already-approved")

    given: list[Any] = []

    async def done(job: Job) -> dict[str, Any]:
        given.append(dict(job.arguments))
        return {"snapshot_id": snapshot}

    await work(house, "ingest.supersede", done)
    assert given == [
        {
            "source": "ndxp",
            "period": "2026-01",
            "reason": REASON,
            "requested_by": f"key:{house.ids['operator']}",
            "approver": f"key:{house.ids['publisher']}",
            "as_of": "2026-02-03T00:00:00+07:00",
        }
    ]
    assert (await house.get(place, "reader")).json()["produced"] == f"{API}/snapshots/{snapshot}"


async def test_an_instant_before_the_closing_or_to_come_stands_for_no_month(house: House, seeds: Seeds) -> None:
    """By the database's clock: a version as of before the cutoff, or of tomorrow, says what no source knew of the month."""
    snapshot = await seeds.freeze("ndxp", "2026-04")
    closed, ahead = datetime(2026, 5, 2, tzinfo=VIETNAM), datetime.now(UTC) + timedelta(hours=1)
    for wrong in (closed - timedelta(microseconds=1), ahead):
        answer = await supersede(house, snapshot, as_of=wrong.isoformat())
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/as_of")
        assert answer.json()["errors"][0]["expected"].startswith(f"từ {closed.isoformat()} đến ")
    assert await house.facts("SELECT * FROM control.command WHERE arguments ->> 'snapshot_id' = :it", snapshot) == []
    assert (await supersede(house, snapshot, as_of=closed.isoformat())).status_code == 202


async def test_a_reason_that_bears_a_classification_marker_is_refused_and_not_kept(house: House, seeds: Seeds) -> None:
    """Why a version was superseded is published with it (ADR 28)."""
    snapshot = await seeds.freeze("public_service_portal")
    answer = await supersede(house, snapshot, reason="TỐI MẬT: theo hồ sơ 12")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "classified-content")
    assert "hồ sơ 12" not in answer.text
    assert await house.facts("SELECT * FROM control.command WHERE arguments ->> 'snapshot_id' = :it", snapshot) == []


async def test_nobody_approves_their_own_request(house: House, seeds: Seeds) -> None:
    snapshot = await seeds.freeze("finance")
    asked = await supersede(house, snapshot, "publisher")
    answer = await house.post(f"{asked.headers['location']}/approvals", "publisher", {"reason": "tôi tự duyệt"})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "same-person")
    assert await house.facts("SELECT * FROM control.approval WHERE command_id = :it", asked.json()["command_id"]) == []


async def test_a_request_is_taken_back_by_who_asked_and_refused_by_a_publisher(house: House, seeds: Seeds) -> None:
    for snapshot, role, state in (("finance", "operator", "taken_back"), ("system57", "publisher", "refused")):
        asked = await supersede(house, await seeds.freeze(snapshot, "2026-02"))
        command_id, place = asked.json()["command_id"], asked.headers["location"]
        (waits,) = [each for each in await waiting(house) if each["request_id"] == command_id]
        assert (waits["kind"], waits["reason"], waits["place"]) == ("supersession", REASON, place)
        ended = await house.post(waits["refusals"], role, {"reason": "không còn cần"})
        assert (ended.status_code, ended.json()["state"], ended.json()["end_reason"]) == (201, state, "không còn cần")
        assert command_id not in [each["request_id"] for each in await waiting(house)]
        assert [row["action"] for row in await house.audit_of(command_id)] == ["command.supersede", f"request.{state}"]
        for again in (waits["approvals"], waits["refusals"]):
            answer = await house.post(again, "publisher", {"reason": "lần nữa"})
            assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "decision-ended")
        assert await house.facts("SELECT * FROM queue.job_run WHERE command_id = :it", command_id) == []


async def test_what_was_approved_is_ended_by_nobody_and_another_operator_refuses_nothing(house: House, seeds: Seeds) -> None:
    asked = await supersede(house, await seeds.freeze("finance", "2026-05"), "publisher")
    place = asked.headers["location"]
    refused = await house.post(f"{place}/refusals", "operator", {"reason": "không đồng ý"})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (403, "not-allowed")
    assert (await house.post(f"{place}/refusals", "publisher", {"reason": "rút"})).status_code == 201

    asked = await supersede(house, await seeds.freeze("ndxp", "2026-05"))
    place = asked.headers["location"]
    assert (await house.post(f"{place}/approvals", "publisher", {"reason": "đồng ý"})).status_code == 202
    late = await house.post(f"{place}/refusals", "operator", {"reason": "rút"})
    assert (late.status_code, late.json()["type"].rsplit("/", 1)[1]) == (409, "already-approved")


async def test_a_restoration_is_taken_back(house: House, seeds: Seeds) -> None:
    former = await seeds.publish("2026-04", version=1)
    await seeds.publish("2026-04", version=2)
    asked = await house.post(f"{API}/publications", "publisher", {"restores": former.publication_id, "reason": REASON})
    (waits,) = [each for each in await waiting(house) if each["request_id"] == asked.json()["command_id"]]
    assert (waits["kind"], waits["about"]) == ("restoration", former.publication_id)
    ended = await house.post(waits["refusals"], "publisher", {"reason": "không còn cần"})
    assert (ended.status_code, ended.json()["state"]) == (201, "taken_back")


async def waiting(house: House) -> list[dict[str, Any]]:
    answer = await house.get(f"{API}/waiting-requests", "reader")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_only_the_latest_snapshot_is_superseded(house: House, seeds: Seeds) -> None:
    first = await seeds.freeze("national_database")
    second = await seeds.freeze("national_database", version=2, supersedes=first)
    answer = await supersede(house, first)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "not-latest-snapshot")
    assert (await supersede(house, second)).status_code == 202
    assert (await supersede(house, "snap_none")).status_code == 404
    stray = f"{API}/snapshots/{first}/supersessions/cmd_{'0' * 26}"
    assert (await house.get(stray, "reader")).status_code == 404
    assert (await house.post(f"{stray}/approvals", "publisher", {"reason": "x"})).status_code == 404
