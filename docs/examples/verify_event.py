"""Is this request really Bảng Điểm's, and new? Python's standard library alone; for your own server's POST handler."""

import base64
import hmac
import json
import time

TOLERANCE_SECONDS = 5 * 60


def verified_event(headers, body, secret, now=None):
    """The event, or ValueError. `headers` by lower-case name, `body` the bytes exactly as received, `secret` whsec_…"""
    sent_at = int(headers["webhook-timestamp"])
    if abs((time.time() if now is None else now) - sent_at) > TOLERANCE_SECONDS:
        raise ValueError("too old, or from the future: somebody sends again what was overheard")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    # While a secret is being replaced there are two signatures, parted by a space; one that fits is enough.
    if not any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split(" ")):
        raise ValueError("not signed with this secret, or altered on its way")
    event = json.loads(body)
    if event["id"] != headers["webhook-id"]:
        raise ValueError("the signed id is another event's")
    return event
