"""National Public Service Portal (Cổng Dịch vụ công quốc gia), run by the Government Office. Gives B1–B5.

The payload follows the portal's own public JSON (QĐ 766/QĐ-TTg month view): five legal groups shown as six, because the
22 points of online services are split into CLGQ (12) and TTTT (10). ``null`` is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

import msgspec

from services.ingest.contract.envelope import ControlBody, Notice, control_of, decode, decode_head
from services.ingest.contract.findings import PORTAL_SUM, Finding
from services.ingest.contract.source import Control, Head, Interface, Page, SchemaDrift, Source, Summary, Window
from shared.datasets import public_service_portal
from shared.datasets.declaration import Code, Count, Dataset, Instant, Score, Text
from shared.datasets.public_service_portal import CONTRACT, MAXIMA, ServiceScore
from shared.errors import Fault
from shared.outbound import Ask
from shared.period import in_vietnam

TOLERANCE = Decimal("0.02")
Rows = TypeVar("Rows")


class GroupScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Points of one body in the six portal groups; maxima 18, 20, 12, 10, 18, 22 (domain reading B-1, B-2)."""

    CKMB: Score | None
    TDGQ: Score | None
    CLGQ: Score | None
    TTTT: Score | None
    MDHL: Score | None
    MDSH: Score | None


class Evaluation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One body as the portal publishes it. ``departmentCode`` is the electronic identifier (H-code or G-code)."""

    departmentId: Code  # noqa: N815 - the portal's own field names
    departmentName: Text  # noqa: N815
    departmentCode: Code  # noqa: N815
    totalScore: Score | None  # noqa: N815
    ratio: Score | None
    scoreDelta: Score | None  # noqa: N815
    groupScores: GroupScores  # noqa: N815
    childGroup: Text | None  # noqa: N815


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our addition to the public shape."""

    currentPage: Count  # noqa: N815
    pageSize: Count  # noqa: N815
    totalPages: Count  # noqa: N815
    totalElements: Count  # noqa: N815


class View(msgspec.Struct, Generic[Rows], frozen=True, forbid_unknown_fields=True):
    """The month view. ``overview`` and what follows it are kept in the archive and not read."""

    timeType: Literal["month"]  # noqa: N815
    year: int
    month: int
    asOf: Instant  # noqa: N815
    generatedAt: Instant  # noqa: N815
    paging: Paging
    control: ControlBody
    evaluation: Rows
    overview: msgspec.Raw = msgspec.Raw(b"null")
    radar: msgspec.Raw = msgspec.Raw(b"null")
    growthPercent: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815
    monthlyChart: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815


class Body(msgspec.Struct, Generic[Rows], frozen=True, forbid_unknown_fields=True):
    """The portal's answer."""

    code: Literal["OK"]
    message: str | None
    data: View[Rows]
    notice: Notice | None = None


def sum_remarks(summaries: Mapping[str, Summary]) -> Iterator[Finding]:
    """B-4: the groups must sum to the total within the tolerance; otherwise someone should look."""
    for code, values in sorted(summaries["service_scores"].stated.items()):
        groups = [values[name] for name in MAXIMA]
        total = values["total"]
        if total is None or any(value is None for value in groups):
            continue
        if abs(sum(groups) - total) > TOLERANCE:
            detail = {"agency": code, "groups": str(sum(groups)), "total": str(total), "tolerance": str(TOLERANCE)}
            yield Finding(PORTAL_SUM, detail)


def _request(dataset: Dataset, window: Window, page: str | None) -> Ask:
    asked = {
        "timeType": "month",
        "year": window.period.year,
        "month": window.period.month,
        "departmentType": "ADMINISTRATIVE_UNIT",
        "rootDepartmentId": None,
        "currentPage": int(page or 1),
        "pageSize": min(window.page_size, 1000),
        "asOf": in_vietnam(window.as_of),
    }
    return Ask("POST", "/api/v1/reporting/evaluation/service-results", body=msgspec.json.encode(asked))


def _shape(rows: Any) -> Any:
    return Body[rows]


def _peek(dataset: Dataset, body: bytes) -> Head:
    return _head(dataset, decode_head(body, _shape, place=f"{dataset.name}/evaluation"))


def _parse(dataset: Dataset, body: bytes) -> Page:
    place = f"{dataset.name}/evaluation"
    found = decode(
        body, _shape, Evaluation, place=place, found=lambda found: found.data.evaluation, named_by="departmentCode", flat=_plain
    )
    rows = [_flat(each) for each in found.rows]
    return Page(_head(dataset, found.whole), rows, misfits=found.misfits, numbers=found.numbers)


def _head(dataset: Dataset, whole: Body[Any]) -> Head:
    view = whole.data
    control = control_of(view.control, dataset.name)
    if control.rows != view.paging.totalElements:
        fault = Fault(
            f"{dataset.name}/paging/totalElements",
            "differs from control/rows",
            seen=str(view.paging.totalElements),
            expected=str(control.rows),
        )
        raise SchemaDrift(f"{dataset.name}: paging and control state different numbers of rows", faults=[fault])
    return Head(
        # The portal's public shape names neither contract nor dataset: there is only one of each.
        contract=CONTRACT,
        dataset=dataset.name,
        period=f"{view.year:04}-{view.month:02}",
        as_of=view.asOf,
        generated_at=view.generatedAt,
        # Their name of the sum is their column's; ours is our column's.
        control=Control(control.rows, {"total" if name == "totalScore" else name: sum_ for name, sum_ in control.sums.items()}),
        next_page=str(view.paging.currentPage + 1) if view.paging.currentPage < view.paging.totalPages else None,
        notice=whole.notice,
    )


def _flat(one: Evaluation) -> ServiceScore:
    groups = one.groupScores
    return ServiceScore(
        agency=one.departmentCode,
        department_name=one.departmentName,
        ckmb=groups.CKMB,
        tdgq=groups.TDGQ,
        clgq=groups.CLGQ,
        tttt=groups.TTTT,
        mdhl=groups.MDHL,
        mdsh=groups.MDSH,
        total=one.totalScore,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """A row that does not fit, under our names: fields of other names were refused before."""
    groups = values["groupScores"] or {}
    named = {"agency": values["departmentCode"], "department_name": values["departmentName"]}
    return named | {name: groups.get(name.upper()) for name in MAXIMA} | {"total": values["totalScore"]}


SOURCE = Source(
    name="public_service_portal",
    contract=CONTRACT,
    title_vi="Cổng Dịch vụ công quốc gia",
    datasets=public_service_portal.DATASETS,
    interface=Interface(request=_request, peek=_peek, parse=_parse),
    remarks=sum_remarks,
)
