"""Lengths and places in drawings, with two decimals always, so that bytes never vary. Pure."""

from __future__ import annotations

from fractions import Fraction

from shared.law.exact import decimal_text


def length_of(share: Fraction, full: int) -> str:
    """A share of a length."""
    return decimal_text(share * full, places=2)


def place_on(share: Fraction, first: int, last: int) -> str:
    """Where a share of the way from one place of a drawing to another lies; downwards where the last is the smaller."""
    return decimal_text(first + share * (last - first), places=2)
