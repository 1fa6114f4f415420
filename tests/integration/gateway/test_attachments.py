"""Evidence of a report: digest, type, size, scanner, state, and who may read it (INT-14). All files are made here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway.reports.attachment_policy import DOCX, JPEG, PDF, PNG, XLSX, XML
from tests.conftest import TestDatabase
from tests.integration.gateway.conftest import API, House, opened_house
from tests.integration.gateway.reports import Body, report

VIRUS = b"EVIL-MARK"


def office(folder: str, *more: str, text: str = "Biên bản nghiệm thu") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            parts.writestr(name, f"<w:p><w:t>{text}</w:t></w:p>")
    return packed.getvalue()


GOOD = {
    PDF: ("bien-ban.pdf", b"%PDF-1.7\n%demo data"),
    PNG: ("anh.png", b"\x89PNG\r\n\x1a\n demo"),
    JPEG: ("anh.JPG", b"\xff\xd8\xff\xe0 demo"),
    XML: ("so-lieu.xml", "<?xml version='1.0'?><a>số liệu minh họa</a>".encode()),
    DOCX: ("Biên bản số 1.docx", office("word")),
    XLSX: ("phu-luc.xlsx", office("xl")),
}


def declared(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


async def attach(body: Body, sequence: int, media_type: str, name: str, data: bytes, **about: Any) -> httpx.Response:
    headers = {"content-type": media_type, "content-digest": declared(data), **about.pop("headers", {})}
    query = {"section": about.pop("section", "registered_tasks"), "name": name}
    place = f"/{sequence}/attachments"
    headers = {key: value for key, value in headers.items() if value is not None}
    return await body.ask("POST", place, about.pop("role", "drafter"), params=query, headers=headers, content=data)


async def count(house: House) -> int:
    return int((await house.facts("SELECT count(*) AS n FROM intake.attachment"))[0]["n"])


@pytest.fixture
async def draft(house: House) -> AsyncIterator[tuple[Body, int]]:
    """H38's March, a draft that is reverted at the end."""
    body = Body(house, "H38", "2026-03")
    sequence = await body.begin()
    yield body, sequence
    await body.post(f"/{sequence}/reverts", "drafter", {"reason": "kiểm thử xong"})


@pytest.mark.parametrize("media_type", GOOD)
async def test_what_is_sent_is_what_is_read(house: House, draft: tuple[Body, int], media_type: str) -> None:
    body, sequence = draft
    name, data = GOOD[media_type]
    answer = await attach(body, sequence, media_type, name, data)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"{body.path}/{sequence}/attachments/{told['attachment_id']}"
    assert {key: told[key] for key in ("name", "media_type", "size", "sha256", "scan", "section")} == {
        "name": name,
        "media_type": media_type,
        "size": len(data),
        "sha256": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "scan": "not scanned",
        "section": "registered_tasks",
    }
    listed = (await body.get(f"/{sequence}/attachments")).json()["items"]
    assert listed == [told]
    read = await body.get(f"/{sequence}/attachments/{told['attachment_id']}")
    assert (read.content, read.headers["content-type"]) == (data, media_type)
    assert read.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert read.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert read.headers["x-content-type-options"] == "nosniff"
    again = await body.get(f"/{sequence}/attachments/{told['attachment_id']}", **{"if-none-match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    audit = await house.audit_of(told["attachment_id"])
    assert [(row["action"], row["detail"]["sha256"]) for row in audit] == [("attachment.add", told["sha256"])]


@pytest.mark.parametrize(
    ("media_type", "name", "data", "about", "status", "problem"),
    [
        (PDF, "a.pdf", b"%PDF-1", {"headers": {"content-digest": declared(b"%PDF-2")}}, 422, "content-digest-mismatch"),
        (PDF, "a.pdf", b"%PDF-1", {"headers": {"content-digest": None}}, 422, "input-invalid"),
        (PDF, "a.pdf", b"%PDF-1", {"headers": {"content-digest": "sha-512=:AAAA:"}}, 422, "input-invalid"),
        (PDF, "a.pdf", b"\x89PNG\r\n\x1a\n", {}, 422, "file-not-of-its-type"),
        (PNG, "a.png", b"%PDF-1", {}, 422, "file-not-of-its-type"),
        (DOCX, "a.docx", office("xl"), {}, 422, "file-not-of-its-type"),
        (DOCX, "a.docx", office("word", "word/vbaProject.bin"), {}, 422, "file-not-of-its-type"),
        (DOCX, "a.docx", b"PK\x03\x04 broken", {}, 422, "file-not-of-its-type"),
        (XML, "a.xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", {}, 422, "file-not-of-its-type"),
        (XML, "a.xml", b"MZ", {}, 422, "file-not-of-its-type"),
        (PDF, "a.exe", b"%PDF-1", {}, 422, "input-invalid"),
        (PDF, "../a.pdf", b"%PDF-1", {}, 422, "input-invalid"),
        (PDF, "", b"%PDF-1", {}, 422, "input-invalid"),
        (PDF, "a" * 200 + ".pdf", b"%PDF-1", {}, 422, "input-invalid"),
        (PDF, "a.pdf", b"%PDF-1", {"section": "nothing"}, 422, "input-invalid"),
        (PDF, "Tài liệu TUYỆT MẬT.pdf", b"%PDF-1", {}, 422, "classified-content"),
        (DOCX, "a.docx", office("word", text="TỐI MẬT"), {}, 422, "classified-content"),
        ("application/zip", "a.zip", b"PK\x03\x04", {}, 415, "media-type-unsupported"),
        ("text/html", "a.html", b"<script>", {}, 415, "media-type-unsupported"),
        (PDF, "a.pdf", b"%PDF-1", {"role": "signer"}, 403, "not-allowed"),
    ],
)
async def test_what_is_refused_leaves_no_file(
    house: House,
    draft: tuple[Body, int],
    media_type: str,
    name: str,
    data: bytes,
    about: dict[str, Any],
    status: int,
    problem: str,
) -> None:
    body, sequence = draft
    answer = await attach(body, sequence, media_type, name, data, **about)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, problem), answer.text
    assert (await body.get(f"/{sequence}/attachments")).json()["items"] == []
    assert "TUYỆT" not in answer.text.replace("Tuyệt mật", "")


async def test_a_marker_leaves_its_place_and_nothing_else(house: House, draft: tuple[Body, int]) -> None:
    body, sequence = draft
    before = await house.facts("SELECT count(*) AS n FROM intake.refusal")
    await attach(body, sequence, PDF, "Công văn MẬT số 5.pdf", b"%PDF-1")
    found = await house.facts("SELECT * FROM intake.refusal ORDER BY recorded_at DESC LIMIT 1")
    assert (await house.facts("SELECT count(*) AS n FROM intake.refusal"))[0]["n"] == before[0]["n"] + 1
    assert "số 5" not in str(found)


async def test_the_size_is_counted_while_it_comes(draft: tuple[Body, int]) -> None:
    body, sequence = draft
    limit = body.house.runtime.max_attachment_bytes

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(limit // 2**20 + 2):
            yield b"%" * 2**20

    place = f"/{sequence}/attachments"
    query, headers = {"section": "registered_tasks", "name": "a.pdf"}, {"content-type": PDF, "content-digest": declared(b"")}
    answer = await body.ask("POST", place, "drafter", params=query, headers=headers, content=endless())
    assert answer.status_code == 413
    exact = b"%PDF-" + b"0" * (limit - 5)
    assert (await attach(body, sequence, PDF, "a.pdf", exact)).status_code == 201


async def test_the_same_key_attaches_once(house: House, draft: tuple[Body, int]) -> None:
    body, sequence = draft
    before = await count(house)
    answers = [await attach(body, sequence, PDF, "a.pdf", b"%PDF-1", headers={"idempotency-key": "attach-1"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert await count(house) == before + 1


async def test_only_a_draft_takes_files_and_only_its_body_and_auditors_read_them(house: House) -> None:
    body = Body(house, "G01", "2026-02")
    sequence = await body.begin()
    await body.sent(sequence, report("G01", "2026-02"))
    made = (await attach(body, sequence, PDF, "a.pdf", b"%PDF-1")).json()
    file = f"/{sequence}/attachments/{made['attachment_id']}"
    place = f"{API}/agencies/G01/periods/2026-02/submissions{file}"
    assert (await house.get(place, "auditor")).status_code == 404  # not signed yet
    other = await house.client.get(place, headers=await house.bearer_of("G02", "agency_drafter"))
    assert other.status_code == 404
    await body.step(sequence, "handovers", "drafter")
    refused = await attach(body, sequence, PDF, "b.pdf", b"%PDF-2")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "content-locked")
    assert refused.json()["context"]["state"] == "in_review"
    await body.step(sequence, "approvals", "approver")
    digest = (await body.get(f"/{sequence}")).json()["content"]["digest"]
    await body.step(sequence, "signatures", "signer", {"digest": digest})
    for role, status in (("auditor", 200), ("reader", 200), ("operator", 403), ("publisher", 403)):
        assert (await house.get(place, role)).status_code == status
    for role in ("approver", "signer", "admin"):
        assert (await body.get(file, role)).content == b"%PDF-1"
    assert (await house.client.get(place, headers=await house.bearer_of("G02", "agency_signer"))).status_code == 404
    assert (await body.get(f"/{sequence}/attachments/att_{'0' * 26}")).status_code == 404


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real program with clamdscan's exit codes."""
    path = tmp_path_factory.mktemp("scanner") / "scan"
    path.write_text(f'#!/bin/sh\nif grep -q {VIRUS.decode()} -; then exit 1; fi\n[ ! -e "$0.broken" ] || exit 2\n')
    path.chmod(0o700)
    return path


async def test_the_scanner_is_asked_and_its_word_is_kept(database: TestDatabase, house: House, scanner: Path) -> None:
    del house
    async with opened_house(database, attachment_scanner=f"{scanner} -", attachment_scanner_seconds=20) as made:
        body = Body(made, "H41", "2026-03")
        sequence = await body.begin()
        answer = await attach(body, sequence, PDF, "a.pdf", b"%PDF-1")
        assert (answer.status_code, answer.json()["scan"]) == (201, "clean: scan")
        answer = await attach(body, sequence, PDF, "a.pdf", b"%PDF-1 " + VIRUS)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "malicious-file")
        await asyncio.to_thread(Path(f"{scanner}.broken").touch)
        answer = await attach(body, sequence, PDF, "a.pdf", b"%PDF-1")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "scanner-unavailable")
        assert len((await body.get(f"/{sequence}/attachments")).json()["items"]) == 1


@pytest.mark.parametrize("command", ["/no/such/program", "sleep 60"])
async def test_a_scanner_without_a_verdict_lets_nothing_through(database: TestDatabase, house: House, command: str) -> None:
    del house
    async with opened_house(database, attachment_scanner=command, attachment_scanner_seconds=0.3) as made:
        body = Body(made, "H42", "2026-03")
        sequence = await body.begin(test=True)
        before = os.times().elapsed
        answer = await attach(body, sequence, PDF, "a.pdf", b"%PDF-1")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "scanner-unavailable")
        assert os.times().elapsed - before < 20
