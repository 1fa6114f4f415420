"""`bangdiem bundle verify`: what differs from the manifest is said, and what is no bundle is refused (PUB-16)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from services.cli.application import application
from services.cli.bundle import BundleUnreadable
from services.scoring.exports.bundle import month_bundle, month_root
from services.scoring.exports.meeting_contents import Around
from services.scoring.exports.meeting_pdf import meeting_pdf
from services.scoring.exports.pdf_signature import signed
from services.scoring.publication_key import demonstration_pem, read_key
from shared.canonical import canonical_bytes, sha256_hex
from shared.public_pages.rendering import PDF
from tests.unit.public_pages import published
from tests.unit.scoring.test_bundle import renderings

Files = dict[str, bytes]
Change = Callable[[Files], object]
PEM = demonstration_pem()
KEY = read_key(PEM, PEM)
NO_MANIFESTS = (b"{", b"[]", b'{"format": "month-bundle/3", "files": []}', b'{"format": "month-bundle/1", "files": [1]}')


@pytest.fixture(scope="module")
def whole() -> bytes:
    return month_bundle(renderings(), published.scheme())


def verified(path: Path, *options: str) -> tuple[int, str]:
    words = ["bundle", "verify", str(path), *options]
    with redirect_stdout(io.StringIO()) as said:
        code = application(words)(words, standalone_mode=False)
    return code or 0, said.getvalue()


def changed(whole: bytes, change: Change) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return out.getvalue()


def test_a_bundle_as_it_was_published_holds(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(whole)
    code, said = verified(file)
    assert code == 0
    assert said.startswith("Trọn gói kỳ 2026-01, phiên bản 1, mã công bố pub_demo\n")
    assert f"{len(published.renderings()) + 2} tệp khớp với danh mục." in said
    code, said = verified(file, "--json")
    assert (code, json.loads(said)["differences"]) == (0, [])
    # Packed again by another program it is the same month.
    file.write_bytes(changed(whole, lambda files: None))
    assert verified(file)[0] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda files: files.update({"scores.json": files["scores.json"].replace(b"H38", b"H83")}),
            "- scores.json: mã băm sha256:",
        ),
        (lambda files: files.update({"scores.csv": files["scores.csv"] + b"x"}), "- scores.csv: có "),
        (lambda files: files.pop("law/scheme.json"), "- law/scheme.json: không có trong gói"),
        (lambda files: files.update({"more.txt": b""}), "- more.txt: không có trong danh mục"),
    ],
    ids=["digest", "size", "absent", "more"],
)
def test_what_differs_is_said(whole: bytes, tmp_path: Path, change: Change, words: str) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(changed(whole, change))
    code, said = verified(file)
    assert code == 1
    assert "KHÔNG KHỚP: 1 chỗ khác" in said
    assert words in said


def test_a_damaged_file_is_said(whole: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        at = packed.getinfo("scores.json").header_offset + 200
    file = tmp_path / "month.zip"
    file.write_bytes(whole[:at] + b"\xff" * 40 + whole[at + 40 :])
    code, said = verified(file)
    assert (code, "- scores.json: không đọc được" in said) == (1, True)


def said_by(manifest: dict[str, Any]) -> Change:
    """What a forger writes who also knows how the manifest is made."""

    def change(files: Files) -> None:
        files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | manifest).encode()

    return change


def replaced(path: str, body: bytes) -> Change:
    """A file of other bytes, with its right digest and size in the manifest."""

    def change(files: Files) -> None:
        files[path] = body
        manifest = json.loads(files["manifest.json"])
        for each in manifest["files"]:
            if each["path"] == path:
                each |= {"digest": sha256_hex(body), "size": len(body)}
        files["manifest.json"] = json.dumps(manifest).encode()

    return change


@pytest.fixture(scope="module")
def month() -> tuple[bytes, bytes]:
    """A bundle with a signed document, and the document."""
    root = month_root(renderings(), published.scheme())
    around = Around(root=root, signer=(KEY.subject, KEY.fingerprint))
    paper = signed(meeting_pdf(published.document(), published.scheme(), published.said(), around), KEY)
    pdf = {"agency": "", "media_type": PDF, "body": paper}
    return month_bundle([*renderings(), pdf], published.scheme(), KEY.fingerprint), paper


def outcome(tmp_path: Path, bundle: bytes, *options: str) -> tuple[int, list[str]]:
    """The exit code and what differs."""
    file = tmp_path / "month.zip"
    file.write_bytes(bundle)
    code, said = verified(file, *options, "--json")
    return code, [f"{each['path']}: {each['detail']}" for each in json.loads(said)["differences"]]


def test_a_signed_bundle_holds_by_its_certificate(month: tuple[bytes, bytes], tmp_path: Path) -> None:
    pem, answer, other = tmp_path / "key.pem", tmp_path / "certificates.json", tmp_path / "other.pem"
    pem.write_text(KEY.pem)
    answer.write_text(json.dumps({"items": [{"certificates": KEY.pem}], "next": None}))
    other.write_text(demonstration_pem())
    for certificates in (pem, answer):
        assert outcome(tmp_path, month[0], "--certificate", str(certificates)) == (0, [])
    code, said = verified(tmp_path / "month.zip", "--certificate", str(pem))
    assert code == 0
    assert f"Tài liệu họp do “{KEY.subject}” ký số" in said
    assert f"Mã gốc {month_root(renderings(), published.scheme())}" in said
    assert f"chữ ký số của chứng thư {KEY.fingerprint}" in verified(tmp_path / "month.zip")[1]
    code, (words,) = outcome(tmp_path, month[0], "--certificate", str(other))
    assert (code, words.startswith("bang-diem.pdf: ")) == (1, True)


def test_what_a_forger_changes_is_said(month: tuple[bytes, bytes], tmp_path: Path) -> None:
    bundle, paper = month
    pem = tmp_path / "key.pem"
    pem.write_text(KEY.pem)
    altered = bytearray(paper)
    altered[len(paper) // 3] ^= 1
    unsigned = meeting_pdf(published.document(), published.scheme(), published.said(), Around(root="sha256:" + "0" * 64))
    root = month_root([renderings()[0] | {"body": canonical_bytes(published.document() | {"note": 1})}, *renderings()[1:]],
                      published.scheme())  # fmt: skip
    tries: list[tuple[Change, list[str]]] = [
        (replaced("scores.csv", b"x"), ["manifest.json: mã gốc là"]),
        (said_by({"root": root}), ["manifest.json: mã gốc là", "bang-diem.pdf: ghi mã gốc"]),
        (said_by({"signed": False, "certificate": None}), ["bang-diem.pdf: có chữ ký số hay không", "bang-diem.pdf: ký bằng"]),
        (replaced("bang-diem.pdf", bytes(altered)), ["bang-diem.pdf: "]),
        (replaced("bang-diem.pdf", b"%PDF-1.7"), ["bang-diem.pdf: tệp PDF không đọc được"]),
        (replaced("bang-diem.pdf", unsigned), ["bang-diem.pdf: tệp không có chữ ký số"]),
        (lambda files: files.pop("bang-diem.pdf"), ["bang-diem.pdf: không có trong gói"]),
    ]
    for change, words in tries:
        code, found = outcome(tmp_path, changed(bundle, change), "--certificate", str(pem))
        assert code == 1
        for begin in words:
            assert any(each.startswith(begin) for each in found), (begin, found)


def test_an_unsigned_bundle_says_so_plainly(whole: bytes, tmp_path: Path) -> None:
    file, pem = tmp_path / "month.zip", tmp_path / "key.pem"
    file.write_bytes(whole)
    pem.write_text(KEY.pem)
    code, said = verified(file)
    assert (code, "Tài liệu họp không được ký số" in said) == (0, True)
    assert verified(file, "--certificate", str(pem))[0] == 1


def test_a_bundle_from_before_there_were_roots_holds(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "month.zip"

    def older(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        kept = {name: each for name, each in manifest.items() if name not in ("root", "signed", "certificate")}
        files["manifest.json"] = json.dumps(kept | {"format": "month-bundle/1"}).encode()

    file.write_bytes(changed(whole, older))
    code, said = verified(file)
    assert (code, "không có mã gốc" in said) == (0, True)


@pytest.mark.parametrize(
    "body",
    [
        lambda whole: b"",
        lambda whole: b"%PDF-1.7",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: changed(whole, lambda files: files.pop("manifest.json")),
        *(
            lambda whole, said=said: changed(whole, lambda files: files.update({"manifest.json": said}))
            for said in NO_MANIFESTS
        ),
    ],
)
def test_what_is_no_bundle_is_refused(whole: bytes, tmp_path: Path, body: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "month.zip"
    file.write_bytes(body(whole))
    with pytest.raises(BundleUnreadable):
        verified(file)
