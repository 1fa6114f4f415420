"""The web application: all routes, refusals, and the document that describes them."""

from __future__ import annotations

from functools import cache

from fastapi import Depends, FastAPI, Request
from starlette.responses import Response
from starlette.types import Lifespan

from services.gateway.access.permits import PUBLIC
from services.gateway.access.routes import credentials, members, people, request_keys
from services.gateway.app.cross_origin import preflighted
from services.gateway.app.openapi import build, dump
from services.gateway.app.routes import health, index, problems
from services.gateway.deadlines.routes import completeness, extensions, late_acceptances
from services.gateway.feedback.routes import feedback, feedback_steps, own_feedback
from services.gateway.http import exception_handlers
from services.gateway.http.answers import OPEN
from services.gateway.http.idempotency import IdempotencyMiddleware
from services.gateway.http.pages import GUARDS, operations_page
from services.gateway.http.routing import serve_all
from services.gateway.notifications.routes import events, webhooks
from services.gateway.operations.routes import (
    applicability,
    back_fills,
    calendar,
    decisions,
    findings,
    heads,
    holds,
    operator_board,
    publications,
    revisions,
    roll_ups,
    rulings,
    run_explanations,
    score_plans,
    score_runs,
    snapshots,
    source_months,
    status,
    waiting_requests,
)
from services.gateway.oversight.routes import annex, commendations, finding_boards, quality
from services.gateway.pages import account as account_pages
from services.gateway.pages import astray, provider_sign_in, signing_in
from services.gateway.pages import initiatives as initiatives_pages
from services.gateway.pages import late_reports as late_reports_pages
from services.gateway.pages import own_register as own_register_pages
from services.gateway.pages import records_reviews as records_reviews_pages
from services.gateway.pages import usage as usage_pages
from services.gateway.pages.administration import home as administration_pages
from services.gateway.pages.administration import keys as credentials_pages
from services.gateway.pages.administration import mandates as mandates_pages
from services.gateway.pages.administration import people as people_pages
from services.gateway.pages.administration import webhooks as webhooks_pages
from services.gateway.pages.board import home as board_pages
from services.gateway.pages.feedback import routes as feedback_pages
from services.gateway.pages.operations import routes as operations_pages
from services.gateway.pages.oversight import annex as annex_pages
from services.gateway.pages.oversight import commendations as commendations_pages
from services.gateway.pages.oversight import finding_boards as finding_boards_pages
from services.gateway.pages.oversight import quality as quality_pages
from services.gateway.pages.oversight import session_report as session_report_pages
from services.gateway.pages.registers import attendances as attendances_pages
from services.gateway.pages.registers import entries as register_entries_pages
from services.gateway.pages.registers import meetings as meetings_pages
from services.gateway.pages.registers import speeches as speeches_pages
from services.gateway.pages.reports import routes as report_pages
from services.gateway.pages.scores import routes as score_pages
from services.gateway.pages.units import routes as unit_pages
from services.gateway.publication import public_pages
from services.gateway.publication.routes import (
    agencies,
    bundles,
    changes,
    explanations,
    periods,
    previews,
    publication_certificates,
    published_reports,
    readings,
    roll_up_pages,
    row_changes,
    rows,
    schemes,
    scores,
    sdmx_structures,
    self_scores,
    trends,
    what_if,
)
from services.gateway.publication.routes import roll_ups as published_roll_ups
from services.gateway.registers.routes import attendances, initiatives, meetings, own_register, speeches
from services.gateway.reports.routes import (
    attachments,
    forms,
    receipts,
    records_reviews,
    report_findings,
    rule_activations,
    signatures,
    submission_content,
    submission_steps,
    submissions,
)
from services.gateway.signatures.routes import countersignatures, file_signatures, mandates
from services.gateway.units.routes import unit_assemblies, unit_plans, unit_sections, units
from services.gateway.usage.routes import usage

RESOURCES = (
    agencies, heads, schemes, revisions, periods, scores, bundles, publication_certificates, sdmx_structures, explanations,
    changes, trends, what_if, self_scores, readings, rows, row_changes, rulings, applicability, calendar, decisions,
    waiting_requests, source_months, snapshots, findings, holds, back_fills, score_plans, score_runs, run_explanations,
    operator_board,
    publications, previews, published_reports, roll_ups, published_roll_ups, status, forms,
    submissions, submission_content, report_findings, submission_steps,
    rule_activations, receipts, attachments,
    members, people, credentials, extensions, late_acceptances, records_reviews, completeness,
    meetings, attendances, speeches, initiatives, own_register, mandates, request_keys, signatures,
    countersignatures, file_signatures, feedback, feedback_steps, own_feedback, usage,
    units, unit_plans, unit_sections, unit_assemblies,
    events, webhooks,
    annex, finding_boards, commendations, quality,
)  # fmt: skip
PAGES = (
    signing_in, board_pages,
    operations_pages,
    report_pages,
    unit_pages, feedback_pages, usage_pages, score_pages,
    meetings_pages, attendances_pages, speeches_pages, register_entries_pages, initiatives_pages, own_register_pages,
    records_reviews_pages, late_reports_pages,
    provider_sign_in, account_pages, administration_pages, people_pages, credentials_pages, mandates_pages,
    webhooks_pages,
    annex_pages, finding_boards_pages, commendations_pages, quality_pages, session_report_pages,
)  # fmt: skip


def build_app(*, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """All routes; nothing is opened before the lifespan begins."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    app.add_middleware(IdempotencyMiddleware)
    serve_all(app, (each.router for each in (*RESOURCES, public_pages, roll_up_pages, *PAGES, index, problems, health)))
    _describe(app)
    exception_handlers.install(app, dressed=lambda handler: preflighted(public_pages.as_page(astray.as_page(handler))))
    return app


def _describe(app: FastAPI) -> None:
    """The document and a plain list of it; no script, nothing fetched from elsewhere."""

    @cache
    def documents() -> tuple[str, str]:
        # When first asked for: making it takes as long as all else of a start.
        document = build(app)
        return dump(document), operations_page(document)

    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(PUBLIC)])
    def openapi_document(request: Request) -> Response:
        return Response(documents()[0], media_type="application/json", headers={"cache-control": OPEN})

    @app.get("/docs", include_in_schema=False)
    def operations(request: Request) -> Response:
        return Response(documents()[1], media_type="text/html", headers={"cache-control": OPEN, **GUARDS})
