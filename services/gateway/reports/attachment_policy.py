"""Which files may evidence a report: declared and seen to be of a known type, harmless by form, and unclassified. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.gateway.http.words import SHOWN, is_line, tidy
from services.gateway.reports.classification.markers import refuse_classified, refuse_classified_body
from shared.errors import Fault, InputInvalid
from shared.problems import MediaTypeUnsupported

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
XML: Final = "application/xml"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LONGEST_NAME: Final = 200
# RFC 9530: other digests may stand beside it; this one decides.
CONTENT_DIGEST: Final = r"^(.*,)?[ \t]*sha-256=:[A-Za-z0-9+/]{43}=:[ \t]*(;.*|,.*)?$"
_SHA256: Final = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):")
_NOT_IN_NAMES: Final = re.compile(r'[/\\:*?"<>|]')
_MOST_UNPACKED_BYTES: Final = 200 * 1024 * 1024
_ZIP: Final = b"PK\x03\x04"


class DigestMismatch(InputInvalid):
    """The bytes that came are not those of the declared Content-Digest: something was changed or lost on the way."""

    slug = "content-digest-mismatch"
    title_vi = "Mã băm khai báo không khớp với nội dung nhận được"
    title_en = "Content-Digest does not match"


class NotOfItsType(InputInvalid):
    """The file's bytes are not of the declared type, or it carries what such files may not: macros, a DOCTYPE."""

    slug = "file-not-of-its-type"
    title_vi = "Nội dung tệp không đúng với kiểu khai báo"
    title_en = "File is not of its declared type"


@dataclass(frozen=True)
class Kind:
    """A type of file: how its name ends, and what speaks against its bytes (None: nothing)."""

    suffixes: tuple[str, ...]
    objection: Callable[[bytes], str | None]
    searched: bool = False


def media_type_of(content_type: str) -> str:
    """The plain type of a Content-Type. Raises MediaTypeUnsupported."""
    media_type = content_type.split(";")[0].strip().lower()
    if media_type not in KINDS:
        fault = Fault("Content-Type", "is not taken as evidence", seen=media_type[:SHOWN], expected=", ".join(KINDS))
        raise MediaTypeUnsupported("files of this type are not taken", faults=[fault])
    return media_type


def name_of(name: str, media_type: str) -> str:
    """The file's name as it is kept. Raises InputInvalid, or Classified when it bears a marker."""
    tidied = tidy(name)
    refuse_classified(tidied)
    suffixes = KINDS[media_type].suffixes
    if not is_line(tidied) or len(tidied) > LONGEST_NAME or _NOT_IN_NAMES.search(tidied) or tidied.startswith("."):
        raise _bad_name(tidied, f"1 to {LONGEST_NAME} characters of one line, no path")
    if not tidied.lower().endswith(suffixes):
        raise _bad_name(tidied, f"a name that ends in {' or '.join(suffixes)}")
    return tidied


def check_digest(content_digest: str, body: bytes) -> None:
    """Raises DigestMismatch or InputInvalid."""
    found = _SHA256.search(content_digest)
    if found is None:
        fault = Fault("Content-Digest", "names no SHA-256", expected="sha-256=:<base64>: (RFC 9530)")
        raise InputInvalid("the file's digest must be declared", faults=[fault])
    try:
        declared = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        declared = b""
    if declared != hashlib.sha256(body).digest():
        seen = base64.b64encode(hashlib.sha256(body).digest()).decode()
        fault = Fault("Content-Digest", "is another than that of the bytes received", expected=f"sha-256=:{seen}:")
        raise DigestMismatch("the file is not the one that was declared", faults=[fault], hint="Send it again.")


def check_content(media_type: str, body: bytes) -> None:
    """Raises NotOfItsType, or Classified when text in it bears a marker (office files and XML are searched)."""
    kind = KINDS[media_type]
    objection = kind.objection(body)
    if objection is not None:
        raise NotOfItsType(f"the file is no {media_type}: {objection}", hint="Save it again as that type.")
    if kind.searched:
        refuse_classified_body(body, media_type=media_type)


def _bad_name(name: str, expected: str) -> InputInvalid:
    fault = Fault("?name", "is no name of such a file", seen=name[:SHOWN], expected=expected)
    return InputInvalid("the file needs another name", faults=[fault])


def _begins(*beginnings: bytes) -> Callable[[bytes], str | None]:
    def objection(body: bytes) -> str | None:
        return None if body.startswith(beginnings) else "its first bytes are those of another type"

    return objection


def _xml(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if not text.lstrip().startswith("<"):
        return "it does not begin with an element"
    return "it has a DOCTYPE" if "<!DOCTYPE" in text.upper() else None


def _office(folder: str) -> Callable[[bytes], str | None]:
    def objection(body: bytes) -> str | None:
        if not body.startswith(_ZIP):
            return "its first bytes are those of another type"
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                return _office_objection(packed, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError):
            return "it cannot be unpacked"

    return objection


def _office_objection(packed: zipfile.ZipFile, folder: str) -> str | None:
    names = packed.namelist()
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        return "it holds no document of this type"
    if any(name.lower().rpartition("/")[2].startswith("vbaproject") for name in names):
        return "it holds macros"
    if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED_BYTES:
        return f"it unpacks to more than {_MOST_UNPACKED_BYTES} bytes"
    return None


KINDS: Final[Mapping[str, Kind]] = {
    PDF: Kind((".pdf",), _begins(b"%PDF-")),
    PNG: Kind((".png",), _begins(b"\x89PNG\r\n\x1a\n")),
    JPEG: Kind((".jpg", ".jpeg"), _begins(b"\xff\xd8\xff")),
    XML: Kind((".xml",), _xml, searched=True),
    DOCX: Kind((".docx",), _office("word/"), searched=True),
    XLSX: Kind((".xlsx",), _office("xl/"), searched=True),
}
