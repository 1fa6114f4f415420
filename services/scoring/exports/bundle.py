"""A month in one file (PUB-16): the renderings of a version with the law and a manifest of digests, as a ZIP. Pure.

Its root stands for all in it but the document for the meeting, which prints the root and so cannot be below it (ADR 43).
The same renderings give the same bytes with the same zlib; with another the ZIP differs, what is in it does not. So it is made
once and stored, as they are.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from shared.canonical import canonical_bytes, sha256_hex
from shared.law.scheme import Scheme
from shared.public_pages import addresses
from shared.public_pages.rendering import CSS, CSV_VI, HTML, LAW, PDF, SDMX, XLSX
from shared.sdmx.structure import STRUCTURE, VERSION, structure, structure_at

FORMAT: Final = "month-bundle/2"
# Of versions published before bundles had a root.
ROOTLESS: Final = "month-bundle/1"
MANIFEST: Final = "manifest.json"
_JSON, _CSV = "application/json", "text/csv"
Address = Callable[[str, int], str]

# A rendering that is named nowhere here may not be left out unseen: it makes no bundle.
_WHOLE: Final[Mapping[str, tuple[str, Address]]] = {
    _JSON: ("scores.json", addresses.data_at),
    _CSV: ("scores.csv", addresses.table_at),
    CSV_VI: ("bang-diem.csv", partial(addresses.table_at, locale="vi")),
    XLSX: ("bang-diem.xlsx", addresses.workbook_at),
    SDMX: ("bang-diem.sdmx.csv", addresses.dataset_at),
    PDF: ("bang-diem.pdf", addresses.meeting_at),
    HTML: ("pages/month.html", addresses.month_at),
    LAW: ("pages/scheme.html", addresses.scheme_at),
    CSS: ("pages/style.css", addresses.month_style_at),
}
DOCUMENT: Final = _WHOLE[PDF][0]
_BODY: Final[Mapping[str, str]] = {_JSON: "agencies/{}.json", HTML: "pages/agencies/{}.html"}
# The first day that a ZIP can name; the rights of a file that everybody reads.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_RIGHTS: Final = 0o100644 << 16
_UNIX: Final = 3


@dataclass(frozen=True)
class Member:
    """A file of the bundle; ``address`` is where the same stands for everybody."""

    path: str
    media_type: str
    address: str
    body: bytes

    def entry(self) -> dict[str, object]:
        digest = sha256_hex(self.body)
        return {
            "path": self.path,
            "media_type": self.media_type,
            "size": len(self.body),
            "digest": digest,
            "address": self.address,
        }


def month_bundle(renderings: Sequence[Mapping[str, Any]], scheme: Scheme, certificate: str | None = None) -> bytes:
    """The ZIP of a version's renderings, the first of which is the whole sheet. ``scheme`` is the law it was scored by, with
    the switches of its revision; ``certificate`` the digest of the one that signed the document, None where nobody did. Raises
    KeyError for a rendering that has no name here."""
    document = json.loads(renderings[0]["body"])
    period, version = document["period"], document["version"]
    members = _members(renderings, scheme, period, version)
    files = [each.entry() for each in members]
    proof = {"root": root_of(files), "signed": certificate is not None, "certificate": certificate}
    manifest = {**_head(document), **proof, "files": files}
    first = Member(MANIFEST, _JSON, addresses.bundle_at(period, version), canonical_bytes(manifest))
    return _zipped([first, *members])


def month_root(renderings: Sequence[Mapping[str, Any]], scheme: Scheme) -> str:
    """Of the bundle that ``month_bundle`` makes of the same renderings, with the document for the meeting or without."""
    document = json.loads(renderings[0]["body"])
    return root_of([each.entry() for each in _members(renderings, scheme, document["period"], document["version"])])


def root_of(files: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the canonical list of a manifest's entries, in its order, without that of the document for the meeting."""
    return sha256_hex(canonical_bytes([dict(each) for each in files if each["path"] != DOCUMENT]))


def _members(renderings: Iterable[Mapping[str, Any]], scheme: Scheme, period: str, version: int) -> list[Member]:
    return sorted([*_rendered(renderings, period, version), *_beside(scheme)], key=lambda each: each.path)


def _head(document: Mapping[str, Any]) -> dict[str, object]:
    """What the bundle is of. A snapshot's id is the digest of its manifest, which national readers alone may read."""
    names = ("publication", "period", "version", "run", "published_at", "result_digest", "scheme", "scheme_digest")
    snapshots = [{name: each[name] for name in ("source", "version", "snapshot")} for each in document["snapshots"]]
    address = addresses.bundle_at(document["period"], document["version"])
    return {"format": FORMAT, "address": address, **{name: document[name] for name in names}, "snapshots": snapshots}


def _rendered(renderings: Iterable[Mapping[str, Any]], period: str, version: int) -> Iterator[Member]:
    for each in renderings:
        agency, media_type = each["agency"], each["media_type"]
        if agency:
            path = _BODY[media_type].format(agency)
            address = addresses.body_at(period, agency, version)
            if media_type == _JSON:
                address = addresses.data_at(period, version, agency=agency)
        else:
            path, address_of = _WHOLE[media_type]
            address = address_of(period, version)
        yield Member(path, media_type, address, each["body"])


def _beside(scheme: Scheme) -> Iterator[Member]:
    yield Member("law/scheme.json", _JSON, f"/api/v1/schemes/{scheme.id}", canonical_bytes(dict(scheme.content)))
    yield Member(f"sdmx/structure-{VERSION}.xml", STRUCTURE, structure_at(), structure() or b"")


def _zipped(members: Iterable[Member]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for each in members:
            named = zipfile.ZipInfo(each.path, _DAY)
            named.create_system, named.external_attr, named.compress_type = _UNIX, _RIGHTS, zipfile.ZIP_DEFLATED
            packed.writestr(named, each.body)
    return out.getvalue()
