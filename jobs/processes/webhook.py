"""Tells the operator's webhook of each job that has ended, as https://www.standardwebhooks.com says it.

At least once: a message stands in the database, written with the job's end, until it was answered with 2xx.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import logging
import random
import time
from datetime import UTC, datetime, timedelta

import httpx

from jobs.database.webhooks import WebhookStore
from jobs.errors import ConfigurationError
from jobs.log_outage import Outage
from jobs.models import WebhookMessage
from jobs.settings import Settings
from jobs.webhook_address import Forbidden, checked

# Seconds before each try after the first; then the last again and again, until patience ends.
PAUSES = (5, 30, 120, 600, 1_800, 3_600, 7_200, 10_800, 21_600)
PATIENCE = timedelta(days=3)
_AT_ONCE = 10
# For one try, name and connection included.
_TRY_SECONDS = 10.0
_LOOK_SECONDS = 1.0
_WANT_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Webhook:
    """Delivers until it is cancelled. Many may deliver at once: each message is taken by one."""

    def __init__(self, store: WebhookStore, settings: Settings, *, try_seconds: float = _TRY_SECONDS) -> None:
        """Raises ConfigurationError for an address without a secret."""
        self._store = store
        self._url = settings.webhook_url or ""
        self._allows_private = settings.webhook_allow_private
        self._key = _key(settings.webhook_secret)
        self._try_seconds = try_seconds
        self._outage = Outage(_log, "the webhook waits")
        self._faults = Outage(_log, "the webhook was not told")
        self._wanted_at = float("-inf")

    async def run(self) -> None:
        """Looks for what is due again and again. No error ends it."""
        # No proxy of the environment: it would connect to another address than was checked.
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self._try_seconds) as client:
            while True:
                try:
                    is_more = await self.deliver(client)
                    self._outage.is_over()
                except Exception as error:
                    # Whatever it is: no error of a duty ends a process.
                    await asyncio.sleep(self._outage.lasts(error))
                    continue
                if not is_more:
                    await asyncio.sleep(_LOOK_SECONDS)

    async def deliver(self, client: httpx.AsyncClient) -> bool:
        """One try for each message that is due, some at a time; whether there may be more."""
        if time.monotonic() - self._wanted_at >= _WANT_SECONDS:
            await self._store.want()
            self._wanted_at = time.monotonic()
        due = await self._store.take(limit=_AT_ONCE, hold=timedelta(seconds=self._try_seconds * 3))
        await asyncio.gather(*(self._tell(client, message) for message in due))
        return len(due) == _AT_ONCE

    async def _tell(self, client: httpx.AsyncClient, message: WebhookMessage) -> None:
        fault = await self._tried(client, message)
        if fault is None:
            await self._store.delivered(message.id)
            self._faults.is_over()
            return
        self._faults.lasts(RuntimeError(fault))
        pause = PAUSES[min(message.tries, len(PAUSES)) - 1]
        spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        await self._store.failed(message.id, fault, pause=timedelta(seconds=pause * spread), patience=PATIENCE)

    async def _tried(self, client: httpx.AsyncClient, message: WebhookMessage) -> str | None:
        """Why it was not delivered; None when it was."""
        try:
            async with asyncio.timeout(self._try_seconds):
                return await self._sent(client, message)
        except TimeoutError:
            return f"no answer within {self._try_seconds:g} seconds"
        except Forbidden as error:
            return f"not allowed: {error}"
        except (httpx.HTTPError, OSError) as error:
            return type(error).__name__

    async def _sent(self, client: httpx.AsyncClient, message: WebhookMessage) -> str | None:
        target = await checked(self._url, allows_private=self._allows_private)
        body = body_of(message)
        headers = {**signed(self._key, message, body), "Host": target.host, "Content-Type": "application/json"}
        extensions = {"sni_hostname": target.server_name}
        # Nothing of the answer but its status is read: it may have no end.
        async with client.stream("POST", target.url, content=body, headers=headers, extensions=extensions) as answer:
            return None if answer.is_success else f"answered with {answer.status_code}"


def body_of(message: WebhookMessage) -> bytes:
    """What the receiver is told: no title, no text."""
    data = {
        "jobId": _global_id("Job", message.job_id),
        "manuscriptId": _global_id("Manuscript", message.manuscript_id),
        "ownerId": str(message.owner_id),
        "status": message.status.name,
        "failureCode": message.failure_code.name if message.failure_code else None,
        "version": message.version,
    }
    told = {"type": f"job.{message.status.value}", "timestamp": message.ended_at.isoformat(), "data": data}
    return json.dumps(told).encode()


def signed(key: bytes, message: WebhookMessage, body: bytes, *, now: datetime | None = None) -> dict[str, str]:
    """The headers by which a receiver knows the message, its time, and that it is ours."""
    seconds = int((now or datetime.now(UTC)).timestamp())
    signature = hmac.new(key, f"{message.id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": str(message.id),
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _global_id(type_name: str, id: object) -> str:
    # As schema.ids writes it, which stands above this room; a test holds them alike.
    return base64.b64encode(f"{type_name}:{id}".encode()).decode()


def _key(secret: str | None) -> bytes:
    if secret is None:
        raise ConfigurationError("NF_WEBHOOK_URL needs NF_WEBHOOK_SECRET: by it the receiver knows that we told it.")
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ConfigurationError("NF_WEBHOOK_SECRET begins with whsec_, and base64 must follow.") from None
