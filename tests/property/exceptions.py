"""Laws that a reading is there to break, each with the reason. Every other law holds under every two readings."""

from shared.law.readings import Readings

RIGHTLY_BROKEN = {
    ("test_groups_sum_to_the_total", ("G-15", "rescaled")): "the total is the sum over the maximum that applies, times 100",
    ("test_the_indicators_shares_are_the_totals", ("G-15", "rescaled")): "a point weighs more where less applies",
}


def rightly_broken(law: str, readings: Readings) -> bool:
    """``law`` is the name of its test."""
    return any((law, one) in RIGHTLY_BROKEN for one in readings.as_mapping().items())
