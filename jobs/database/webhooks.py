"""What waits to be told to the operator's webhook, over any gateway."""

from datetime import timedelta
from uuid import UUID

from jobs.database.rows import read_time, read_uuid
from jobs.models import WebhookMessage
from jobs.ports import Gateway, Row
from jobs.states import FailureCode, JobStatus


class WebhookStore:
    """The messages to a webhook. Raises what Gateway.call raises."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def want(self) -> None:
        """Says that somebody delivers: for a week from now each end of a job is noted."""
        await self._gateway.call("webhook_want")

    async def take(self, *, limit: int, hold: timedelta) -> list[WebhookMessage]:
        """What is due, for one try each; due again after `hold`, unless its end is said before."""
        rows = await self._gateway.call("webhook_take", p_limit=limit, p_hold=hold.total_seconds())
        return [_message(row) for row in rows]

    async def delivered(self, message_id: UUID) -> None:
        """The receiver has it."""
        await self._gateway.call("webhook_delivered", p_id=message_id)

    async def failed(self, message_id: UUID, fault: str, *, pause: timedelta, patience: timedelta) -> None:
        """The receiver did not take it: it is due after the pause, or given up where the job ended too long ago."""
        await self._gateway.call(
            "webhook_failed",
            p_id=message_id,
            p_fault=fault,
            p_pause=pause.total_seconds(),
            p_patience=patience.total_seconds(),
        )

    async def backlog(self) -> tuple[int, int]:
        """How many messages wait, and how many were given up."""
        [row] = await self._gateway.call("webhook_backlog")
        return row["waiting"], row["given_up"]

    async def prune(self) -> None:
        """Forgets what was given up a week ago."""
        await self._gateway.call("webhook_prune")


def _message(row: Row) -> WebhookMessage:
    code = row["failure_code"]
    return WebhookMessage(
        id=read_uuid(row["id"]),
        owner_id=read_uuid(row["owner_id"]),
        job_id=read_uuid(row["job_id"]),
        manuscript_id=read_uuid(row["manuscript_id"]),
        status=JobStatus(row["status"]),
        failure_code=None if code is None else FailureCode(code),
        version=row["version"],
        ended_at=read_time(row["ended_at"]),
        tries=row["tries"],
    )
