"""Everything not public is refused without a key, and with a key of another role: the whole route table, every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.access.auth import ROLES
from services.gateway.access.tenancy import WHOLE_BODY_ROLES
from services.gateway.app.openapi import build
from services.gateway.app.role_matrix import renewed
from services.gateway.application import build_app
from tests.integration.gateway.conftest import HOME, House
from tests.tables import whole

DOCUMENT = build(build_app())
PUBLIC = {
    "get_explanation", "get_version_changes", "get_month_changes", "get_trends",
    "list_agencies", "get_agency", "list_schemes", "get_scheme", "list_periods", "get_period", "list_versions", "get_scores",
    "get_agency_scores", "get_published_reports", "get_published_report", "list_readings", "get_reading", "get_alternative",
    "get_sdmx_structure", "get_bundle", "list_publication_certificates", "get_index", "list_problem_types", "get_problem_type",
    "get_liveness", "get_readiness", "list_forms", "get_form", "get_form_template", "get_report_rules",
    "get_submission_machine", "list_receipt_keys", "list_public_events",
    "get_quarter_scores", "get_year_scores", "list_quarter_versions", "list_year_versions",
}  # fmt: skip
KINDS = ("meeting", "attendance", "speech", "closing")
READING = {"reader", "operator", "publisher", "auditor"}
INSIDE = set(WHOLE_BODY_ROLES)
ANYBODY = {*INSIDE, "agency_unit"}
ABOUT_PEOPLE = {"agency_admin", "system_administrator"}
SIGNED = {*INSIDE, "reader", "operator", "auditor", "records_reviewer"}
# All that is not public. What is widened or narrowed is so because somebody changed this table; docs/identity.md shows it.
BY: list[tuple[set[str], str]] = [
    ({"operator"}, "post_pull post_freeze post_second_look post_score_run post_score_plan post_back_fill"),
    ({"publisher"}, "post_publication post_ruling post_applicability post_withdrawal post_calendar_entry post_approval"),
    ({"publisher"}, "post_publication_approval post_publication_refusal"),
    ({"publisher"}, "post_calendar_withdrawal post_decision_approval post_decision_refusal"),
    ({"publisher"}, "post_extension post_extension_approval post_late_acceptance post_rule_activation post_omission_approval"),
    ({"operator", "publisher"}, "post_supersession post_supersession_refusal post_omission post_head post_head_withdrawal"),
    ({"publisher"}, "post_head_approval post_head_withdrawal_approval"),
    ({"operator", "publisher"}, "post_scheme_revision post_shadow_run"),
    ({"publisher"}, "post_scheme_signature post_scheme_activation"),
    (READING, "list_scheme_revisions get_scheme_revision get_shadow_run get_score_plan get_preview get_edges"),
    ({"records_reviewer"}, "post_records_review"),
    ({"assessor"}, "post_assessment"),
    ({"officer", "publisher"}, " ".join(["post_decision", *(f"post_{kind}_confirmation" for kind in KINDS)])),
    ({"officer"}, " ".join(f"post_{kind} post_{kind}_correction post_{kind}_withdrawal" for kind in KINDS)),
    ({"system_administrator"}, "post_officer post_officer_approval post_officer_revocation post_signature_demand"),
    ({"system_administrator", "auditor"}, "list_officers get_officer list_keys"),
    (ABOUT_PEOPLE, "post_member post_member_approval post_member_revocation"),
    (ABOUT_PEOPLE, "post_credential_approval post_credential_revocation"),
    (ABOUT_PEOPLE, "post_mandate post_mandate_approval post_mandate_withdrawal"),
    ({*ABOUT_PEOPLE, "auditor"}, "list_members get_member list_credentials get_credential"),
    ({*INSIDE, "system_administrator", "auditor"}, "list_mandates get_mandate list_signature_demands"),
    ({"agency_admin"}, "post_credential"),
    ({"agency_admin"}, "post_webhook post_webhook_rotation post_webhook_replay"),
    ({"agency_admin"}, "post_webhook_pause post_webhook_resumption post_webhook_end"),
    ({*INSIDE, "system_administrator", "auditor"}, "list_webhooks get_webhook list_webhook_deliveries"),
    (INSIDE, "list_events get_event"),
    ({"agency_drafter"}, "post_submission put_submission_content put_submission_section post_confirmation post_handover"),
    ({"agency_drafter"}, "post_revert post_attachment post_initiative post_initiative_withdrawal"),
    ({"agency_drafter"}, "post_self_score"),
    ({"operator"}, "post_roll_up"),
    ({"publisher"}, "post_roll_up_answer post_roll_up_publication"),
    (READING, "list_roll_ups get_roll_up"),
    ({"agency_signer"}, "post_roll_up_check"),
    (INSIDE, "list_own_roll_ups get_own_roll_up"),
    (INSIDE, "list_self_scores get_self_score get_self_score_comparison"),
    ({"agency_approver"}, "post_submission_approval post_initiative_approval"),
    ({"agency_signer"}, "post_signature post_countersignature"),
    ({"agency_approver", "agency_signer"}, "post_rejection"),
    ({"agency_drafter", "agency_approver", "agency_signer"}, "post_validation"),
    (INSIDE, "get_late_score get_stake get_prefill get_signing_payload list_own_initiatives get_own_initiative"),
    (SIGNED, "list_submissions get_submission get_submission_content get_report_in_force get_receipt get_signature"),
    ({*INSIDE, "operator"}, "list_report_findings"),
    ({*INSIDE, "operator", "auditor"}, "list_transitions get_transition list_confirmations get_confirmation get_validation"),
    ({*INSIDE, "auditor"}, "get_countersignatures"),
    ({*INSIDE, "reader", "auditor"}, "list_attachments get_attachment"),
    ({*INSIDE, *READING}, "get_own_reporting list_heads get_head list_indicator_rows list_snapshot_rows post_what_if"),
    ({*INSIDE, *READING}, "list_row_changes get_own_task_annex"),
    (READING, "get_task_annex get_commendations get_quality_report"),
    ({"operator", "auditor"}, "get_finding_board"),
    ({*INSIDE, "operator", "auditor"}, "get_own_finding_board"),
    ({*INSIDE, *READING}, "get_own_preview"),
    ({*ANYBODY, *READING}, "list_calendar get_calendar_entry"),
    (ANYBODY, "post_rotation list_units get_unit list_unit_plans get_unit_plan get_unit_plan_in_force"),
    (ANYBODY, "get_unit_board get_unit_section get_unit_section_prefill get_unit_section_version"),
    ({"agency_unit"}, "post_unit_section post_unit_section_file"),
    ({"agency_admin"}, "post_unit post_unit_version list_unit_members post_unit_member post_unit_member_revocation"),
    ({"agency_admin"}, "post_unit_plan post_unit_plan_approval"),
    ({"agency_drafter"}, "post_unit_section_return post_unit_assembly"),
    (INSIDE, "list_unit_assemblies get_unit_assembly"),
    ({*READING, "records_reviewer"}, "list_reported_figures"),
    ({*INSIDE, *READING, "records_reviewer"}, "list_records_reviews get_records_review"),
    ({*READING, "officer"}, " ".join(f"get_{kind} list_{kind}_versions" for kind in KINDS)),
    ({*READING, "officer"}, "list_meetings list_attendances list_speeches list_register_closings"),
    ({*INSIDE, *READING, "officer"}, "get_own_register"),
    ({*READING, "officer"}, "list_attendances_of_meeting list_speeches_of_meeting"),
    ({*READING, "officer", "assessor"}, "list_initiatives get_initiative"),
    ({*READING, "officer", "assessor"}, "list_feedback get_feedback get_feedback_statistics"),
    ({"officer", "assessor"}, "post_feedback post_feedback_acceptance post_feedback_answer post_feedback_decline"),
    ({"officer", "assessor"}, "post_feedback_forwarding post_feedback_reopening post_feedback_closure"),
    (INSIDE, "list_own_feedback get_own_feedback"),
    ({"agency_drafter", "agency_approver"}, "post_own_feedback post_own_feedback_reopening post_own_feedback_closure"),
    ({"agency_approver"}, "post_own_feedback_explanation"),
    ({"auditor", "system_administrator"}, "get_usage"),
    ({"system_administrator"}, "post_file_signature_demand"),
    ({"system_administrator", "operator", "auditor"}, "list_file_signature_demands"),
    (READING, "get_snapshot_file_signatures"),
    (set(ROLES), "list_people list_request_keys post_request_key post_request_key_end"),
    (READING, "list_rulings get_ruling list_applicability get_applicability list_decisions get_decision get_pull"),
    (READING, "list_waiting_requests get_operator_board"),
    (READING, "get_freeze list_snapshots get_snapshot list_rows_put_aside get_supersession list_findings"),
    (READING, "list_score_runs get_score_run get_run_readiness get_run_explanation get_run_changes list_run_row_changes"),
    (READING, "list_back_fills get_back_fill"),
    (READING, "get_holds list_period_omissions get_omission"),
    (
        READING,
        "get_publication get_status get_second_look list_extensions get_extension list_late_acceptances get_late_acceptance",
    ),
    ({*READING, "agency_signer"}, "get_snapshot_signing_payload"),
    (READING, "list_rule_activations get_rule_activation get_reporting get_snapshot_countersignatures"),
]
WRITTEN = {name: roles for roles, names in BY for name in names.split()}
EXAMPLES = {
    "period": "2026-01", "agency": HOME, "scheme": "qd-4585", "slug": "internal", "snapshot": "snap_0",
    "publication": "pub_" + "0" * 26, "row": "appl_" + "0" * 26, "form": "monthly-report", "version": "1",
    "section": "registered_tasks", "indicator": "C1", "quarter": "2026-Q1", "year": "2026",
}  # fmt: skip
# An empty document, and ids of nothing there is: whatever the answer, it is not about who asks. A month begins empty (201).
RIGHT = (200, 201, 404, 409, 415, 422, 428)
_PREFIXED = re.compile(r"\^\(?([a-z]+)[|)a-z]*_\[0-9a-z\]\{26\}\$")


def example(parameter: dict[str, Any]) -> str:
    """A value that the parameter's pattern lets through, of nothing there is."""
    name, schema = parameter["name"], parameter["schema"]
    prefixed = _PREFIXED.fullmatch(schema.get("pattern", ""))
    if name in EXAMPLES:
        return EXAMPLES[name]
    if prefixed:
        return f"{prefixed[1]}_{'0' * 26}"
    return "1" if schema.get("type") == "integer" else "0" * 12


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            resolved = (each for each in operation.get("parameters", []) if each.get("in") == "path")
            values = {each["name"]: example(each) for each in resolved}
            yield method, re.sub(r"\{(\w+)\}", lambda name, at=values: at[name[1]], path), operation  # type: ignore[misc]


CLOSED = [each for each in operations() if each[2]["operationId"] not in PUBLIC]


def test_the_roles_of_every_route_are_those_written_here() -> None:
    found = {operation["operationId"]: set(operation.get("x-roles", ())) for _, _, operation in operations()}
    assert {name for name, roles in found.items() if not roles} == PUBLIC
    assert {name: roles for name, roles in found.items() if name not in PUBLIC} == WRITTEN
    for _, _, operation in operations():
        assert ("security" in operation) == (operation["operationId"] not in PUBLIC), operation["operationId"]


def test_the_matrix_in_the_documentation_is_made_from_the_routes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "identity.md").read_text("utf-8")
    assert renewed(page, build_app()) == page, "run python -m services.gateway.generate"


async def test_without_a_good_key_it_is_401(house: House, subtests: pytest.Subtests) -> None:
    wrong = house.keys["operator"][:-1] + ("0" if house.keys["operator"][-1] != "0" else "1")
    for method, path, operation in whole(CLOSED, least=192):
        for authorization in (
            None,
            "",
            "Basic YTpi",
            "Bearer",
            "Bearer nonsense",
            f"Bearer {wrong}",
            f"Digest {house.keys['operator']}",
        ):
            headers = {} if authorization is None else {"authorization": authorization}
            with subtests.test(f"{operation['operationId']} with {authorization}"):
                answer = await house.client.request(method, path, headers=headers, content=b"{not json")
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Bearer")
                assert answer.json()["type"].endswith("/problems/unauthenticated")


@pytest.mark.parametrize("role", ROLES)
async def test_another_role_is_403_and_the_right_one_passes(house: House, subtests: pytest.Subtests, role: str) -> None:
    for method, path, operation in whole(CLOSED, least=192):
        headers = {**house.bearer(role), "content-type": "application/json"}
        with subtests.test(operation["operationId"]):
            answer = await house.client.request(method, path, headers=headers, content=None if method == "get" else b"{}")
            if role in operation["x-roles"]:
                assert answer.status_code in RIGHT, answer.text
            else:
                assert answer.status_code == 403, answer.text
                assert answer.json()["type"].endswith("/problems/not-allowed")


async def test_public_routes_ask_for_nothing(house: House) -> None:
    for method, path, operation in operations():
        if operation["operationId"] in PUBLIC:
            answer = await house.client.request(method, path)
            assert answer.status_code in (200, 404), path
