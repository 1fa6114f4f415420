"""Whether a receipt is ours and still to be trusted, from nothing but its text and the published key set. Pure."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from services.gateway.keyring import ALGORITHM, CURVE
from services.gateway.receipts import KIND
from shared.errors import InputInvalid


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
        raise KeySetUnreadable("tệp không phải bộ khóa JWK", hint="Tải lại từ GET /api/v1/receipt-keys.") from error


def prove(text: str, keys: Mapping[str, Mapping[str, Any]]) -> ProvenReceipt:
    """The receipt in a compact JWS. Raises ReceiptRefused saying why not, in Vietnamese.

    A key proves what it signed before it was retired, and before the instant from which it is revoked.
    """
    header = _header(text)
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or header.get("typ") != KIND:
        raise ReceiptRefused(f"tiêu đề chữ ký phải là alg {ALGORITHM}, typ {KIND}")
    if not isinstance(kid, str) or kid not in keys:
        raise ReceiptRefused("khóa ký không có trong bộ khóa công khai", hint="Tải bộ khóa mới: GET /api/v1/receipt-keys.")
    key = keys[kid]
    content = _verified(text, key)
    try:
        issued_at = datetime.fromisoformat(content["issued_at"])
        for name, words in (("revoked_from", "đã bị thu hồi"), ("retired_at", "đã ngừng sử dụng")):
            if key.get(name) and issued_at >= datetime.fromisoformat(key[name]):
                raise ReceiptRefused(f"khóa ký {words} từ {key[name]}, biên nhận ghi thời điểm {content['issued_at']}")
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiptRefused("biên nhận hoặc bộ khóa không ghi thời điểm đọc được") from error
    return ProvenReceipt(content, kid, str(key.get("state", "active")))


def _header(text: str) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(text.encode("ascii")).headers()
    except (JoseError, ValueError) as error:
        raise ReceiptRefused("không phải JWS dạng gọn (ba phần, cách nhau bằng dấu chấm)") from error
    return header


def _verified(text: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        public = OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x")})
        if key["crv"] != CURVE:
            raise ReceiptRefused(f"khóa ký không phải khóa {CURVE}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # EdDSA: see services.gateway.keyring
            content = json.loads(jws.deserialize_compact(text, public, algorithms=[ALGORITHM]).payload)
    except (JoseError, ValueError, KeyError) as error:
        raise ReceiptRefused("chữ ký không khớp: biên nhận đã bị sửa, hoặc khóa không phải khóa đã ký") from error
    if not isinstance(content, dict):
        raise ReceiptRefused("nội dung biên nhận không phải một đối tượng JSON")
    return content
