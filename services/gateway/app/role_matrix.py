"""Which role may call which route: the table in docs/identity.md, made from the route table (APR-01)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from services.gateway.access.keys_making import ROLES
from services.gateway.access.permits import Permit
from services.gateway.access.second_factor import SecondFactor
from services.gateway.http.answers import API

BEGIN, END = "<!-- roles: made by python -m services.gateway.generate -->", "<!-- end of roles -->"
_SHORT = {
    "reader": "đọc", "operator": "vận hành", "publisher": "công bố", "auditor": "giám sát", "records_reviewer": "rà soát",
    "officer": "cán bộ", "assessor": "thẩm định", "system_administrator": "quản trị", "agency_drafter": "soạn",
    "agency_approver": "duyệt", "agency_signer": "ký", "agency_admin": "quản trị cơ quan", "agency_unit": "đơn vị",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One operation; no roles is everybody."""

    tag: str
    method: str
    path: str
    roles: frozenset[str]
    factor: bool


def lines(app: FastAPI) -> Iterator[Line]:
    """Every operation that the OpenAPI document has, in its order."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        calls = [dependency.call for dependency in context.dependant.dependencies]
        permit = next((call for call in calls if isinstance(call, Permit)), None)
        path = str(context.path).removeprefix(API) or API
        for method in sorted(context.methods or ()):
            tag = str(route.tags[0]) if route.tags else ""
            factor = permit is not None and permit.factor is SecondFactor.NEEDED
            yield Line(tag, method, path, permit.roles if permit else frozenset(), factor)


def matrix(app: FastAPI) -> str:
    """Markdown: one table a resource; ``●`` may call it, ``②`` may with a second factor where one is configured."""
    everything = sorted(lines(app), key=lambda line: line.tag)
    used = {role for line in everything for role in line.roles}
    columns = [role for role in ROLES if role in used]
    parts = [f"Columns: {', '.join(f'`{role}` ({_SHORT.get(role, role)})' for role in columns)}.\n"]
    for tag, found in groupby(everything, key=lambda line: line.tag):
        parts.append(f"### {tag}\n\n" + "\n".join(_table(list(found), columns)) + "\n")
    return "\n".join(parts)


def renewed(page: str, app: FastAPI) -> str:
    """The page with its table as it should be now. Raises ValueError for a page without the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the roles: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{matrix(app)}\n{END}{after}"


def _table(found: list[Line], columns: list[str]) -> Iterator[str]:
    """Only the columns of roles that may do anything here."""
    shown = [role for role in columns if any(role in line.roles for line in found)]
    public = ["everybody"] if any(not line.roles for line in found) else []
    yield "| " + " | ".join(["route", *shown, *public]) + " |"
    yield "|" + "---|" * (1 + len(shown) + len(public))
    for line in found:
        mark = "②" if line.factor else "●"
        cells = [mark if role in line.roles else "" for role in shown] + [" " if line.roles else "●" for _ in public]
        yield "| " + " | ".join([f"`{line.method} {line.path}`", *cells]) + " |"
