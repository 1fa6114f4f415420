"""The web application: all routes, refusals, and the document that describes them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Lifespan

from services.gateway import refusals
from services.gateway.answers import API, OPEN
from services.gateway.api import (
    agencies,
    applicability,
    attachments,
    attendances,
    calendar,
    completeness,
    countersignatures,
    credentials,
    events,
    extensions,
    feedback,
    feedback_steps,
    file_signatures,
    findings,
    forms,
    health,
    initiatives,
    late_acceptances,
    mandates,
    meetings,
    members,
    own_feedback,
    own_register,
    people,
    periods,
    problems,
    publications,
    published_reports,
    receipt_keys,
    records_reviews,
    report_findings,
    request_keys,
    rule_activations,
    rulings,
    schemes,
    score_runs,
    scores,
    signatures,
    snapshots,
    source_months,
    speeches,
    status,
    submission_content,
    submission_steps,
    submissions,
    unit_assemblies,
    unit_plans,
    unit_sections,
    units,
    usage,
    webhooks,
)
from services.gateway.eform import account as account_pages
from services.gateway.eform import astray, provider_sign_in, signing_in
from services.gateway.eform import initiatives as initiatives_pages
from services.gateway.eform import late_reports as late_reports_pages
from services.gateway.eform import own_register as own_register_pages
from services.gateway.eform import records_reviews as records_reviews_pages
from services.gateway.eform import usage as usage_pages
from services.gateway.eform.administration import home as administration_pages
from services.gateway.eform.administration import keys as credentials_pages
from services.gateway.eform.administration import mandates as mandates_pages
from services.gateway.eform.administration import people as people_pages
from services.gateway.eform.administration import webhooks as webhooks_pages
from services.gateway.eform.feedback import routes as feedback_pages
from services.gateway.eform.registers import attendances as attendances_pages
from services.gateway.eform.registers import entries as register_entries_pages
from services.gateway.eform.registers import meetings as meetings_pages
from services.gateway.eform.registers import speeches as speeches_pages
from services.gateway.eform.reports import routes as report_pages
from services.gateway.eform.units import routes as unit_pages
from services.gateway.idempotency import Keeping
from services.gateway.openapi import build, dump
from services.gateway.pages import GUARDS, operations_page

RESOURCES = (
    agencies, schemes, periods, scores, rulings, applicability, calendar, source_months, snapshots, findings, score_runs,
    publications, published_reports, status, forms, submissions, submission_content, report_findings, submission_steps,
    rule_activations,
    receipt_keys, attachments,
    members, people, credentials, extensions, late_acceptances, records_reviews, completeness,
    meetings, attendances, speeches, initiatives, own_register, mandates, request_keys, signatures,
    countersignatures, file_signatures, feedback, feedback_steps, own_feedback, usage,
    units, unit_plans, unit_sections, unit_assemblies,
    events, webhooks,
)  # fmt: skip
PAGES = (
    signing_in,
    report_pages,
    unit_pages, feedback_pages, usage_pages,
    meetings_pages, attendances_pages, speeches_pages, register_entries_pages, initiatives_pages, own_register_pages,
    records_reviews_pages, late_reports_pages,
    provider_sign_in, account_pages, administration_pages, people_pages, credentials_pages, mandates_pages,
    webhooks_pages,
)  # fmt: skip


def build_app(*, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """All routes; nothing is opened before the lifespan begins."""
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )  # fmt: skip
    app.add_middleware(Keeping)
    app.include_router(_one(each.router for each in RESOURCES), prefix=API)
    app.include_router(_one((signing_in.front_door, *(each.router for each in (*PAGES, problems, health)))))
    _describe(app)
    refusals.install(app, dressed=astray.as_page)
    return app


def _one(routers: Iterable[APIRouter]) -> APIRouter:
    """All their routes as one router: a router inside a router is looked into for every request, and has a lifespan of its own.

    What a router gives its routes (tags, dependencies) it gave them when they were added.
    """
    one = APIRouter()
    one.routes.extend(route for router in routers for route in router.routes)
    return one


def _describe(app: FastAPI) -> None:
    """The document and a plain list of it; no script, nothing fetched from elsewhere."""

    @cache
    def documents() -> tuple[str, str]:
        # When first asked for: making it takes as long as all else of a start.
        document = build(app)
        return dump(document), operations_page(document)

    @app.get("/openapi.json", include_in_schema=False)
    def openapi_document(request: Request) -> Response:
        return Response(documents()[0], media_type="application/json", headers={"cache-control": OPEN})

    @app.get("/docs", include_in_schema=False)
    def operations(request: Request) -> Response:
        return Response(documents()[1], media_type="text/html", headers={"cache-control": OPEN, **GUARDS})


def _operation_id(route: APIRoute) -> str:
    return route.name
