"""Logging goes to standard error as it is now, not as it was when logging was set up."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog

from shared import log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_standard_error_that_was_closed_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    log.configure("INFO", "json")
    logger = structlog.get_logger()
    logger.info("before")
    assert '"before"' in first.getvalue()
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    logger.info("after")
    assert '"after"' in second.getvalue()
