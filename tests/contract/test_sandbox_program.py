"""The sandbox as a program: access, paging, refusals, the port file, and how it ends."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.sandbox.server import options, running
from tests.unit.sandbox.client import AS_OF, DATASETS, Reader, control_of

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 20.0


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with running(options(seed=4585)) as port_file, httpx.Client(timeout=30) as http:
        yield Reader(port_file, http)


def waited(what: str, found: Any) -> Any:
    """Poll ``found`` until it gives something true; fail after the deadline."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    pytest.fail(f"{what} did not happen within {DEADLINE} s")


def gone(pid: int) -> bool:
    """Whether a process has ended; a zombie whose parent has not looked yet has ended too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
    except FileNotFoundError:
        return True


@pytest.fixture
def port_file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.json"


def start(port_file: Path, *more: str, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "deploy.sandbox", "--port", "0", "--port-file", str(port_file), *more]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})})


def described(port_file: Path) -> dict[str, Any]:
    waited("the port file", port_file.exists)
    found: dict[str, Any] = json.loads(port_file.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(("source", "dataset"), DATASETS)
def test_a_token_of_the_same_source_or_an_api_key_opens_the_data(reader: Reader, source: str, dataset: str) -> None:
    own = reader.source(source)
    form = {"grant_type": "client_credentials"}
    granted = reader.http.post(own["token_url"], data=form, auth=(own["client_id"], own["client_secret"]))
    assert granted.headers["Cache-Control"] == "no-store"
    token = granted.json()["access_token"]
    in_form = form | {"client_id": own["client_id"], "client_secret": own["client_secret"]}
    assert reader.http.post(own["token_url"], data=in_form).status_code == 200
    statuses = {
        "token": reader.page(source, dataset, headers={"Authorization": f"Bearer {token}"}).status_code,
        "key": reader.page(source, dataset).status_code,
        "nothing": reader.page(source, dataset, headers={}).status_code,
        "wrong key": reader.page(source, dataset, headers={"X-API-Key": "x"}).status_code,
        "wrong token": reader.page(source, dataset, headers={"Authorization": "Bearer x"}).status_code,
    }
    assert statuses == {"token": 200, "key": 200, "nothing": 401, "wrong key": 401, "wrong token": 401}
    stranger = "finance" if source != "finance" else "ndxp"
    other = dict(DATASETS)[stranger]
    assert reader.page(stranger, other, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_wrong_client_credentials_get_no_token(reader: Reader) -> None:
    own = reader.source("ndxp")
    refused = reader.http.post(own["token_url"], data={"grant_type": "client_credentials"}, auth=(own["client_id"], "wrong"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    other = reader.http.post(own["token_url"], data={"grant_type": "password"}, auth=(own["client_id"], own["client_secret"]))
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")


def test_tokens_expire() -> None:
    with running(options(seed=4585, token_seconds=0.2)) as content, httpx.Client() as http:
        reader = Reader(content, http)
        own = reader.source("ndxp")
        granted = http.post(
            own["token_url"], data={"grant_type": "client_credentials"}, auth=(own["client_id"], own["client_secret"])
        )
        headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
        assert waited("expiry", lambda: reader.page("ndxp", "exchange_volumes", headers=headers).status_code == 401)


@pytest.mark.parametrize("size", [1, 17, 1000])
def test_pages_of_any_size_hold_the_same_rows(reader: Reader, size: int) -> None:
    for source, dataset in (("ndxp", "exchange_volumes"), ("public_service_portal", "service_scores")):
        assert reader.rows(source, dataset, size=size) == reader.rows(source, dataset)


def test_a_page_token_is_good_for_its_own_question_only(reader: Reader) -> None:
    token = reader.page("ndxp", "exchange_volumes", size=10).json()["next_page"]
    assert reader.page("ndxp", "exchange_volumes", size=10, page=token).status_code == 200
    for more in ({"period": "2026-02"}, {"as_of": "2026-02-03T00:00:00+07:00"}):
        assert reader.page("ndxp", "exchange_volumes", size=10, page=token, **more).json()["code"] == "BAD_PAGE"  # type: ignore[arg-type]
    assert reader.page("finance", "investments", size=10, page=token).json()["code"] == "BAD_PAGE"
    assert reader.page("ndxp", "exchange_volumes", size=10, page="garbage").json()["code"] == "BAD_PAGE"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"period": "2026-13"}, 400, "BAD_PERIOD"),
        ({"period": "2025-12"}, 404, "PERIOD_UNKNOWN"),
        ({"as_of": "2026-02-02T00:00:00"}, 400, "BAD_AS_OF"),
        ({"as_of": "soon"}, 400, "BAD_AS_OF"),
        ({"size": 0}, 400, "BAD_NUMBER"),
    ],
)
def test_questions_that_make_no_sense_are_refused(reader: Reader, asked: dict[str, Any], status: int, code: str) -> None:
    refused = reader.page("ndxp", "exchange_volumes", **asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_an_unknown_dataset_is_404(reader: Reader) -> None:
    base, key = reader.source("ndxp")["base_url"], reader.source("ndxp")["api_key"]
    refused = reader.http.get(f"{base}/api/v1/investments", params={"period": "2026-01"}, headers={"X-API-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (404, "UNKNOWN_DATASET")


def test_the_portal_serves_its_month_view_only(reader: Reader) -> None:
    own = reader.source("public_service_portal")
    url = f"{own['base_url']}/api/v1/reporting/evaluation/service-results"
    body = {"timeType": "year", "year": 2026, "month": 1, "departmentType": "ADMINISTRATIVE_UNIT", "asOf": AS_OF}
    refused = reader.http.post(url, json=body, headers={"X-API-Key": own["api_key"]})
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_VIEW")
    assert reader.http.post(url, content=b"[", headers={"X-API-Key": own["api_key"]}).json()["code"] == "BAD_JSON"


def test_requests_are_remembered_for_the_tests_to_read(reader: Reader) -> None:
    url = reader.port_file["admin"]["requests_url"]
    reader.http.delete(url, headers=reader.admin)
    key = {"X-API-Key": reader.source("ndxp")["api_key"], "X-Request-Id": "ours-7"}
    answer = reader.page("ndxp", "exchange_volumes", headers=key)
    (seen,) = reader.http.get(url, headers=reader.admin).json()
    wanted = {"source": "ndxp", "dataset": "exchange_volumes", "page": 1, "as_of": AS_OF, "status": 200, "request_id": "ours-7"}
    assert wanted.items() <= seen.items()
    assert seen["source_request_id"] == answer.headers["X-Source-Request-Id"]


def test_any_number_of_rows_is_served_with_its_totals(port_file: Path) -> None:
    process = start(port_file, "--tasks", "12000", "--signature", "none")
    try:
        with httpx.Client(timeout=60) as http:
            payloads = list(Reader(described(port_file), http).pages("system57", "task_assignments"))
    finally:
        process.terminate()
        process.wait(DEADLINE)
    rows = [row for payload in payloads for row in payload["rows"]]
    assert len(rows) == 12_000
    assert control_of(payloads[0]) == {"rows": 12_000, "sums": {"percent": str(sum(row["percent"] for row in rows))}}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(port_file: Path, number: signal.Signals) -> None:
    process = start(port_file)
    content = described(port_file)
    assert port_file.stat().st_mode & 0o777 == 0o600
    waited("health", lambda: _healthy(content["url"]))
    process.send_signal(number)
    assert process.wait(DEADLINE) == 0
    assert not port_file.exists(), "a port file tells of a running program"


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_it_dies_with_a_parent_that_is_killed(port_file: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-m', 'deploy.sandbox', '--die-with-parent', '--port-file', sys.argv[1]])\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(port_file)], cwd=ROOT)
    pid = described(port_file)["pid"]
    assert not gone(pid)
    parent.kill()
    parent.wait(DEADLINE)
    waited("the sandbox's end", lambda: gone(pid))


def test_secrets_come_from_the_environment_when_given(port_file: Path) -> None:
    given = {"SANDBOX_CLIENT_SECRET": "s1", "SANDBOX_API_KEY": "k1", "SANDBOX_ADMIN_TOKEN": "a1"}
    process = start(port_file, environment=given)
    try:
        content = described(port_file)
    finally:
        process.terminate()
        process.wait(DEADLINE)
    assert content["admin"]["token"] == "a1"
    assert {(one["client_secret"], one["api_key"]) for one in content["sources"].values()} == {("s1", "k1")}


def test_generated_secrets_differ_from_start_to_start() -> None:
    one, two = options(seed=1), options(seed=1)
    assert one.admin_token != two.admin_token
    assert one.credentials["ndxp"].client_secret != two.credentials["ndxp"].client_secret


def test_nothing_of_the_product_is_imported() -> None:
    for path in sorted((ROOT / "deploy" / "sandbox").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("services", "shared", "migrations")], path
