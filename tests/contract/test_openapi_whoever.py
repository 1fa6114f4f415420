"""The OpenAPI document is true for whoever asks: with no key, and with a key of every role (PUB-07, APR-01)."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from services.gateway.access.auth import ROLES
from tests.contract.served import SCHEMA, Served

pytestmark = pytest.mark.slow(
    "requests for each route by everybody; in every run test_openapi_true reads everything, and test_permits asks for all of it"
)


@SCHEMA.parametrize()
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_is_undeclared_whoever_asks(case: schemathesis.Case[Any], served: Served) -> None:
    """The same request with no key, with every key that may, and with one that may not (test_permits tries all of those)."""
    may = case.operation.definition.raw.get("x-roles", [])
    others = sorted(set(ROLES) - set(may)) if may else []
    refused = [others[zlib.crc32(case.operation.label.encode()) % len(others)]] if others else []
    for role in (None, *may, *refused):
        case.call_and_validate(base_url=served.url, session=served.session, headers=served.headers(role))
