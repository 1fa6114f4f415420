"""How often one caller is answered a what-if."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.publication.asking_rate import WhatIfRate
from shared.problems import TooManyRequests, answer

AT = datetime(2026, 3, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_within_a_minute_so_many_and_then_not_before_the_oldest_is_a_minute_old() -> None:
    rate = WhatIfRate(2)
    rate.admit("key:a", AT)
    rate.admit("key:a", AT + 10 * SECOND)
    for later, seconds in ((10 * SECOND, 50), (59.5 * SECOND, 1)):
        with pytest.raises(TooManyRequests) as refused:
            rate.admit("key:a", AT + later)
        assert refused.value.retry_after == seconds
    rate.admit("key:b", AT + 10 * SECOND)
    rate.admit("key:a", AT + 60 * SECOND)
    with pytest.raises(TooManyRequests):
        rate.admit("key:a", AT + 69 * SECOND)
    rate.admit("key:a", AT + 70 * SECOND)


def test_it_is_429_and_says_when_to_come_back() -> None:
    refused = answer(TooManyRequests("x", retry_after=7), public_url="http://a", instance="r", language="vi")
    assert (refused.status, dict(refused.headers)["retry-after"]) == (429, "7")
