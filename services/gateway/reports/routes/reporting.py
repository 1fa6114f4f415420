"""What the routes about reports share: who may call them, where they work, and a report as a request's body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request

from services.gateway.access.permits import RequireAgencyRole, read_body
from services.gateway.access.second_factor import SecondFactor
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.http.periods import known_period
from services.gateway.http.runtime import runtime
from services.gateway.reports.formats.media_types import CSV, FORMATS, JSON, NDJSON, WORKBOOK
from services.gateway.reports.submissions.desk import Desk
from shared.audit import Actor
from shared.errors import Fault
from shared.problems import MediaTypeUnsupported, NotAcceptable

SUBMISSIONS: Final = "/agencies/{agency}/periods/{period}/submissions"
ONE: Final = SUBMISSIONS + "/{sequence}"

# Everybody of the body; of the national offices those who look at what was signed, and the operator at its findings.
INSIDE = RequireAgencyRole(WHOLE_BODY_ROLES)
SIGNED = RequireAgencyRole(WHOLE_BODY_ROLES, national=("reader", "operator", "auditor", "records_reviewer"))
CHECKED = RequireAgencyRole(WHOLE_BODY_ROLES, national=("operator", "auditor"))
# Findings repeat what was written, private words too: those are for the body and the operator (INT-16).
FOUND = RequireAgencyRole(WHOLE_BODY_ROLES, national=("operator",))
DRAFTER = RequireAgencyRole(("agency_drafter",))
# Agreeing cannot be taken back, so it needs a second factor where one is configured (SEC-04).
APPROVER = RequireAgencyRole(("agency_approver",), factor=SecondFactor.NEEDED)
SIGNER = RequireAgencyRole(("agency_signer",), factor=SecondFactor.NEEDED)
REJECTER = RequireAgencyRole(("agency_approver", "agency_signer"))
CHECKER = RequireAgencyRole(("agency_drafter", "agency_approver", "agency_signer"))

REFUSES: Final = (401, 403, 404)
TEXT: Final = {"type": "string"}
BINARY: Final = {"type": "string", "format": "binary"}
OBJECT: Final = {"type": "object"}
REPORT_FORMATS: Final[dict[str, dict[str, Any]]] = {JSON: OBJECT, NDJSON: TEXT, CSV: TEXT, WORKBOOK: BINARY}
SHORT: Final = {"json": JSON, "ndjson": NDJSON, "csv": CSV, "xlsx": WORKBOOK}


def desk_of(request: Request, actor: Actor, agency: str, period: str) -> Desk:
    """Raises PeriodUnknown."""
    given = runtime(request)
    return Desk(given, actor, agency, known_period(period, now=given.clock()))


@dataclass(frozen=True)
class Sent:
    """A request's body and the format its Content-Type names."""

    body: bytes
    media_type: str


class ReportBody:
    """A report in one of the formats. Raises MediaTypeUnsupported or ContentTooLarge."""

    async def __call__(self, request: Request) -> Sent:
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type not in FORMATS:
            fault = Fault("Content-Type", "is no format of a report", seen=media_type[:80], expected=", ".join(FORMATS))
            raise MediaTypeUnsupported("a report comes in one of four formats", faults=[fault])
        return Sent(await read_body(request, runtime(request).max_report_bytes), media_type)


REPORT_BODY = ReportBody()


def short_format(name: str, offered: tuple[str, ...]) -> str:
    """The media type behind a ?format=. Raises NotAcceptable."""
    if SHORT.get(name) not in offered:
        names = [short for short, media_type in SHORT.items() if media_type in offered]
        fault = Fault("?format", "is not offered", seen=name[:40], expected=" or ".join(names))
        raise NotAcceptable(f"nothing is written as {name[:40]!r} here", faults=[fault])
    return SHORT[name]
