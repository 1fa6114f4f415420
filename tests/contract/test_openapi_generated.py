"""The OpenAPI document is true: no request made from it is answered with what it does not declare (PUB-07)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis

from tests.contract.generating import THE_OTHERS, as_the_document_asks, holds
from tests.contract.served import Served

pytestmark = pytest.mark.slow(
    "some forty requests for each route; those for every sixteenth are in every run: test_openapi_true"
)


@THE_OTHERS.parametrize()
@as_the_document_asks
def test_no_answer_is_undeclared(case: schemathesis.Case[Any], served: Served) -> None:
    holds(case, served)
