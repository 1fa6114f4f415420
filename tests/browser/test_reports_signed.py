"""A report signed with a certificate made elsewhere; signatures that are refused; the receipt proven offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.cli.application import application
from tests.browser.person import Person
from tests.browser.reporting import Body
from tests.browser.serving import WORKING, Served, served_on
from tests.conftest import TestDatabase
from tests.unit.signature.authority import Holder, Wish, issue, revocation_list, sign
from tests.unit.signature.authority import House as Authority
from tests.unit.signature.authority import house as authority

REASON = {"reason": "kiểm thử"}
ORGANISATION: dict[str, Any] = {"organisation": "VN-OF-THE-TESTS"}
DAYS: dict[str, Any] = {"not_before": WORKING - timedelta(days=30), "not_after": WORKING + timedelta(days=365)}


@pytest.fixture(scope="module")
def ca() -> Authority:
    return authority("ES256", at=WORKING, **ORGANISATION)


@pytest.fixture(scope="module")
def served(database: TestDatabase, ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    roots, lists = tmp_path_factory.mktemp("roots"), tmp_path_factory.mktemp("lists")
    (roots / "root.pem").write_bytes(ca.root.certificate.public_bytes(Encoding.PEM))
    for name, issuer in (("root", ca.root), ("issuing", ca.issuing)):
        der = revocation_list(issuer, at=WORKING - timedelta(hours=1), until=WORKING + timedelta(days=1))
        (lists / f"{name}.crl").write_bytes(der)
    with served_on(database, trust=roots, signature_revocation_lists=lists) as made:
        yield made


def mandated(served: Served, agency: str, holder: Holder) -> None:
    """A mandate in force, and a signature demanded of the body's reports."""
    first, second = (served.key(f"Quản trị {number}", "system_administrator") for number in (1, 2))
    asked = {
        "certificate": holder.certificate.public_bytes(Encoding.PEM).decode(), "holder": "Người ký minh họa",
        "valid_from": "2026-01-01", "document": "Quyết định 12 (minh họa)", **REASON,
    }  # fmt: skip
    made = served.call("POST", f"/agencies/{agency}/mandates", first, json=asked).json()
    served.call("POST", f"/agencies/{agency}/mandates/{made['mandate_id']}/approvals", second, json=REASON)
    served.call("POST", f"/agencies/{agency}/signature-demands", first, json={"demand": "required", **REASON})


def test_a_report_is_signed_with_a_certificate_and_its_receipt_proven(
    person: Person, served: Served, ca: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = Body(served, "H38")
    mandated(served, "H38", ca.person)
    sequence = body.approved()
    person.signs_in(body.key("signer"))
    person.opens(f"{body.pages}/{sequence}/signatures")
    person.reads("Người ký minh họa")
    person.reads("bắt buộc")
    person.looks("signature-demanded")
    saved_file = person.downloads("nội dung báo cáo")
    payload = saved_file.path().read_bytes()
    good = sign(payload, ca.person, [ca.person, ca.issuing], signed_at=WORKING)

    stranger = issue(Wish("Người chưa được ủy quyền", "EdDSA", **ORGANISATION, **DAYS), ca.issuing)
    elsewhere = issue(Wish("Another root", "P-384", ca=True, **DAYS))
    lone = issue(Wish("Người ký ở nơi khác", **ORGANISATION, **DAYS), elsewhere)
    refused = [
        ("", "phải được ký số bằng chứng thư"),
        ("not a signature", "signature-malformed"),
        (sign(payload + b" ", ca.person, ca.chain, signed_at=WORKING), "signature-differs"),
        (sign(payload, lone, [lone], signed_at=WORKING), "certificate-root-unknown"),
        (sign(payload, ca.person, ca.chain, signed_at=WORKING - timedelta(hours=25)), "signing-time-implausible"),
        (sign(payload, stranger, [stranger, ca.issuing], signed_at=WORKING), "mandate-missing"),
    ]
    for jws, words in refused:
        person.types("hoặc dán chữ ký", jws)
        person.presses("Ký và gửi")
        person.reads(words)
        assert person.field("hoặc dán chữ ký").input_value() == jws
        assert body.state(sequence)["state"] == "approved"
    person.looks("signature-refused")

    person.types("hoặc dán chữ ký", "")
    person.attaches("Tệp chữ ký", {"name": "chu-ky.jws", "mimeType": "application/jose", "buffer": good.encode()})
    person.presses("Ký và gửi")
    person.reads("Đã ký và tiếp nhận")
    person.reads("Chữ ký bằng chứng thư")
    person.looks("receipt-of-certificate")
    saved = {}
    for link, name in (("Biên nhận (.json)", "receipt.json"), ("Báo cáo đã ký", "report.xlsx"), ("Chỉ chữ ký", "receipt.jws")):
        saved_file = person.downloads(link)
        saved[name] = tmp_path / name
        saved[name].write_bytes(saved_file.path().read_bytes())
    assert json.loads(saved["receipt.json"].read_bytes())["jws"] == saved["receipt.jws"].read_text()
    keys = tmp_path / "keys.json"
    keys.write_bytes(served.call("GET", "/receipt-keys", body.key("signer")).content)
    verified = ["receipt", "verify", str(saved["receipt.json"]), "--keys", str(keys), "--report", str(saved["report.xlsx"])]
    application(verified)(verified, standalone_mode=False)
    assert "BN-2026-01-H38-000001" in capsys.readouterr().out


def test_the_file_that_was_sent_may_be_signed_instead(person: Person, served: Served, ca: Authority) -> None:
    body = Body(served, "H42")
    mandated(served, "H42", ca.person)
    sequence = body.approved()
    person.signs_in(body.key("signer"))
    person.opens(f"{body.pages}/{sequence}/signatures")
    saved_file = person.downloads("tệp đã gửi")
    payload = saved_file.path().read_bytes()
    assert json.loads(payload)["agency"] == "H42"
    person.types("hoặc dán chữ ký", sign(payload, ca.person, ca.chain, signed_at=WORKING))
    person.chooses("Chữ ký trên", "tệp đã gửi")
    person.presses("Ký và gửi")
    person.reads("Đã ký và tiếp nhận")


def test_who_drafted_does_not_sign(person: Person, served: Served) -> None:
    body = Body(served, "H44")
    sequence = body.approved()
    person.signs_in(body.key("drafter"))
    person.opens(f"{body.pages}/{sequence}/signatures")
    person.reads("Bây giờ đến lượt người ký báo cáo")
    assert person.page.get_by_role("button", name="Ký").count() == 0
