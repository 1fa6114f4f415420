"""An official file signed by the body that supplies the source, imported at the terminal (Art. 7.7). Figures are made up."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from services.gateway.access.auth import create_key
from services.gateway.signatures.mandates import Wanted, approve_mandate, request_mandate
from shared.audit import Actor
from shared.canonical import sha256_hex
from shared.database import Database
from shared.period import Period
from shared.signature import payloads
from shared.timer import now
from tests.conftest import TestDatabase
from tests.contract.signing import Signing
from tests.e2e.processes import bangdiem, environment
from tests.integration.ingest.files import ndxp_table

MONTH, AGENCY = "2026-01", "G12"
PEPPER = "pepper-of-thirty-two-characters-or-more"
WORDS = ("--document", "1/CV (minh họa)", "--author", "Cơ quan minh họa", "--reason", "thử")
ADMINISTRATORS = [Actor(f"local:{name}", frozenset({"system_administrator"})) for name in ("một", "hai")]


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing.trusted_in(tmp_path, now=now())


@pytest.fixture
async def env(database: TestDatabase, signing: Signing, tmp_path: Path) -> dict[str, str]:
    """With a mandate for the person who signs."""
    at = Database(database.app_url, role="gateway", pool_size=2)
    wanted = Wanted(AGENCY, signing.certificate, "Người ký minh họa", now().date(), None, "1/QĐ (minh họa)", "thử")
    asked = await request_mandate(at, actor=ADMINISTRATORS[0], wanted=wanted, now=now())
    await approve_mandate(at, actor=ADMINISTRATORS[1], agency=AGENCY, mandate_id=asked.mandate_id, reason="thử", now=now())
    _, key = await create_key(
        at, pepper=SecretStr(PEPPER), actor=Actor("local:tests"), holder="Cán bộ", roles=["operator", "reader"], agency=None,
        reason="thử", now=now(),
    )  # fmt: skip
    await at.close()
    return environment(
        DATABASE_URL=database.app_url,
        BANGDIEM_KEY=key,
        BANGDIEM_DATA_DIR=str(tmp_path / "site"),
        BANGDIEM_GATEWAY_KEY_PEPPER=PEPPER,
        BANGDIEM_GATEWAY_SIGNATURE_ROOTS=str(signing.settings["signature_roots"]),
        BANGDIEM_GATEWAY_SIGNATURE_REVOCATION_LISTS=str(signing.settings["signature_revocation_lists"]),
    )


def test_a_signed_file_is_frozen_with_its_signature_and_an_altered_one_is_not(
    env: dict[str, str], signing: Signing, tmp_path: Path, database: TestDatabase
) -> None:
    files = ndxp_table(Period.parse(MONTH), [("G06", 120), ("H38", 7)])
    paths = [tmp_path / file.name for file in files]
    for file, path in zip(files, paths, strict=True):
        path.write_bytes(file.body)
    act = ("import", "ndxp", MONTH, *map(str, paths), *WORDS, "--signed-for", AGENCY)
    unsigned = bangdiem(*act, env=env, check=False)
    assert (unsigned.returncode, unsigned.stderr.count(".jws")) == (2, 2), unsigned.stderr
    for path in paths:
        payload = payloads.of_file(sha256_hex(path.read_bytes()), agency=AGENCY, period=MONTH)
        path.with_name(path.name + ".jws").write_text(signing.sign(payload, now()) + "\n")
    whole = paths[0].read_bytes()
    paths[0].write_bytes(whole.replace(b"120", b"121"))
    altered = bangdiem(*act, env=env, check=False)
    assert (altered.returncode, "Chữ ký" in altered.stderr) == (2, True), altered.stderr
    paths[0].write_bytes(whole)
    made = json.loads(bangdiem(*act, "--json", env=env).stdout)
    assert made["origin"] == "official_file"
    frozen = _evidence(database, made["snapshot_id"])
    signed = {each["name"]: each for each in frozen["official_file"]["signatures"]}
    assert set(signed) == {path.name for path in paths}
    assert {each["agency"] for each in signed.values()} == {AGENCY}
    assert signed[paths[0].name]["sha256"] == sha256_hex(whole)


def _evidence(database: TestDatabase, snapshot_id: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    with psycopg.connect(database.superuser_url) as at:
        found = at.execute("SELECT evidence FROM ingest.snapshot WHERE snapshot_id = %s", [snapshot_id]).fetchone()
    assert found is not None
    evidence: dict[str, dict[str, list[dict[str, str]]]] = found[0]
    return evidence
