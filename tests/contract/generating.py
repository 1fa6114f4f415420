"""Requests made from the committed document by Schemathesis, good and bad ones, the same in every run.

It makes them while the tests are collected, some forty for each route, which takes longer than sending them: of every
sixteenth route they are made in every run, of the others where slow tests are wanted (MARKED in tests/conftest.py).
"""

from __future__ import annotations

import zlib
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.contract.served import SCHEMA, Served


def _in_every_run(context: Any) -> bool:
    return zlib.crc32(context.operation.label.encode()) % 16 == 0


IN_EVERY_RUN = SCHEMA.include(_in_every_run)
THE_OTHERS = SCHEMA.exclude(_in_every_run)

as_the_document_asks = settings(
    max_examples=1,  # beside the cases that the document itself makes necessary
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def holds(case: schemathesis.Case[Any], served: Served) -> None:
    """Status, headers, type and shape of the answer; with a key that may call the route, to reach what lies behind."""
    role = next(iter(case.operation.definition.raw.get("x-roles", [])), None)
    case.call_and_validate(base_url=served.url, session=served.session, headers=served.headers(role))
