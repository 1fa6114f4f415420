"""`bangdiem bundle verify`: a month's bundle is held against its own manifest and root, and the document for the meeting in it
against the root and a certificate. No database, no server, no settings."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from services.cli.files import read_file
from services.gateway.messages.translating import in_vietnamese
from services.scoring.exports.bundle import DOCUMENT, FORMAT, MANIFEST, ROOTLESS, root_of
from services.scoring.exports.meeting_pdf import ROOT_FILE
from services.scoring.publication_key import read_certificates
from shared.canonical import sha256_hex
from shared.errors import InputInvalid
from shared.writing import moment

if TYPE_CHECKING:
    from services.scoring.exports.pdf_signature import Signed

Manifest = Mapping[str, Any]
# What reading a member of a damaged, encrypted or oddly packed ZIP raises.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
# No month is as large; a file that says so unpacks to nothing that was published.
_LARGEST = 256 * 1024 * 1024


class BundleUnreadable(InputInvalid):
    """The file is no bundle of a month: nothing in it says what ought to be there."""

    slug = "bundle-unreadable"
    title_vi = "Tệp không phải trọn gói tháng"
    title_en = "Not a bundle of a month"


@dataclass(frozen=True)
class Difference:
    path: str
    words: str


@dataclass(frozen=True)
class Proof:
    """``signed`` is who signed the document for the meeting, by the certificates that were given; None where none were, or
    where it does not hold, which then is one of the ``differences``."""

    digest: str
    manifest: Manifest
    differences: list[Difference]
    signed: Signed | None

    def as_document(self) -> dict[str, Any]:
        found = [{"path": each.path, "detail": each.words} for each in self.differences]
        signer = self.signed and {**vars(self.signed), "at": self.signed.at.isoformat()}
        return {"digest": self.digest, "manifest": self.manifest, "differences": found, "signature": signer}


def prove(name: str, *, certificates: str | None, as_json: bool) -> None:
    """Print what the bundle is of and what in it differs from its manifest, its root or, where ``certificates`` names a file of
    them, from what they signed; exit 1 where anything does. Raises FileUnreadable, BundleUnreadable, CertificatesUnreadable."""
    trusted = None if certificates is None else read_certificates(read_file(certificates))
    proof = _proof_of(read_file(name), trusted)
    if as_json:
        typer.echo(json.dumps(proof.as_document(), ensure_ascii=False))
    else:
        for line in (*_about(proof.manifest, proof.digest), *_about_proof(proof), *_about_files(proof)):
            typer.echo(line)
    if proof.differences:
        raise typer.Exit(1)


def _proof_of(body: bytes, trusted: Sequence[bytes] | None) -> Proof:
    with _opened(body) as packed:
        manifest = _manifest_of(packed)
        differences = list(_differences(packed, manifest))
        paper = _paper(packed)
    signed = None
    if manifest["format"] != ROOTLESS:
        differences += _other_root(manifest)
        if paper is not None:
            found, signed = _of_paper(paper, manifest, trusted)
            differences += found
        elif trusted is not None and not any(each.path == DOCUMENT for each in differences):
            differences.append(Difference(DOCUMENT, "không có trong gói nên không có chữ ký số"))
    elif trusted is not None:
        differences.append(Difference(DOCUMENT, "gói theo định dạng cũ, tài liệu không được ký số"))
    return Proof(sha256_hex(body), manifest, differences, signed)


def _other_root(manifest: Manifest) -> Iterator[Difference]:
    root = root_of(manifest["files"])
    if manifest.get("root") != root:
        yield Difference(MANIFEST, f"mã gốc là {root}, danh mục ghi {manifest.get('root')}")


def _paper(packed: zipfile.ZipFile) -> bytes | None:
    """The document for the meeting; what cannot be read is told as a difference of its file."""
    try:
        return _content(packed, DOCUMENT)
    except (KeyError, *_UNREADABLE):
        return None


def _of_paper(paper: bytes, manifest: Manifest, trusted: Sequence[bytes] | None) -> tuple[list[Difference], Signed | None]:
    # A second to import, and of use here alone.
    from services.scoring.exports import pdf_signature as pdf

    found: list[str] = []
    signer = None
    try:
        said = json.loads(pdf.attachments(paper)[ROOT_FILE])
        if (said["root"], said["publication"]) != (manifest["root"], manifest["publication"]):
            found.append(f"ghi mã gốc {said['root']} của {said['publication']}, danh mục ghi khác")
        if pdf.is_signed(paper) != manifest["signed"]:
            found.append("có chữ ký số hay không khác với danh mục")
        if trusted is not None:
            signer = pdf.proven(paper, trusted)
            if signer.fingerprint != manifest["certificate"]:
                found.append(f"ký bằng chứng thư {signer.fingerprint}, danh mục ghi {manifest['certificate']}")
    except pdf.SignatureRefused as refused:
        found.append(in_vietnamese(str(refused)))
    except (KeyError, TypeError, ValueError):
        found.append("không ghi mã gốc đọc được")
    return [Difference(DOCUMENT, words) for words in found], None if found else signer


def _opened(body: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(body))
    except _UNREADABLE as error:
        raise BundleUnreadable("the file is no ZIP", hint="Give a file that GET …/bundle answers.") from error


def _manifest_of(packed: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(_content(packed, MANIFEST))
    except (KeyError, *_UNREADABLE) as error:
        raise BundleUnreadable(f"{MANIFEST} is not there or cannot be read") from error
    if (
        not isinstance(found, dict)
        or found.get("format") not in (FORMAT, ROOTLESS)
        or not _is_list_of_files(found.get("files"))
    ):
        raise BundleUnreadable(f"{MANIFEST} is not of the format {FORMAT}")
    return found


def _is_list_of_files(files: object) -> bool:
    kinds = {"path": str, "digest": str, "size": int}
    return isinstance(files, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(name), kind) for name, kind in kinds.items()) for each in files
    )


def _differences(packed: zipfile.ZipFile, manifest: Manifest) -> Iterator[Difference]:
    files = [each["path"] for each in manifest["files"]]
    names = packed.namelist()
    for each in manifest["files"]:
        if words := _wrong(packed, each):
            yield Difference(each["path"], words)
    for name in dict.fromkeys(names):
        if name not in {MANIFEST, *files}:
            yield Difference(name, "không có trong danh mục")
        elif names.count(name) > 1:
            yield Difference(name, "có nhiều tệp cùng tên")


def _wrong(packed: zipfile.ZipFile, told: Manifest) -> str | None:
    try:
        body = _content(packed, told["path"])
    except KeyError:
        return "không có trong gói"
    except _UNREADABLE:
        return "không đọc được"
    if len(body) != told["size"]:
        return f"có {len(body)} byte, danh mục ghi {told['size']} byte"
    digest = sha256_hex(body)
    return None if digest == told["digest"] else f"mã băm {digest}, danh mục ghi {told['digest']}"


def _content(packed: zipfile.ZipFile, name: str) -> bytes:
    """Raises KeyError for a name that is not there, ValueError for more bytes than are read."""
    with packed.open(name) as file:
        body = file.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        message = f"{name} is larger than {_LARGEST} bytes"
        raise ValueError(message)
    return body


def _about(manifest: Manifest, digest: str) -> Iterator[str]:
    yield f"Trọn gói kỳ {manifest.get('period')}, phiên bản {manifest.get('version')}, mã công bố {manifest.get('publication')}"
    yield f"  Lần chấm điểm {manifest.get('run')}, công bố lúc {manifest.get('published_at')}"
    yield f"  Mã băm của tệp {digest} (so với ETag của {manifest.get('address')})"


def _about_proof(proof: Proof) -> Iterator[str]:
    manifest = proof.manifest
    if manifest["format"] == ROOTLESS:
        yield "  Gói theo định dạng cũ, không có mã gốc"
        return
    yield f"  Mã gốc {manifest.get('root')} (so với root của GET /api/v1/periods/{manifest.get('period')}/versions)"
    if proof.signed is not None:
        yield f"  Tài liệu họp do “{proof.signed.subject}” ký số, ghi lúc {moment(proof.signed.at.isoformat())}, chứng thư"
        yield f"    {proof.signed.fingerprint}"
    elif not manifest.get("signed"):
        yield "  Tài liệu họp không được ký số"
    else:
        yield f"  Tài liệu họp có chữ ký số của chứng thư {manifest.get('certificate')}: kiểm tra bằng --certificate"


def _about_files(proof: Proof) -> Iterator[str]:
    differences, count = proof.differences, len(proof.manifest["files"])
    if not differences:
        yield f"  {count} tệp khớp với danh mục."
        return
    yield f"  KHÔNG KHỚP: {len(differences)} chỗ khác với danh mục {count} tệp"
    for each in differences:
        yield f"  - {each.path}: {each.words}"
