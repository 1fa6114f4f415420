"""A client generated from the committed document has every operation, and reads a published month as it is (PUB-19).

The generator and what it makes run in an environment of their own (`make install-client`): nothing of ours is there to be
imported, as with whoever generates a client elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.gateway.reports.form.canonical_report import digest_of, document_of
from tests.contract.served import API, FILE, HOME, Served
from tests.unit.intake.formats.make import DEMO

pytestmark = pytest.mark.slow("generates, formats and imports a client of some seven hundred modules")

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
BIN = Path(sys.prefix) / "client" / "bin"
PACKAGE = "bangdiem_client"
IMPORT_ALL = """
import importlib, pkgutil, bangdiem_client
for each in pkgutil.walk_packages(bangdiem_client.__path__, "bangdiem_client."):
    importlib.import_module(each.name)
    print(each.name)
"""

SEND = """
import json, sys
from bangdiem_client import AuthenticatedClient
from bangdiem_client.api.submissions import put_submission_content
from bangdiem_client.models import MonthlyReport1, PutSubmissionContentDryRun
url, key, sequence, report = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=key)
body = MonthlyReport1.from_dict(json.loads(report))
dry = PutSubmissionContentDryRun.TRUE
with client:
    taken = put_submission_content.sync("G06", "2026-01", int(sequence), client=client, body=body, dry_run=dry)
print(json.dumps(taken.to_dict()))
"""


def generated(document: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What the generator said; the package stands in the folder."""
    assert BIN.exists(), "there is no generator here: make install-client"
    config = EXAMPLES / "openapi-python-client.yaml"
    asked = ["generate", "--path", document, "--config", config, "--meta", "none", "--output-path", folder / PACKAGE, *more]
    # After generating it calls ruff, by its name.
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([BIN / "openapi-python-client", *asked], env=env, capture_output=True, text=True, check=False)


def run(folder: Path, *arguments: str | Path) -> str:
    """What a Python that knows the generated package and nothing of ours prints."""
    python = [BIN / "python", "-W", "error", "-P", *arguments]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(python, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the package."""
    folder = tmp_path_factory.mktemp("client")
    done = generated(FILE, folder, "--fail-on-warning")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("Generating ")] == []
    return folder


def test_every_operation_is_generated_and_all_of_it_imports(client: Path) -> None:
    paths = json.loads(FILE.read_text("utf-8"))["paths"].values()
    operations = sorted(operation["operationId"] for path in paths for operation in path.values())
    modules = [name.split(".") for name in run(client, "-c", IMPORT_ALL).split()]
    assert sorted(name[3] for name in modules if name[1] == "api" and len(name) == 4) == operations
    assert len(operations) > 200


def test_it_reads_a_published_month_with_the_same_points(client: Path, served: Served) -> None:
    sheet = served.session.get(f"{served.url}{API}/periods/2026-01/scores", timeout=30).json()
    wanted = []
    for body in sheet["agencies"]:
        points = (f"{code}={indicator['points']}" for code, indicator in sorted(body["indicators"].items()))
        wanted.append(" ".join([body["agency"], body["total_exact"], *points]))
    assert len(wanted) == 56
    assert run(client, EXAMPLES / "read_month.py", served.url, "2026-01").splitlines() == wanted


def test_it_sends_a_report_as_it_was_made(client: Path, served: Served) -> None:
    drafter = served.headers("agency_drafter")
    address = f"{served.url}{API}/agencies/{HOME}/periods/2026-01/submissions"
    draft = served.session.post(address, headers=drafter, json={"test": True}, timeout=30).json()
    report = json.dumps(document_of(DEMO))
    sent = run(client, "-c", SEND, served.url, served.keys["agency_drafter"], str(draft["sequence"]), report)
    assert json.loads(sent)["digest"] == digest_of(DEMO)


def test_a_shape_that_leads_nowhere_would_be_told(tmp_path: Path) -> None:
    """The generator ends with 0 all the same unless it is asked to fail on warnings, so it is asked."""
    document = json.loads(FILE.read_text("utf-8"))
    path = f"{API}/agencies/{{agency}}/units"
    document["paths"] = {path: document["paths"][path]}
    del document["components"]["schemas"]["UnitContact"]
    broken = tmp_path / "openapi.json"
    broken.write_text(json.dumps(document), "utf-8")
    done = generated(broken, tmp_path, "--fail-on-warning")
    assert done.returncode == 1
    assert f"WARNING parsing GET {path}" in done.stderr
