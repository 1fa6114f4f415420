"""`bangdiem receipt verify`: a receipt is proven from files alone. No database, no server, no settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer

from services.cli.files import read_file
from services.gateway.reports.form.canonical_report import digest_of
from services.gateway.reports.form.form import form_for
from services.gateway.reports.form.understanding import understand
from services.gateway.reports.formats.media_types import media_type_of
from services.gateway.reports.receipt_checks import ProvenReceipt, prove_document, read_key_set
from services.gateway.reports.rules.checking import read_unclassified
from shared.canonical import sha256_hex
from shared.errors import InputInvalid

_STATES = {"active": "đang dùng", "retired": "đã ngừng dùng sau khi ký", "revoked": "đã bị thu hồi sau thời điểm ký"}


class ReportDiffers(InputInvalid):
    """The report given is not the one the receipt was given for: neither its content nor its bytes are the same."""

    slug = "report-differs"
    title_vi = "Báo cáo không phải báo cáo ghi trong biên nhận"
    title_en = "Not the report of this receipt"


def prove(receipt: str, *, keys: str, report: str | None, as_json: bool) -> None:
    """Print what holds of the receipt file ``receipt``. Raises ReceiptRefused, KeySetUnreadable, ReportDiffers."""
    text, key_set = (read_file(name).decode("utf-8", "replace") for name in (receipt, keys))
    proven = prove_document(text, read_key_set(key_set))
    compared = None if report is None else compare(proven, report)
    if as_json:
        typer.echo(json.dumps({"content": dict(proven.content), "kid": proven.kid, "report": compared}, ensure_ascii=False))
    else:
        for line in (*_about(proven), *_about_report(compared)):
            typer.echo(line)
    if compared is not None and not compared["digest"]:
        raise ReportDiffers(
            f"{report}: the content is not that of the report sent", hint="Use the very file and month that were sent."
        )


def compare(proven: ProvenReceipt, name: str) -> dict[str, bool]:
    """Whether the file makes the receipt's digest, and whether it is the very bytes that were sent."""
    body, media_type = read_file(name), media_type_of(name)
    same_bytes = sha256_hex(body) == proven.content.get("file_digest")
    understood, _ = understand(read_unclassified(body, media_type=media_type), form_for(str(proven.content.get("period"))))
    same_content = understood is not None and digest_of(understood) == proven.content.get("digest")
    return {"digest": same_content, "file_digest": same_bytes}


def _about(proven: ProvenReceipt) -> Iterator[str]:
    said = proven.content
    yield f"Biên nhận {said.get('receipt_number')}: chữ ký đúng."
    yield f"  Khóa ký {proven.kid} ({_STATES.get(proven.state, proven.state)})"
    yield f"  Cơ quan {said.get('agency')}, kỳ {said.get('period')}, báo cáo số {said.get('sequence')}"
    yield f"  Gửi lúc {said.get('submitted_at')}; hạn {said.get('deadline')}: {'MUỘN' if said.get('late') else 'đúng hạn'}"
    yield f"  Mã băm nội dung {said.get('digest')}"


def _about_report(compared: dict[str, Any] | None) -> Iterator[str]:
    if compared is None:
        return
    yield f"  Nội dung báo cáo: {'khớp' if compared['digest'] else 'KHÔNG KHỚP'}"
    if compared["file_digest"]:
        yield "  Tệp: đúng từng byte đã gửi"
    elif compared["digest"]:
        yield "  Tệp: khác tệp đã gửi (định dạng, thứ tự hoặc gửi theo từng phần), nhưng cùng một nội dung"
    else:
        yield "  Tệp: khác tệp đã gửi"
