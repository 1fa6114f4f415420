"""Whether a receipt is ours and still to be trusted, from nothing but its text and the published key set. Pure."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from services.gateway.reports.keyring import ALGORITHM, CURVE
from shared.errors import Fault, InputInvalid

# What the header of a receipt's JWS says it is (`typ`). Told here, where no database is: whoever proves one has none.
KIND: Final = "bangdiem-receipt+jwt"
_ABSENT = object()


class ReceiptRefused(InputInvalid):
    """The text is no receipt of ours, was altered, or was signed by a key that was not in force then."""

    slug = "receipt-refused"
    title_vi = "Biên nhận không được công nhận"
    title_en = "Receipt refused"


class KeySetUnreadable(InputInvalid):
    """The file is no JWK set as GET /receipt-keys answers it."""

    slug = "key-set-unreadable"
    title_vi = "Không đọc được bộ khóa công khai"
    title_en = "Key set unreadable"


@dataclass(frozen=True)
class ProvenReceipt:
    """``content`` is what the receipt says, ``kid`` the key that signed it, ``state`` that key's state by the key set."""

    content: Mapping[str, Any]
    kid: str
    state: str


def read_key_set(text: str) -> dict[str, dict[str, Any]]:
    """Published keys by id, from the JSON text of GET /receipt-keys. Raises KeySetUnreadable."""
    try:
        return {key["kid"]: dict(key) for key in json.loads(text)["keys"]}
    except (ValueError, KeyError, TypeError) as error:
        raise KeySetUnreadable("the file is no JWK set", hint="Get it again: GET /api/v1/receipt-keys.") from error


def prove_document(text: str, keys: Mapping[str, Mapping[str, Any]]) -> ProvenReceipt:
    """The receipt in a file: its compact JWS, or the answer of GET …/receipt, all of which the JWS must prove.

    Raises ReceiptRefused, naming every member beside the JWS that says something else: those are what a reader looks at.
    """
    text = text.strip()
    if not text.startswith("{"):
        return prove(text, keys)
    try:
        document = json.loads(text)
        signed = str(document["jws"])
    except (ValueError, KeyError, RecursionError) as error:
        raise ReceiptRefused("the JSON file has no member jws", hint="Use the file that GET …/receipt gives.") from error
    proven = prove(signed, keys)
    told: dict[str, Any] = {"jws": signed, "kid": proven.kid, "content": dict(proven.content)}
    if "receipt_number" in document:
        told["receipt_number"] = proven.content.get("receipt_number")
    faults = list(_differences({"kid": proven.kid, "content": told["content"], **document}, told, ""))
    if faults:
        names = ", ".join(fault.place for fault in faults)
        hint = "Believe what the jws holds; get the receipt again: GET …/receipt."
        raise ReceiptRefused(f"the file says something else than the signature proves: {names}", faults=faults, hint=hint)
    return proven


def prove(text: str, keys: Mapping[str, Mapping[str, Any]]) -> ProvenReceipt:
    """The receipt in a compact JWS. Raises ReceiptRefused saying why not.

    A key proves what it signed before it was retired, and before the instant from which it is revoked.
    """
    header = _header(text)
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != KIND:
        raise ReceiptRefused(f"the signature's head must be alg {ALGORITHM}, typ {KIND}")
    if not isinstance(kid, str) or kid not in keys:
        raise ReceiptRefused(
            "the signing key is not in the public key set", hint="Get the present key set: GET /api/v1/receipt-keys."
        )
    key = keys[kid]
    content = _verified(text, key)
    try:
        issued_at = datetime.fromisoformat(content["issued_at"])
        for name, state in (("revoked_from", "revoked"), ("retired_at", "retired")):
            if key.get(name) and issued_at >= datetime.fromisoformat(key[name]):
                raise ReceiptRefused(f"the signing key is {state} since {key[name]}, the receipt says {content['issued_at']}")
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiptRefused("the receipt or the key set gives no readable instant") from error
    return ProvenReceipt(content, kid, str(key.get("state", "active")))


def _differences(said: Mapping[str, Any], told: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Members of either side that the other does not have or has otherwise; 0 is not false here, though Python takes it so."""
    for name in sorted({*said, *told}):
        at, one, other = f"{place}/{name}", said.get(name, _ABSENT), told.get(name, _ABSENT)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, at)
        elif _shown(one) != _shown(other):
            yield Fault(at, "is not what the signature proves", seen=_shown(one)[:200], expected=_shown(other)[:200])


def _shown(value: object) -> str:
    return "absent" if value is _ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _header(text: str) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(text.encode("ascii")).headers()
    except (JoseError, ValueError) as error:
        raise ReceiptRefused("no compact JWS (three parts, with dots between them)") from error
    return header


def _verified(text: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        public = OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")})
        if key["crv"] != CURVE:
            raise ReceiptRefused(f"the signing key is no {CURVE} key")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # EdDSA: see services.gateway.reports.keyring
            content = json.loads(jws.deserialize_compact(text, public, algorithms=[ALGORITHM]).payload)
    except (JoseError, ValueError, KeyError) as error:
        raise ReceiptRefused(
            "the signature does not fit: the receipt was changed, or the key is not the one that signed"
        ) from error
    if not isinstance(content, dict):
        raise ReceiptRefused("the receipt's content is no JSON object")
    return content
