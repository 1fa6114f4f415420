"""Reading Accept, Accept-Language and If-None-Match (RFC 9110 §§12, 13). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.problems import Language, NotAcceptable

_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_SPECIFIC, _SUBTYPES, _ANYTHING = 3, 2, 1


def choose_media_type(accept: str | None, offered: Sequence[str]) -> str:
    """The offered type the caller likes best; on a tie the one offered first. Raises NotAcceptable."""
    if accept is None or not accept.strip():
        return offered[0]
    ranges = list(_weighted(accept))
    weights = [_weight_of(media_type, ranges) for media_type in offered]
    best = max(weights)
    if best <= 0:
        raise NotAcceptable("none of the accepted media types is offered", hint=f"Ask for {' or '.join(offered)}.")
    return offered[weights.index(best)]


def choose_language(accept: str | None) -> Language:
    """Vietnamese unless the caller likes English better; any language at all (`*`) is as good as none named."""
    if accept is None:
        return "vi"
    weights = {"vi": 0.0, "en": 0.0}
    for tag, quality in _weighted(accept):
        name = tag.split("-")[0]
        if name in weights:
            weights[name] = max(weights[name], quality)
        elif tag == "*":
            weights["vi"] = max(weights["vi"], quality)
    return "en" if weights["en"] > weights["vi"] else "vi"


def choose_codings(accept_encoding: str, offered: Sequence[str]) -> tuple[str, ...]:
    """The offered codings that are taken, best liked first, of equal ones as offered. Each is liked as it is named, else
    as `*` is, else not at all; and none is taken that is liked less than `identity` where that is named."""
    weights = dict(_weighted(accept_encoding))
    liked = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in offered}
    plain = weights.get("identity", 0.0)
    taken = (coding for coding, quality in liked.items() if quality > 0 and quality >= plain)
    return tuple(sorted(taken, key=lambda coding: -liked[coding]))


def matches(if_none_match: str, etag: str) -> bool:
    """Whether a list of entity tags, or ``*``, names this one; compared weakly, as If-None-Match wants."""
    return if_none_match.strip() == "*" or etag in _ENTITY_TAG.findall(if_none_match)


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            yield name, _quality(parameters)


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0


def _weight_of(media_type: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The most specific range that covers the type decides, also when it says q=0; parameters of neither are compared."""
    essence = media_type.split(";")[0]
    main = essence.split("/")[0]
    ranks = {essence: _SPECIFIC, f"{main}/*": _SUBTYPES, "*/*": _ANYTHING}
    covering = [(ranks[name], quality) for name, quality in ranges if name in ranks]
    return max(covering, default=(0, 0.0))[1]
