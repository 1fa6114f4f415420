"""Deterministic numbers: the same words always throw the same dice, on every machine and in every run."""

from __future__ import annotations

from hashlib import blake2b


def roll(*words: object) -> int:
    """An integer in 0 … 2**64 - 1 that depends on nothing but ``words``."""
    text = "|".join(map(str, words))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def below(limit: int, *words: object) -> int:
    """An integer in 0 … limit - 1."""
    return roll(*words) % limit


def between(low: int, high: int, *words: object) -> int:
    """An integer in low … high, both included."""
    return low + roll(*words) % (high - low + 1)
