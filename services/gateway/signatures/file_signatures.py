"""Use cases: a body that supplies a source signs its official files, which a person imports at the machine (Art. 7.7).

Each file is signed by itself: the bytes are `payloads.of_file` of its digest, the body and the month. Judged before anything is
read out of the file, exactly as a report's signature is; kept with the command that imports it, and told in the snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.access import tenancy
from services.gateway.http.errors import AgencyUnknown
from services.gateway.http.periods import asked_source
from services.gateway.http.words import require_reason
from services.gateway.signatures.mandates import row_of
from services.gateway.signatures.store import file_signatures as stored
from services.gateway.signatures.store import mandates as stored_mandates
from services.gateway.signatures.store.records import FileSignatureDemand
from shared.audit import Actor, record
from shared.database import Database
from shared.errors import Conflict, Fault, InputInvalid
from shared.period import in_vietnam
from shared.registry_store import is_registered
from shared.signature import payloads
from shared.signature.mandates import mandate_of
from shared.signature.verifier import SignatureVerifier


class FileSignatureRequired(Conflict):
    """Official files of this source are signed by a body; `context.agency` says by which."""

    slug = "file-signature-required"
    title_vi = "Tệp chính thức của nguồn này phải được ký số"
    title_en = "Official files of this source are signed"


class FileSignatureMissing(InputInvalid):
    """Of an import, every file is signed or none: each one that lacks its signature is named."""

    slug = "file-signature-missing"
    title_vi = "Thiếu chữ ký của tệp chính thức"
    title_en = "A file lacks its signature"


class FileSignerDiffers(Conflict):
    """Another body than the one that signs the official files of this source; `context.agency` is the one that does."""

    slug = "file-signer-differs"
    title_vi = "Cơ quan ký không phải là cơ quan cung cấp nguồn này"
    title_en = "Another body signs this source's files"


@dataclass(frozen=True)
class SignedFile:
    """A file by name and digest of its bytes (``sha256:…``), with the detached JWS that lay beside it; None where none did."""

    name: str
    sha256: str
    jws: str | None


@dataclass(frozen=True)
class Offered:
    """The files of one import, and for which body they were signed; None says that they are not."""

    source: str
    period: str
    agency: str | None
    files: tuple[SignedFile, ...]


async def judge_files(
    database: Database, verifier: SignatureVerifier, *, actor: Actor, offered: Offered, now: datetime
) -> list[dict[str, Any]]:
    """Rows of control.file_signature without their command, one per file; none where they are not signed and need not be.

    Raises FileSignatureRequired, FileSignerDiffers, FileSignatureMissing, or what is wrong with a signature.
    """
    async with tenancy.read(database, actor) as connection:
        demand = await stored.demand_of(connection, offered.source)
        approved = await stored_mandates.approved_mandates(connection, agency=offered.agency or "")
    _require_signer(offered, demand)
    if offered.agency is None:
        return []
    _require_all(offered.files)
    made = []
    for file in offered.files:
        payload = payloads.of_file(file.sha256, agency=offered.agency, period=offered.period)
        verified = await asyncio.to_thread(verifier.verify, payload, jws=file.jws or "", received_at=now)
        mandate = mandate_of(verified, agency=offered.agency, mandates=approved)
        made.append({"name": file.name, "sha256": file.sha256, **row_of(verified, mandate, actor=actor.id)})
    return made


def told(row: dict[str, Any]) -> dict[str, Any]:
    """What the snapshot's evidence says of a file's signature; the whole of it stands in control.file_signature."""
    names = ("name", "sha256", "agency", "mandate_id", "jws_digest", "algorithm")
    signer = row["verification"]["path"][0]
    return {**{name: row[name] for name in names}, "signer": signer, "signed_at": in_vietnam(row["signed_at"])}


async def demand_files_signed(
    database: Database, *, actor: Actor, source: str, agency: str, demand: str, reason: str, now: datetime
) -> FileSignatureDemand:
    """From now on official files of the source need the body's signature (``required``) or may have it (``optional``).

    Raises InputInvalid for an unknown source, AgencyUnknown or OwnBody.
    """
    reason = require_reason(reason)
    asked_source(source, place="/source")
    tenancy.require_other_body(actor, agency)
    async with tenancy.transaction(database, actor) as connection:
        if not await is_registered(connection, agency, now.date()):
            raise AgencyUnknown(f"no scored body has the code {agency!r}")
        values = {"source": source, "agency": agency, "demand": demand, "actor": actor.id, "reason": reason}
        made = await stored.insert_demand(connection, values)
        detail = {"agency": agency, "demand": demand}
        await record(connection, actor.id, "file_signature.demand", source, reason=reason, detail=detail)
        return made


def _require_signer(offered: Offered, demand: FileSignatureDemand | None) -> None:
    if demand is None:
        return
    if offered.agency is None:
        if demand.demand == "required":
            hint = f"Put each file's detached JWS beside it as <file>.jws and import with --signed-for {demand.agency}."
            raise FileSignatureRequired(f"{demand.agency} signs the files of {offered.source}", hint=hint, agency=demand.agency)
        return
    if offered.agency != demand.agency:
        words = f"{demand.agency} signs the files of {offered.source}, not {offered.agency}"
        raise FileSignerDiffers(words, agency=demand.agency)


def _require_all(files: Sequence[SignedFile]) -> None:
    faults = [
        Fault(f"{file.name}.jws", "is not there", expected="the detached JWS of the file beside it")
        for file in files
        if file.jws is None
    ]
    if faults:
        raise FileSignatureMissing(f"{len(faults)} of {len(files)} files are not signed", faults=faults)
