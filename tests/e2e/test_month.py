"""A month closes over REST, the same in one process and in three services with two extra workers (Done when 4)."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.sandbox.environment import variables as source_settings
from services.cli import site as local
from services.cli.demo.people import agency_keys as keys_of_bodies
from shared.period import Period
from shared.postgres import EmbeddedPostgres
from shared.service import Platform
from tests.conftest import TEMPLATE
from tests.e2e import processes
from tests.e2e.processes import ROOT, Process, bangdiem, environment, stop_all

PERIOD = "2026-01"
# A deadline is moved to an instant that is still to come, never to one that passed.
CLOSES_IN = timedelta(seconds=3)
SCRIPTED = "H38"
REPORTED = ("agency_report", "government_office")
NETWORK = ("system57", "public_service_portal", "ndxp", "national_database", "finance")
DEPLOYMENTS = {
    "all-in-one": [("up",)],
    "three services, two extra workers": [
        ("run", "gateway"),
        ("run", "ingest"),
        ("run", "scoring"),
        ("run", "ingest"),
        ("run", "scoring"),
    ],
}
PATIENCE = 90.0
WHY = {"reason": "thử từ đầu đến cuối (dữ liệu mô phỏng)"}
# In every run test_demo closes the same month in one process.
pytestmark = pytest.mark.slow("a whole month by real processes, 56 bodies' reports sent twice, in two deployments")


@dataclass
class Site:
    """A deployment under test: its REST client per role, and what is needed for commands of the terminal."""

    url: str
    keys: dict[str, str]
    env: dict[str, str]
    folder: Path
    agency_keys: Path

    def client(self, role: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.keys[role]}"} if role else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def done(self, role: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST a command and poll its 202 to the end."""
        with self.client(role) as client:
            answer = client.post(path, json=body)
            assert answer.status_code == 202, answer.text
            end = time.monotonic() + PATIENCE
            while True:
                state = client.get(answer.headers["Location"])
                assert state.status_code == 200, state.text
                found: dict[str, Any] = state.json()
                if found["state"] in ("succeeded", "failed"):
                    return found
                assert time.monotonic() < end, found
                time.sleep(0.1)


@pytest.fixture(scope="module", params=DEPLOYMENTS, ids=lambda name: name.replace(" ", "-").replace(",", ""))
def site(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("e2e")
    name = f"test_e2e_{list(DEPLOYMENTS).index(request.param)}"
    postgres.create_database(name, template=TEMPLATE)
    with processes.sandbox(folder) as described:
        env = environment(
            DATABASE_URL=postgres.dsn("app", database=name).url,
            BANGDIEM_DATA_DIR=str(folder),
            BANGDIEM_GATEWAY_KEY_PEPPER="e2e-pepper-of-thirty-two-characters-or-more",
            **source_settings(described),
        )
        keys = {
            role: bangdiem("key", "create", f"e2e {role}", "--role", role, "--reason", "thử", env=env).stdout.strip()
            for role in ("operator", "publisher", "reader")
        }
        second = ("key", "create", "e2e second publisher", "--role", "publisher", "--reason", "thử")
        keys["approver"] = bangdiem(*second, env=env).stdout.strip()
        # The processes have the pepper from their environment; what runs in this one finds it in the folder.
        local.private_text(folder / local.PEPPER, env["BANGDIEM_GATEWAY_KEY_PEPPER"])
        opened = local.Site(folder, Platform(env["DATABASE_URL"]), None, None)
        agency_keys = asyncio.run(keys_of_bodies(opened, Period.parse(PERIOD)))
        started = []
        for words in DEPLOYMENTS[request.param]:
            port = ("--port", "0") if words[-1] in ("up", "gateway") else ()
            started.append(Process(*words, *port, env=env))
        url = started[0].wait_for(r"REST: (http://\S+)/api/v1")[1]
        wait_until_ready(url)
        yield Site(url, keys, env, folder, agency_keys)
        codes = stop_all(started)
        assert codes == [0] * len(codes), [process.lines for process in started]
    postgres.drop_database(name)


def move_deadline(site: Site, source: str, *, after: timedelta) -> None:
    """The month's report deadline, so far from now, as a calendar row."""
    falls_at = (datetime.now(UTC) + after).isoformat()
    row = {"source": source, "period": PERIOD, "kind": "report_deadline", "falls_at": falls_at, **WHY}
    decide(site, "calendar", row)


def decide(site: Site, resource: str, *rows: dict[str, Any]) -> None:
    """One publisher asks, another approves."""
    with site.client("publisher") as one, site.client("approver") as other:
        for row in rows:
            asked = one.post(f"/api/v1/{resource}", json=row)
            assert asked.status_code == 201, asked.text
            decision = asked.headers["Location"].rpartition("/")[2]
            agreed = other.post(f"/api/v1/decisions/{decision}/approvals", json=WHY)
            assert agreed.status_code == 201, agreed.text


def sent_by(site: Site, program: str) -> str:
    """The last line of what a program of people outside says when it has sent everything."""
    words = ["-m", program, PERIOD, "--url", site.url, "--keys", str(site.agency_keys)]
    done = subprocess.run([sys.executable, *words], env=site.env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def wait_until_ready(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)


def test_nothing_is_published_at_first(site: Site) -> None:
    with site.client() as client:
        answer = client.get(f"/api/v1/periods/{PERIOD}/scores")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("source", NETWORK)
def test_each_source_freezes_once(site: Site, source: str) -> None:
    body = {"source": source, "period": PERIOD, **WHY}
    first = site.done("operator", "/api/v1/freezes", body)
    again = site.done("operator", "/api/v1/freezes", body)
    assert first["state"] == "succeeded", first
    assert first["result"]["snapshot_id"] == again["result"]["snapshot_id"]
    with site.client("reader") as client:
        found = client.get("/api/v1/snapshots", params={"period": PERIOD, "source": source}).json()
    assert len(found["items"]) == 1


def test_the_deadline_of_a_month_long_over_is_moved_for_the_demo(site: Site) -> None:
    for source in REPORTED:
        move_deadline(site, source, after=timedelta(hours=1))


def test_a_body_reports_by_the_script_of_the_manual(site: Site) -> None:
    """docs/examples/send_report.py as it stands, for one body (Done when 1 of issue B)."""
    keys = site.folder / "script-keys.json"
    keys.write_text(json.dumps(json.loads(site.agency_keys.read_text("utf-8"))[SCRIPTED]))
    command = [sys.executable, str(ROOT / "docs" / "examples" / "send_report.py"), site.url, SCRIPTED, PERIOD, str(keys)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fatal: /registered_tasks/1/registered_on" in done.stdout
    assert "dòng 2 của hệ thống chúng tôi" in done.stdout
    assert re.search(r"9 receipt +200 +receipt_number=BN-2026-01-H38-", done.stdout)
    assert done.stdout.rstrip().endswith(": in time")


def test_the_others_report_by_their_own_systems(site: Site) -> None:
    for _ in range(2):  # the second time there is nothing to send
        assert sent_by(site, "deploy.sandbox.agencies").startswith("56 báo cáo, biên nhận BN-2026-01-G01-")


def test_officers_keep_the_registers(site: Site) -> None:
    assert sent_by(site, "deploy.sandbox.offices") == sent_by(site, "deploy.sandbox.offices")


@pytest.mark.parametrize("source", REPORTED)
def test_what_people_reported_freezes_after_the_deadline(site: Site, source: str) -> None:
    move_deadline(site, source, after=CLOSES_IN)
    time.sleep(CLOSES_IN.total_seconds())
    frozen = site.done("operator", "/api/v1/freezes", {"source": source, "period": PERIOD, **WHY})
    assert frozen["state"] == "succeeded", frozen
    assert frozen["result"]["origin"] == "intake"


def test_what_was_recorded_late_is_taken_in_by_two_people(site: Site) -> None:
    """Without a second look nothing is published: the one as of the law's report deadline finds some of it (SNP-14)."""
    place = f"/api/v1/periods/{PERIOD}/holds"
    with site.client("reader") as reader:
        assert [hold["kind"] for hold in reader.get(place).json()["holds"]] == ["look_missing"]
        looked = site.done("operator", "/api/v1/second-looks", {"source": "system57", "period": PERIOD, **WHY})
        assert looked["state"] == "succeeded", looked
        found = reader.get(place).json()["holds"]
        assert "recorded_late" in {hold["kind"] for hold in found} <= {"recorded_late", "taken_back"}
        snapshot = found[0]["evidence"]["snapshot"]
        with site.client("operator") as one, site.client("publisher") as other:
            asked = one.post(f"/api/v1/snapshots/{snapshot}/supersessions", json={"takes": "changed_completions", **WHY})
            assert asked.status_code == 202, asked.text
            agreed = other.post(f"{asked.headers['Location']}/approvals", json=WHY)
            assert agreed.status_code == 202, agreed.text
        end = time.monotonic() + PATIENCE
        while reader.get(place).json()["holds"]:
            assert time.monotonic() < end, "what was found is taken in"
            time.sleep(0.1)


def seen(site: Site, run_id: str) -> dict[str, Any]:
    """What a publisher sends who has read what the run would change."""
    with site.client("publisher") as client:
        plan = client.get(f"/api/v1/score-runs/{run_id}/readiness").json()["plan"]
    return {"run_id": run_id, "plan": plan["digest"], **WHY}


def test_a_provisional_run_cannot_be_published(site: Site) -> None:
    run = site.done("operator", "/api/v1/score-runs", {"period": PERIOD, **WHY})
    assert run["state"] == "succeeded", run
    assert run["result"]["provisional"] is True
    assert run["result"]["agrees"] is True
    failed = site.done("publisher", "/api/v1/publications", seen(site, run["result"]["run_id"]))
    assert failed["state"] == "failed"
    assert failed["problem"]["type"].endswith("run-not-publishable")


def test_bodies_without_procedures_are_exempted_by_document(site: Site) -> None:
    span = {"valid_from": PERIOD, "document": "01/DEMO", **WHY}
    bodies, indicators = ("G27", "G28", "G30", "G31", "G32"), ("B1", "B2", "B3", "B4", "B5")
    decide(site, "applicability", *({"agency": body, "indicator": code, **span} for body in bodies for code in indicators))


def test_the_complete_run_is_published_by_another_person_and_read_by_all(site: Site) -> None:
    run = site.done("operator", "/api/v1/score-runs", {"period": PERIOD, **WHY})["result"]
    assert (run["provisional"], run["agrees"]) == (False, True)
    again = site.done("operator", "/api/v1/score-runs", {"period": PERIOD, **WHY})["result"]
    assert again["run_id"] == run["run_id"]
    published = site.done("publisher", "/api/v1/publications", seen(site, run["run_id"]))
    assert published["state"] == "succeeded", published
    with site.client() as client:
        sheet = client.get(f"/api/v1/periods/{PERIOD}/scores")
        same = client.get(f"/api/v1/periods/{PERIOD}/scores", headers={"If-None-Match": sheet.headers["etag"]})
    assert (sheet.status_code, same.status_code, same.content) == (200, 304, b"")
    document = sheet.json()
    assert (document["version"], document["run"], document["provisional"]) == (1, run["run_id"], False)
    assert len(document["agencies"]) == 56
    assert {line["grade"] for line in document["agencies"]} <= {"A", "B", "C", "D"}
    assert len({found for line in document["agencies"] for found in line["indicators"]["A1"]["snapshots"]}) == 1


def test_the_scripts_figures_stand_in_the_sheet_with_their_trail(site: Site) -> None:
    with site.client("reader") as reader:
        body = reader.get(f"/api/v1/periods/{PERIOD}/scores/{SCRIPTED}").json()["agencies"][0]
        frozen = reader.get("/api/v1/snapshots", params={"period": PERIOD, "source": "agency_report"}).json()["items"]
    assert body["indicators"]["D1"]["snapshots"] == [frozen[-1]["snapshot_id"]]
    assert (body["measures"]["accepted_tasks"], body["measures"]["registered_tasks"]) == ("1", "2")
    assert body["indicators"]["D1"]["points"] == "5.00"


def test_the_run_replays_to_the_same_bytes(site: Site) -> None:
    with site.client() as client:
        run_id = client.get(f"/api/v1/periods/{PERIOD}/scores").json()["run"]
    done = bangdiem("replay", run_id, "--json", env=site.env)
    assert '"same": true' in done.stdout


def test_who_holds_no_key_gets_401_and_who_lacks_the_role_403(site: Site) -> None:
    body = {"period": PERIOD, **WHY}
    with site.client() as nobody, site.client("reader") as reader:
        assert nobody.post("/api/v1/score-runs", json=body).status_code == 401
        assert reader.post("/api/v1/score-runs", json=body).status_code == 403
