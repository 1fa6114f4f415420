"""Prefixed identifiers that sort by the time they were made: ``run_`` + 48 bits of milliseconds + 80 random bits."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def new_id(prefix: str) -> str:
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return prefix + "_" + "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(_LENGTH)))
