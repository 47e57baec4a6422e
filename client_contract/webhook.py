"""A receiver's check of a webhook message, to be copied: it needs Python alone.

https://www.standardwebhooks.com has libraries that do the same in other languages.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

# Older or newer messages are not believed: somebody may have recorded one.
TOLERANCE_SECONDS = 300


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> dict[str, Any]:
    """What the message says. Raises ValueError for one that is not ours, or not of now.

    `headers` by small names, `body` as it came, byte for byte. A message may come twice: keep `webhook-id`, and pass
    over what you have had.
    """
    sent_at = int(headers["webhook-timestamp"])
    if abs((time.time() if now is None else now) - sent_at) > TOLERANCE_SECONDS:
        raise ValueError("The message is not of now.")
    encoded = secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_")) if encoded else secret.encode()
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several, with spaces between, while a secret is replaced by another.
    if not any(hmac.compare_digest(expected, each) for each in headers["webhook-signature"].split(" ")):
        raise ValueError("The message was not signed with this secret.")
    message: dict[str, Any] = json.loads(body)
    return message
