"""`bangdiem bundle verify`: what differs from the manifest is said, and what is no bundle is refused (PUB-16)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from services.cli.application import application
from services.cli.bundle import BundleUnreadable
from services.scoring.exports.bundle import month_bundle
from tests.unit.public_pages import published
from tests.unit.scoring.test_bundle import renderings

Files = dict[str, bytes]
Change = Callable[[Files], object]
NO_MANIFESTS = (b"{", b"[]", b'{"format": "month-bundle/2", "files": []}', b'{"format": "month-bundle/1", "files": [1]}')


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
