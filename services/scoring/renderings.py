"""The bytes of a version, made once with its publication and served for ever (ADR 7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scoring.beside import NOTHING_BESIDE, Beside
from services.scoring.exports.bundle import month_bundle, month_root
from services.scoring.exports.meeting_contents import Around
from services.scoring.exports.meeting_pdf import meeting_pdf
from services.scoring.exports.people_csv import people_csv
from services.scoring.exports.program_csv import program_csv
from services.scoring.exports.sdmx import sdmx_csv
from services.scoring.exports.workbook import workbook
from services.scoring.publication_key import PublicationKey
from services.scoring.records import Computed
from services.scoring.superseded import NOTHING_TAKEN, Superseded
from shared.canonical import canonical_bytes, sha256_hex
from shared.law.explanation import sentences_of
from shared.law.restored import restored
from shared.law.scheme import Scheme
from shared.period import in_vietnam
from shared.public_pages.rendering import BUNDLE, CSV_VI, PDF, SDMX, XLSX, pages_of

JSON, CSV = "application/json", "text/csv"
# Lists of bodies stand in the whole sheet, not in one body's part of it.
WHOLE_SHEET_ONLY = frozenset({"agencies", "commended", "commended_by_rounding"})
OWN_ROWS = ("applicability", "rulings")


@dataclass(frozen=True)
class Decided:
    """What two people decided of open facts: ``omitted`` were left out of the version, ``confirmed`` figures are in it as they
    stood, and what later versions of snapshots took in is in it."""

    omitted: Sequence[Mapping[str, Any]] = ()
    superseded: Superseded = NOTHING_TAKEN
    confirmed: Sequence[Mapping[str, Any]] = ()

    def parts(self) -> dict[str, Sequence[Mapping[str, Any]]]:
        """By the document's names; each entry names the bodies it speaks of."""
        found = self.superseded
        taken = {"taken_in": found.taken_in, "rows_put_aside": found.rows_put_aside}
        return {"omissions": self.omitted, "confirmed": self.confirmed, **taken}


NOTHING_DECIDED = Decided()


def render_all(
    run: Computed,
    header: Mapping[str, Any],
    scheme: Scheme,
    decided: Decided = NOTHING_DECIDED,
    restores: Mapping[str, Any] | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> Iterator[dict[str, Any]]:
    """The bytes that are served for ever: the whole sheet as JSON, CSV, statistical dataset and files for office programs, each
    body's own document, and the pages of both.

    ``scheme`` is the one the run was computed by, with the switches of its revision turned. Every document says what was
    decided. ``restores`` is the former version that this one says again, None where it says something of its own. ``beside`` is
    what pages tell of other months and readings; the documents name it.
    """
    sheet = json.loads(run.sheet)
    top = {
        "publication": header["publication_id"],
        "version": header["version"],
        "run": run.run_id,
        "result_digest": run.result_digest,
        "published_at": in_vietnam(header["published_at"]),
        "follows": header.get("follows"),
        "restores": restores,
        **beside.parts(),
        **{name: list(entries) for name, entries in decided.parts().items()},
    }
    agency_part = {key: value for key, value in sheet.items() if key not in WHOLE_SHEET_ONLY} | top
    whole = sheet | top
    published = rendering(header, "", JSON, canonical_bytes(whole))
    yield published
    yield rendering(header, "", CSV, program_csv(whole))
    yield rendering(header, "", CSV_VI, people_csv(whole, scheme))
    yield rendering(header, "", XLSX, workbook(whole, scheme, published["digest"]))
    yield rendering(header, "", SDMX, sdmx_csv(whole, scheme))
    for line in sheet["agencies"]:
        own: dict[str, Any] = {name: [row for row in sheet[name] if row["agency"] == line["agency"]] for name in OWN_ROWS}
        own |= {name: _concerning(line["agency"], entries) for name, entries in decided.parts().items()}
        own["follows"] = top["follows"] and _of_body(line["agency"], top["follows"])
        yield rendering(header, line["agency"], JSON, canonical_bytes(agency_part | own | {"agencies": [line]}))
    found = restored(sheet)
    for page in pages_of(whole, scheme, sentences_of(found.sheet, found.names), beside.history(), beside.readings):
        yield rendering(header, page.agency, page.media_type, page.body)


@dataclass(frozen=True)
class Pack:
    """All renderings of a version, and what its header says of them: the ``digest`` of the whole sheet, the ``root`` of the
    month's bundle, and the ``certificate`` that signed the document for the meeting, None where nobody did."""

    renderings: Sequence[dict[str, Any]]
    root: str
    certificate: str | None

    def facts(self) -> dict[str, str | None]:
        """By the header's names."""
        return {"digest": self.renderings[0]["digest"], "root": self.root, "certificate": self.certificate}


async def pack_of(
    header: Mapping[str, Any],
    made: Iterable[dict[str, Any]],
    scheme: Scheme,
    beside: Beside,
    key: PublicationKey | None = None,
) -> Pack:
    """The renderings of ``render_all``, the document for the meeting, signed where there is a key, and all of them in one file.
    Raises PublicationKeyUnusable."""
    renderings = list(made)
    if key is not None:
        key.require_in_force(header["published_at"])
    root = month_root(renderings, scheme)
    found = await with_meeting(header, renderings, scheme, beside, key)
    certificate = None if key is None else key.fingerprint
    return Pack(with_bundle(header, found, scheme, certificate), root, certificate)


async def with_meeting(
    header: Mapping[str, Any],
    made: Iterable[dict[str, Any]],
    scheme: Scheme,
    beside: Beside = NOTHING_BESIDE,
    key: PublicationKey | None = None,
) -> list[dict[str, Any]]:
    """With the document for the meeting, made of the first rendering, which states the root of all of them."""
    renderings = list(made)
    # It waits for another process: the services of this one go on.
    body = await asyncio.to_thread(_meeting, renderings, scheme, beside, key)
    return [*renderings, rendering(header, "", PDF, body)]


def _meeting(renderings: Sequence[Mapping[str, Any]], scheme: Scheme, beside: Beside, key: PublicationKey | None) -> bytes:
    document = json.loads(renderings[0]["body"])
    found = restored(document)
    around = Around(
        before=beside.month_before(document["period"]),
        root=month_root(renderings, scheme),
        signer=None if key is None else (key.subject, key.fingerprint),
        readings=beside.readings,
        outcomes=beside.outcomes,
        demo=beside.demo,
    )
    made = meeting_pdf(document, scheme, sentences_of(found.sheet, found.names), around)
    if key is None:
        return made
    # It takes a second to import, and the key is what it is for.
    from services.scoring.exports.pdf_signature import signed

    return signed(made, key)


def with_bundle(
    header: Mapping[str, Any], renderings: Sequence[dict[str, Any]], scheme: Scheme, certificate: str | None = None
) -> list[dict[str, Any]]:
    """With all of them in one file: made last, of what is stored."""
    return [*renderings, rendering(header, "", BUNDLE, month_bundle(renderings, scheme, certificate))]


def _concerning(agency: str, decided: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The decisions on something of this body, without what they say of others."""
    own = [_of_body(agency, each) for each in decided]
    return [each for each in own if each["bodies"]]


def _of_body(agency: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, "bodies": [body for body in said["bodies"] if body["agency"] == agency]}


def rendering(header: Mapping[str, Any], agency: str, media_type: str, body: bytes) -> dict[str, Any]:
    identity = {"publication_id": header["publication_id"], "agency": agency, "media_type": media_type}
    return identity | {"body": body, "digest": sha256_hex(body)}
