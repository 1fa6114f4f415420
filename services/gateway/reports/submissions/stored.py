"""How a revision and its findings lie in the database: compressed, whole, and found again as they were. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import zstandard

from services.gateway.reports.form.cell_values import counted
from services.gateway.reports.form.form import Form
from services.gateway.reports.form.report import Finding, SentReport
from services.gateway.reports.form.sent_document import sent_as_json, sent_from_json
from services.gateway.reports.rules.findings_files import as_ndjson
from shared.canonical import canonical_bytes, sha256_hex

WHOLE = "whole"
ONE_ROW = "report"
_LEVEL = 3
_findings = msgspec.json.Decoder(Finding)


def packed(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(data)


def unpacked(data: bytes) -> bytes:
    """Only of what ``packed`` made: the size is taken from the frame."""
    return zstandard.ZstdDecompressor().decompress(bytes(data))


def pack_sent(sent: SentReport) -> bytes:
    return packed(msgspec.json.encode(sent_as_json(sent)))


def unpack_sent(data: bytes) -> SentReport:
    return sent_from_json(msgspec.json.decode(unpacked(data)))


def pack_findings(findings: Iterable[Finding]) -> bytes:
    return packed(as_ndjson(findings))


def unpack_findings(data: bytes) -> tuple[Finding, ...]:
    """All of them, in the order they were found."""
    return tuple(_findings.decode_lines(unpacked(data)))


def tag_of(submission_id: str, number: int, scope: str, file_digest: str) -> str:
    """What If-Match names a revision by: its place in the submission and the digest of what was sent."""
    return sha256_hex(canonical_bytes([submission_id, str(number), scope, file_digest]))


def begun_tag(submission_id: str, body: bytes) -> str:
    """The tag of what is known before there is any content: of these bytes, and told to be of no revision yet."""
    return f"{_no_revision(submission_id)}.{sha256_hex(body)}"


def begun_by(named: str, submission_id: str) -> bool:
    """Whether an entry of If-Match is such a tag of this submission, whatever was known when it was read."""
    return named.strip().startswith(f'"{_no_revision(submission_id)}.')


def _no_revision(submission_id: str) -> str:
    return tag_of(submission_id, 0, WHOLE, "")


def plain_report(sent: SentReport, form: Form) -> dict[str, Any]:
    """The report's JSON form, whether or not its cells can be understood; counts are whole numbers whatever it was sent in."""
    return {
        name: told[0] if name == ONE_ROW else told
        for name, rows in sent.sections.items()
        for told in [[counted(row.values, form.section(name)) for row in rows]]
        if name != ONE_ROW or told
    }
