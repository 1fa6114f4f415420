"""What administrators type, as the API's documents say it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.gateway.pages.administration.keys import credential_asked
from services.gateway.pages.administration.people import member_asked
from services.gateway.pages.administration.typed import end_of, gathered, lines, pem_of, whole
from services.gateway.pages.own_api import Answer, Refused
from services.gateway.pages.posted import Posted
from tests.unit.signature.authority import Wish, issue

SIGNER = issue(Wish("Người ký minh họa"))
PEM = SIGNER.certificate.public_bytes(Encoding.PEM)
KEY = SIGNER.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-12-31", "2027-01-01T00:00:00+07:00"),
        ("2028-02-28", "2028-02-29T00:00:00+07:00"),
        ("31/12/2026", "2027-01-01T00:00:00+07:00"),
        ("9999-12-31", "9999-12-31"),
        ("31/02/2026", "31/02/2026"),
        ("hôm nay", "hôm nay"),
    ],
)
def test_a_day_that_ends_something_belongs_to_it(typed: str, instant: str) -> None:
    assert end_of(typed) == instant


@pytest.mark.parametrize(("typed", "found"), [("", None), (" \n \n", None), ("a\n\n b \nc", ["a", "b", "c"])])
def test_a_list_is_one_item_a_line_and_nothing_typed_is_no_limit(typed: str, found: list[str] | None) -> None:
    assert lines(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("24", 24), ("0", 0), ("", ""), ("-1", "-1"), ("2.5", "2.5"), ("٣", "٣"), ("9" * 20, "9" * 20)]
)
def test_a_number_is_whole_and_anything_else_is_for_the_api_to_refuse(typed: str, found: int | str) -> None:
    assert whole(typed) == found


@pytest.mark.parametrize(
    "content",
    [
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        SIGNER.certificate.public_bytes(Encoding.DER),
        b"Bag Attributes\n" + KEY + PEM,
        PEM + KEY,
    ],
)
def test_of_a_certificates_file_the_certificate_is_taken_and_nothing_else(content: bytes) -> None:
    assert pem_of(content).strip() == PEM.decode().strip()


@pytest.mark.parametrize("content", [KEY, b"%PDF-1.7 " + b"x" * 50_000, b"\x30" + b"x" * 50_000, b"", b"\xff\xfe"])
def test_what_is_no_certificate_is_passed_on_as_little(content: bytes) -> None:
    found = pem_of(content)
    assert len(found) <= 80
    assert "PRIVATE" not in found


def test_what_was_left_empty_is_left_out() -> None:
    typed = Posted({"issuer": ["vpcp"], "sub": [""], "holder": ["An"], "roles": ["agency_drafter", ""], "ends_at": [""]})
    assert member_asked(typed) == {"person": {"issuer": "vpcp"}, "roles": ["agency_drafter"], "holder": "An"}
    empty = {"roles": [], "read_only": False, "resources": None, "networks": None}
    assert credential_asked(Posted()) == empty


def test_faults_of_a_lists_items_stand_at_the_lists_field() -> None:
    body = b'{"type": "x", "errors": [{"pointer": "/networks/1"}, {"pointer": "/networks"}, {"pointer": "/networksx"}]}'
    refused = gathered(Refused(Answer(422, {}, body)), ["/networks"])
    assert [each["pointer"] for each in refused.problem["errors"]] == ["/networks", "/networks", "/networksx"]
