"""The webhook: told at least once of each end, signed, to no forbidden address, whatever its receiver does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import asyncpg
import httpx
import pytest

from client_contract.webhook import verified
from jobs.database.postgres import PostgresGateway
from jobs.database.store import JobStore
from jobs.database.webhooks import WebhookStore
from jobs.errors import ConfigurationError
from jobs.models import Job
from jobs.processes.webhook import PATIENCE, Webhook
from jobs.settings import Settings
from jobs.webhook_address import Forbidden, checked, is_open
from schema.ids import global_id

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
Connection = asyncpg.Connection


@dataclass
class Receiver:
    """A server on loopback that answers each request with the next of `answers`, and the last one from then on."""

    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.splitlines()[1:])}
        self.came.append((headers, await reader.readexactly(int(headers["content-length"]))))
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        self.open.append(writer)
        writer.write(answer)
        if answer.endswith(b"\r\n\r\n"):
            writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/told?by=us"
    yield receiver
    server.close()
    for writer in receiver.open:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.fixture
def webhooks(gateway: PostgresGateway) -> WebhookStore:
    return WebhookStore(gateway)


@asynccontextmanager
async def delivering(
    webhooks: WebhookStore, settings: Settings, url: str, *, try_seconds: float = 10.0, allow_private: bool = True
) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Delivers what is due when it is called."""
    told = replace(settings, webhook_url=url, webhook_secret=SECRET, webhook_allow_private=allow_private)
    webhook = Webhook(webhooks, told, try_seconds=try_seconds)
    async with httpx.AsyncClient(trust_env=False) as client:
        yield lambda: webhook.deliver(client)


async def due_now(connection: "Connection[asyncpg.Record]") -> str | None:
    """Makes what waits due, and says what its last try met."""
    fault: str | None = await connection.fetchval("update webhook_messages set due_at = now() returning last_fault")
    return fault


async def test_each_end_is_told_once_it_is_written_and_its_receiver_can_verify_it(
    webhooks: WebhookStore, settings: Settings, receiver: Receiver, store: JobStore, job: Job
) -> None:
    async with delivering(webhooks, settings, receiver.url) as deliver:
        await deliver()
        ended = await store.cancel(job.owner_id, job.id)
        await deliver()
        await deliver()

    [(headers, body)] = receiver.came
    message = verified(SECRET, headers, body)
    assert message["type"] == "job.cancelled"
    assert message["data"] == {
        "jobId": global_id("Job", job.id),
        "manuscriptId": global_id("Manuscript", job.manuscript_id),
        "ownerId": str(job.owner_id),
        "status": "CANCELLED",
        "failureCode": None,
        "version": ended.version,
    }
    assert headers["host"] == receiver.url.split("/")[2]
    assert await webhooks.backlog() == (0, 0)
    for wrong in (body + b" ", body.replace(b"cancelled", b"completed")):
        with pytest.raises(ValueError, match="signed"):
            verified(SECRET, headers, wrong)
    with pytest.raises(ValueError, match="now"):
        verified(SECRET, headers, body, now=float(headers["webhook-timestamp"]) + 301)


async def test_nothing_is_noted_where_nobody_delivers_and_all_is_where_somebody_did_within_the_week(
    webhooks: WebhookStore, store: JobStore, job: Job, connection: "Connection[asyncpg.Record]"
) -> None:
    manuscript = job.manuscript_id
    await store.cancel(job.owner_id, job.id)
    assert await webhooks.backlog() == (0, 0)

    await webhooks.want()
    await store.manuscript_delete(job.owner_id, manuscript)
    assert await webhooks.backlog() == (0, 0), "it had ended before"
    await connection.execute("update webhook set wanted_until = now() - interval '1 second'")
    assert await webhooks.take(limit=9, hold=PATIENCE) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "answered with 500"),
        (b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "answered with 307"),
        (b"nonsense\r\n\r\n", "RemoteProtocolError"),
        (b"", "no answer within 0.5 seconds"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", "no answer within 0.5 seconds"),
    ],
    ids=["fails", "redirects", "talks nonsense", "hangs", "begins and hangs"],
)
async def test_what_was_not_taken_is_tried_again_until_it_is(
    webhooks: WebhookStore,
    settings: Settings,
    receiver: Receiver,
    store: JobStore,
    job: Job,
    connection: "Connection[asyncpg.Record]",
    answer: bytes,
    fault: str,
) -> None:
    receiver.answers = [answer, *receiver.answers]
    async with delivering(webhooks, settings, receiver.url, try_seconds=0.5) as deliver:
        await webhooks.want()
        await store.cancel(job.owner_id, job.id)
        await deliver()
        assert await webhooks.backlog() == (1, 0)
        assert await due_now(connection) == fault
        while (await webhooks.backlog())[0]:
            await deliver()
            await due_now(connection)

    first, *_, last = [verified(SECRET, headers, body) for headers, body in receiver.came]
    assert first == last
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1


async def test_a_day_of_failures_loses_nothing_and_three_days_are_given_up(
    webhooks: WebhookStore,
    settings: Settings,
    receiver: Receiver,
    store: JobStore,
    job: Job,
    connection: "Connection[asyncpg.Record]",
) -> None:
    receiver.answers = [b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]
    pauses = []
    async with delivering(webhooks, settings, receiver.url) as deliver:
        await webhooks.want()
        await store.cancel(job.owner_id, job.id)
        for _ in range(10):
            await deliver()
            pauses.append(await connection.fetchval("select extract(epoch from due_at - now()) from webhook_messages"))
            await due_now(connection)
        assert await webhooks.backlog() == (1, 0)
        await connection.execute("update webhook_messages set ended_at = now() - interval '73 hours'")
        await deliver()

    assert sum(pauses) > 24 * 3600 * 0.4
    assert pauses[0] < 10 < 3600 < pauses[-1]
    assert await webhooks.backlog() == (0, 1)
    await connection.execute("update webhook_messages set given_up_at = now() - interval '8 days'")
    await webhooks.prune()
    assert await webhooks.backlog() == (0, 0)


async def test_two_who_deliver_tell_each_message_once(
    webhooks: WebhookStore, settings: Settings, receiver: Receiver, store: JobStore, job: Job
) -> None:
    await webhooks.want()
    await store.cancel(job.owner_id, job.id)
    async with (
        delivering(webhooks, settings, receiver.url) as one,
        delivering(webhooks, settings, receiver.url) as other,
    ):
        await asyncio.gather(one(), other())

    assert len(receiver.came) == 1


async def test_no_message_goes_to_a_private_address_unless_that_is_allowed(
    webhooks: WebhookStore,
    settings: Settings,
    receiver: Receiver,
    store: JobStore,
    job: Job,
    connection: "Connection[asyncpg.Record]",
) -> None:
    url = receiver.url.replace("http://", "https://")
    async with delivering(webhooks, settings, url, allow_private=False) as deliver:
        await webhooks.want()
        await store.cancel(job.owner_id, job.id)
        await deliver()

    assert receiver.came == []
    assert await due_now(connection) == "not allowed: 127.0.0.1 is a private address"
    with pytest.raises(Forbidden, match="https"):
        await checked("http://example.org/", allows_private=False)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_addresses_that_are_none_of_the_open_net_are_known(address: str) -> None:
    assert not is_open(address)


def test_addresses_of_the_open_net_are_known() -> None:
    assert is_open("93.184.215.14")
    assert is_open("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert is_open("::ffff:93.184.215.14")


async def test_what_is_connected_to_is_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.215.14", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    target = await checked("https://hooks.example/a?b=1", allows_private=False)

    assert target.url == "https://93.184.215.14:443/a?b=1"
    assert (target.host, target.server_name) == ("hooks.example", "hooks.example")


def test_an_address_needs_a_secret(webhooks: WebhookStore, settings: Settings) -> None:
    for secret in (None, "whsec_not base64"):
        with pytest.raises(ConfigurationError, match="NF_WEBHOOK_SECRET"):
            Webhook(webhooks, replace(settings, webhook_url="https://example.org", webhook_secret=secret))
