"""Small pure rules: schemas are published, signatures, settings, clocks, comparisons, the portal's sums."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey
from pydantic import ValidationError

from services.ingest.contract.findings import RULES
from services.ingest.contract.signatures import KeyUnusable, SignatureInvalid, check, public_keys
from services.ingest.contract.source import Control, SchemaDrift, Summary
from services.ingest.freeze import clock_skew
from services.ingest.pull.store import Page
from services.ingest.settings import IngestSettings, SourceSettings
from services.ingest.snapshot.compare import row_jumps, value_jumps
from services.ingest.sources import SOURCES, schemas, source_named
from services.ingest.sources.public_service_portal import sum_remarks
from shared.datasets.public_service_portal import score_faults
from tests.unit.ingest.make import TASKS, task

ROOT = Path(__file__).parents[3]
PORTAL = source_named("public_service_portal")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_published_schemas_are_those_of_the_code(source: object) -> None:
    """`python -m services.ingest.sources.schemas` writes them."""
    published = ROOT / "docs" / "contracts" / f"{source.name}.schema.json"  # type: ignore[attr-defined]
    assert published.read_text("utf-8") == schemas.text_of(source)  # type: ignore[arg-type]
    jsonschema.Draft202012Validator.check_schema(json.loads(published.read_text("utf-8")))


def test_a_published_schema_refuses_what_the_code_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schemas.schema_of(source_named("system57")))
    row = json.loads(msgspec.json.encode(task(1)))
    assert validator.is_valid({"task_assignments": [row]})
    for wrong in (
        {**row, "new_field": 1},
        {**row, "percent": 101},
        {**row, "role": "boss"},
        {k: row[k] for k in row if k != "due_on"},
    ):
        assert not validator.is_valid({"task_assignments": [wrong]})
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(json.dumps(wrong), type=TASKS.row)


@pytest.mark.parametrize("key", [OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")], ids=["EdDSA", "ES256"])
def test_detached_signatures(key: OKPKey | ECKey) -> None:
    body = b'{"rows": []}' * 20_000
    registry = jws.JWSRegistry(algorithms=["Ed25519", "ES256"])
    registry.max_payload_length = len(body)
    whole = jws.serialize_compact({"alg": "Ed25519" if isinstance(key, OKPKey) else "ES256"}, body, key, registry=registry)
    head, _, tail = whole.split(".")
    signature = f"{head}..{tail}"
    keys = public_keys(json.dumps(key.as_dict(private=False)))
    assert check(body, signature, keys) == "verified"
    assert check(body, signature, None) == "present, no key configured"
    assert check(body, None, None) == "absent, no key configured"
    for wrong in (None, whole, f"{head}..{tail[:-8]}", "..", signature.replace("..", "...")):
        with pytest.raises(SignatureInvalid):
            check(body, wrong, keys)
    with pytest.raises(SignatureInvalid):
        check(body + b" ", signature, keys)
    with pytest.raises(KeyUnusable):
        public_keys(json.dumps(key.as_dict(private=True)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": []}', '{"kty": "oct", "k": "AA"}'])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(KeyUnusable):
        public_keys(text)


def test_settings_of_a_source_come_from_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGDIEM_INGEST_NDXP__BASE_URL", "https://ndxp.example/api/")
    monkeypatch.setenv("BANGDIEM_INGEST_NDXP__API_KEY", "very-secret")
    settings = IngestSettings()
    endpoint = settings.of("ndxp").endpoint("ndxp")
    assert endpoint is not None
    assert endpoint.base_url == "https://ndxp.example/api"
    assert "very-secret" not in repr(settings) + repr(endpoint)
    assert settings.of("finance").endpoint("finance") is None
    assert settings.of("government_office").endpoint("government_office") is None


@pytest.mark.parametrize(
    "values",
    [{"client_id": "a"}, {"client_id": "a", "client_secret": "b", "api_key": "c"}, {"public_jwk": "{}"}, {"page_sise": 1}],
)
def test_settings_that_contradict_themselves_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SourceSettings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("off", "expected"), [(0, "0"), (-1, "0"), (2, "0"), (300, "298"), (-300, "-299"), (None, None)])
def test_clock_skew_is_what_lies_outside_request_and_answer(off: int | None, expected: str | None) -> None:
    sent = datetime(2026, 2, 2, tzinfo=UTC)
    clock = None if off is None else sent + timedelta(seconds=off)
    page = Page(
        dataset="d", page_no=1, sha256="", next_page=None, method="GET", url="", status=200, source_request_id=None,
        source_clock=clock, sent_at=sent, received_at=sent + timedelta(seconds=2), signature="valid",
    )  # fmt: skip
    found = clock_skew([page])
    assert found == (None if expected is None else Decimal(expected))


def test_size_jumps_leave_small_datasets_out() -> None:
    before = {"datasets": [{"name": name, "rows": rows} for name, rows in (("a", 100), ("b", 100), ("c", 10))]}
    now = {"a": 199, "b": 200, "c": 29, "d": 20}
    summaries = {name: Summary(TASKS, rows, b"", Control(rows, {}), {}) for name, rows in now.items()}
    assert [each.detail["dataset"] for each in row_jumps(before, summaries)] == ["b", "d"]


def test_tenfold_values_are_found_both_ways_and_zero_is_another_matter() -> None:
    """Against the exact median of the body's own periods: the last one alone would say otherwise of G03, G08 and G09."""
    dataset = source_named("ndxp").datasets[0]

    def month(**values: int | None) -> dict[str, dict[str, Decimal | None]]:
        return {
            code: {**dict.fromkeys(dataset.numeric), "transactions": None if value is None else Decimal(value)}
            for code, value in values.items()
        }

    then = {
        "2025-12": month(G01=10, G02=100, G03=1_000, G06=0, G08=10, G09=100),
        "2026-01": month(G01=None, G02=101, G03=1_000, G06=0, G08=11, G09=100),
        "2026-03": month(G01=10, G03=10, G06=5, G08=100, G09=20),
    }
    now = month(G01=100, G02=10, G03=100, G06=50, G08=109, G09=999, H38=9)
    found = {each.detail["agency"]: each.detail for each in value_jumps(dataset, now, then)}
    assert {code: (each["now"], each["median"], each["months"]) for code, each in found.items()} == {
        "G01": ("100", "10", 2), "G02": ("10", "100.5", 2), "G03": ("100", "1000", 3),
    }  # fmt: skip
    assert {code: each["window"] for code, each in found.items()} == {
        "G01": "2025-12, 2026-03", "G02": "2025-12…2026-01", "G03": "2025-12…2026-01, 2026-03",
    }  # fmt: skip


def test_every_finding_has_words_in_both_languages() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.message_vi and rule.message_en for rule in RULES)


def portal_body(**groups: object) -> bytes:
    scores = {"CKMB": 8, "TDGQ": 18.57, "CLGQ": 8.46, "TTTT": 6.14, "MDHL": 11.29, "MDSH": 9.06} | groups
    one = {
        "departmentId": "x",
        "departmentName": "Tỉnh",
        "departmentCode": "H38",
        "totalScore": 61.52,
        "ratio": 61.52,
        "scoreDelta": None,
        "groupScores": scores,
        "childGroup": None,
    }
    data = {
        "timeType": "month",
        "year": 2026,
        "month": 1,
        "asOf": "2026-02-02T00:00:00+07:00",
        "generatedAt": "2026-02-02T00:05:00+07:00",
        "paging": {"currentPage": 1, "pageSize": 100, "totalPages": 1, "totalElements": 1},
        "control": {"rows": 1, "sums": {"totalScore": "61.52"}},
        "evaluation": [one],
        "radar": [1, 2],
    }
    return json.dumps({"code": "OK", "message": None, "data": data}).encode()


def test_the_portals_public_shape_is_read_exactly() -> None:
    assert PORTAL.interface is not None
    page = PORTAL.interface.parse(PORTAL.datasets[0], portal_body())
    row = page.rows[0]
    assert [getattr(row, name) for name in ("ckmb", "tdgq", "total")] == [Decimal(8), Decimal("18.57"), Decimal("61.52")]
    assert page.head.control.sums == {"total": Decimal("61.52")}
    assert list(score_faults(page.rows)) == []
    for wrong in ({"CKMB": 18.01}, {"MDSH": -1}):
        bad = PORTAL.interface.parse(PORTAL.datasets[0], portal_body(**wrong))
        assert [field for _, field, _, _, _ in score_faults(bad.rows)] == [next(iter(wrong)).lower()]
    with pytest.raises(SchemaDrift) as caught:
        PORTAL.interface.parse(PORTAL.datasets[0], portal_body(NEW=1))
    assert "service_scores/evaluation/0" in caught.value.faults[0].place


def test_a_notice_is_read_and_must_be_text_that_can_be_kept() -> None:
    assert PORTAL.interface is not None
    for peek in (PORTAL.interface.peek, lambda *given: PORTAL.interface.parse(*given).head):
        said = json.dumps(json.loads(portal_body()) | {"notice": "Số liệu thử\nnghiệm"}).encode()
        assert peek(PORTAL.datasets[0], said).notice == "Số liệu thử\nnghiệm"
        assert peek(PORTAL.datasets[0], portal_body()).notice is None
        for wrong in ("a\0b", "", "x" * 2001, 3):
            with pytest.raises(SchemaDrift, match="notice"):
                peek(PORTAL.datasets[0], json.dumps(json.loads(portal_body()) | {"notice": wrong}).encode())


@pytest.mark.parametrize(("total", "raised"), [("61.52", False), ("61.54", False), ("61.55", True)])
def test_a_total_off_its_groups_is_a_warning(total: str, raised: bool) -> None:  # noqa: FBT001
    names = ("ckmb", "tdgq", "clgq", "tttt", "mdhl", "mdsh")
    values = dict(zip(names, map(Decimal, ("8", "18.57", "8.46", "6.14", "11.29", "9.06")), strict=True))
    stated = {"H38": {**values, "total": Decimal(total)}, "H39": {**dict.fromkeys(names), "total": Decimal(3)}}
    summary = Summary(PORTAL.datasets[0], 2, b"", Control(2, {}), {}, stated)
    assert [each.detail["agency"] for each in sum_remarks({"service_scores": summary})] == (["H38"] if raised else [])
