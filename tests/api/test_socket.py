"""graphql-transport-ws to the letter. Each test quotes what PROTOCOL.md of graphql-ws asks."""

import asyncio
import random
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from jobs.models import Manuscript
from jobs.settings import Settings
from server import socket as server_socket
from server.uvicorn_limits import Sockets
from tests.api.conftest import Api, Hand, Socket, running

VIEWER = "{ viewer { id } }"
UPDATES = "subscription { jobUpdates { jobs { id status version manuscript { title } } system { queued } } }"
PROGRESS = "subscription ($job: ID!) { jobProgress(id: $job) { status version } }"


MALFORMED = [
    "",
    "{",
    "[]",
    "1",
    "null",
    '"ping"',
    "{}",
    '{"type": 1}',
    '{"type": null}',
    '{"type": "start", "id": "1"}',
    '{"type": "ping", "payload": 1}',
    '{"type": "ping", "payload": {"n": NaN}}',
    '{"type": "pong", "payload": []}',
    '{"type": "complete"}',
    '{"type": "complete", "id": 1}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ viewer { id } }"}}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ viewer { id } }"}}',
    '{"type": "subscribe", "id": "1", "payload": null}',
    '{"type": "subscribe", "id": "1", "payload": []}',
    '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { id } }", "variables": []}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { id } }", "operationName": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { id } }", "extensions": "x"}}',
    "[" * 100_000,
    '{"type": "' + "é" * 300 + '"}',
    b'{"type": "ping"}',
]


async def test_a_malformed_message_closes_with_4400(api: Api) -> None:
    for message in MALFORMED:
        async with api.socket() as socket:
            await socket.say(message)

            assert (await socket.closed()).code == 4400, message


async def test_whatever_is_said_the_server_answers_or_closes_with_a_code(api: Api) -> None:
    chance = random.Random(7)
    for _ in range(150):
        async with api.socket() as socket:
            message = _any_message(chance)
            await socket.say(message)
            await socket.say({"type": "ping", "payload": {"still": "here"}})
            assert await _answer(socket) in ("alive", 4400, 4409, 4429), message


async def _answer(socket: Socket) -> object:
    """Says "alive" when the ping after a message is answered, else the code of the close; None when there is none."""
    try:
        while (await socket.hear()) != {"type": "pong", "payload": {"still": "here"}}:
            pass
    except ConnectionClosed as closed:
        return closed.rcvd and closed.rcvd.code
    return "alive"


def _any_message(chance: random.Random) -> dict[str, Any]:
    """A message of the protocol in which anything may be something else."""
    odd: list[Any] = [None, 0, -1.5, True, "", "x", [], {}, [{}], {"query": "{ viewer { id } }"}, "\ud800", "{" * 50]
    kinds = ["connection_init", "ping", "pong", "subscribe", "complete", "next", "error"]
    good = {"query": "{ viewer { id } }", "variables": {"a": 1}, "operationName": "A", "extensions": {}}
    payload = {name: chance.choice([*odd, value]) for name, value in good.items() if chance.random() < 0.7}
    message = {
        "type": chance.choice(kinds),
        "id": chance.choice([*odd, "1"]),
        "payload": chance.choice([*odd, payload, payload]),
    }
    return {name: value for name, value in message.items() if chance.random() < 0.9}


async def test_a_payload_of_connection_init_that_is_no_object_closes_with_4400(api: Api) -> None:
    async with api.opened() as socket:
        await socket.say({"type": "connection_init", "payload": "Bearer"})

        assert (await socket.closed()).code == 4400


async def test_a_second_connection_init_closes_with_4429(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "connection_init"})

        close = await socket.closed()

        assert (close.code, close.reason) == (4429, "Too many initialisation requests")


async def test_an_operation_before_the_acknowledgement_closes_with_4401(api: Api) -> None:
    async with api.opened() as socket:
        await socket.subscribe("1", VIEWER)

        close = await socket.closed()

        assert (close.code, close.reason) == (4401, "Unauthorized")


async def test_a_connection_without_init_closes_with_4408(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_socket, "INIT_LIMIT", 0.1)
    async with api.opened() as socket:
        close = await socket.closed()

        assert (close.code, close.reason) == (4408, "Connection initialisation timeout")


async def test_a_token_that_does_not_verify_closes_with_4403(api: Api) -> None:
    deep = b64encode(b"[" * 5_000).decode()
    tokens = ("", " ", "x", "x.y.z", "\ud800", f"{deep}.x.y", api.token(expires_in=-1))
    values = (None, 1, "", "Bearer", f"Basic {api.token()}", *(f"Bearer {token}" for token in tokens))
    for value in values:
        async with api.opened() as socket:
            await socket.say({"type": "connection_init", "payload": {"Authorization": value}})

            assert (await socket.closed()).code == 4403, value


async def test_a_token_that_expires_in_mid_subscription_closes_with_4403(api: Api) -> None:
    # Longer than a busy machine takes to open and to subscribe.
    async with api.socket(expires_in=5.0) as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")

        close = await socket.closed()

        assert close.code == 4403


async def test_an_id_in_use_closes_with_4409(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("one", UPDATES)
        await socket.next("one")
        await socket.subscribe("one", UPDATES)

        close = await socket.closed()

        assert (close.code, close.reason) == (4409, "Subscriber for one already exists")


async def test_an_id_may_be_used_again_once_its_operation_is_complete(api: Api) -> None:
    async with api.socket() as socket:
        for _ in range(3):
            await socket.subscribe("1", VIEWER)

            assert await socket.next("1") == {"viewer": {"id": "ann"}}
            assert await socket.hear() == {"id": "1", "type": "complete"}


async def test_an_id_may_be_used_again_once_the_client_completed_it(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        await socket.say({"type": "complete", "id": "1"})
        await socket.subscribe("1", VIEWER)

        assert await socket.next("1") == {"viewer": {"id": "ann"}}


async def test_complete_of_an_unknown_operation_is_no_error(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "complete", "id": "nobody"})
        await socket.say({"type": "ping"})

        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize("payload", [{"at": 1}, {"text": "\ud800"}, {}])
async def test_a_pong_carries_the_payload_of_its_ping(api: Api, payload: dict[str, object]) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "ping", "payload": payload})

        assert await socket.hear() == {"type": "pong", "payload": payload}


async def test_a_ping_is_answered_before_the_acknowledgement(api: Api) -> None:
    async with api.opened() as socket:
        await socket.say({"type": "ping"})

        assert await socket.hear() == {"type": "pong"}


@pytest.mark.parametrize("protocols", [["graphql-ws"], []], ids=["legacy", "none"])
async def test_another_subprotocol_is_not_negotiated(api: Api, protocols: list[str]) -> None:
    async with api.opened(protocols=[Subprotocol(name) for name in protocols]) as socket:
        assert socket.connection.subprotocol is None
        assert (await socket.closed()).code == 4406


@pytest.mark.parametrize(
    "query",
    ["{", "{ nothing }", "query A { viewer { id } } query B { viewer { id } }", "{ a" * 200 + "}" * 200],
    ids=["syntax", "validation", "no operation named", "too deep"],
)
async def test_an_operation_that_cannot_start_ends_with_error_and_leaves_the_others_alone(api: Api, query: str) -> None:
    async with api.socket() as socket:
        await socket.subscribe("lives", UPDATES)
        await socket.next("lives")
        await socket.subscribe("fails", query)

        message = await socket.hear()
        await socket.say({"type": "ping"})

        assert (message["type"], message["id"]) == ("error", "fails")
        assert "Internal" not in message["payload"][0]["message"]
        assert await socket.hear() == {"type": "pong"}


async def test_a_fault_in_one_operation_is_masked_and_leaves_the_others_alone(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    async with api.socket() as socket:
        await socket.subscribe("lives", UPDATES)
        await socket.next("lives")
        monkeypatch.setattr(api.services.domain.service, "jobs", broken)
        await socket.subscribe("fails", PROGRESS, job="Sm9iOjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMA==")

        message = await socket.hear()

        assert (message["type"], message["id"]) == ("error", "fails")
        assert "secret" not in str(message)
        assert message["payload"][0]["extensions"]["code"] == "INTERNAL"
        assert "a secret detail" in caplog.text
        await socket.say({"type": "ping"})
        assert await socket.hear() == {"type": "pong"}


async def test_a_fault_while_reading_closes_with_1011_and_a_number(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(api.services.authority, "caller", broken)
    async with api.opened() as socket:
        await socket.say({"type": "connection_init", "payload": api.bearer()})
        close = await socket.closed()

    assert close.code == 1011
    assert "secret" not in close.reason
    assert "a secret detail" in caplog.text


async def test_one_operation_too_many_is_refused_and_the_socket_lives(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_socket, "MAX_OPERATIONS", 2)
    async with api.socket() as socket:
        for id in ("1", "2"):
            await socket.subscribe(id, UPDATES)
            await socket.next(id)
        await socket.subscribe("3", UPDATES)

        message = await socket.hear()

        assert (message["type"], message["id"]) == ("error", "3")
        assert message["payload"][0]["extensions"]["code"] == "LIMIT_REACHED"


async def test_one_socket_too_many_of_an_author_closes_with_4429(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.services.sockets, "_each", 1)
    async with api.socket("ann"), api.opened() as second, api.socket("ben"):
        await second.say({"type": "connection_init", "payload": api.bearer("ann")})

        assert (await second.closed()).code == 4429


async def test_a_socket_that_closes_makes_room_for_another(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.services.sockets, "_each", 1)
    for _ in range(3):
        async with api.socket() as socket:
            await socket.say("not JSON")
            await socket.closed()
        await _until(lambda: api.services.sockets.total() == 0)


async def test_a_socket_that_ends_leaves_no_watcher(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        assert api.services.domain.feed.watchers == 1

    await _until(lambda: api.services.domain.feed.watchers == 0)


async def test_a_query_and_a_mutation_run_over_the_socket(api: Api, manuscript: Manuscript) -> None:
    async with api.socket() as socket:
        await socket.subscribe("q", "{ manuscripts { edges { node { id title } } } }")
        [edge] = (await socket.next("q"))["manuscripts"]["edges"]
        assert (await socket.hear())["type"] == "complete"
        start = "mutation ($manuscript: ID!) { startAnalysis(manuscriptId: $manuscript) { ... on Job { status } } }"
        await socket.subscribe("m", start, manuscript=edge["node"]["id"])

        assert await socket.next("m") == {"startAnalysis": {"status": "QUEUED"}}


async def test_a_text_larger_than_a_message_may_be_closes_with_1009(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "ping", "payload": {"text": "x" * 1_100_000}})

        assert (await socket.closed()).code == 1009


async def test_versions_grow_up_to_the_newest_and_steps_between_may_be_left_out(
    api: Api, manuscript: Manuscript, hand: Hand
) -> None:
    job = await hand.begin(await hand.claim(await hand.start(manuscript)))
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        [seen] = (await socket.next("1"))["jobUpdates"]["jobs"]
        versions = [seen["version"]]
        for step in range(20):
            job = await hand.store.beat(job, lease=api.settings.lease, stage=f"Step {step}")
        await hand.tell(job)

        while versions[-1] < job.version:
            versions += [seen["version"] for seen in (await socket.next("1"))["jobUpdates"]["jobs"]]

        assert versions == sorted(set(versions))
        assert len(versions) < 20


async def test_a_client_that_stops_reading_is_kept_no_backlog_and_then_told_the_newest(
    settings: Settings, manuscript: Manuscript
) -> None:
    patient = replace(settings, lease=timedelta(minutes=5))
    async with running(patient) as api, api.opened(line=api.narrow_line()) as socket:
        hand = Hand(store=api.services.domain.store, services=api.services)
        job = await hand.begin(await hand.claim(await hand.start(manuscript)))
        await socket.init(api.token())
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        await _stuff(socket)
        for step in range(30):
            job = await hand.store.beat(job, lease=patient.lease, stage=f"Step {step}")
            await hand.tell(job)

        versions: list[int] = []
        while not versions or versions[-1] < job.version:
            message = await socket.hear()
            if message["type"] == "next":
                versions += [seen["version"] for seen in message["payload"]["data"]["jobUpdates"]["jobs"]]

    assert versions == sorted(set(versions))
    assert len(versions) <= 5


async def test_nothing_is_sent_after_the_close_to_a_client_that_reads_late(
    settings: Settings,
    manuscript: Manuscript,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    closing = _noticed(monkeypatch, "_close")
    quiet = replace(settings, tick_interval=timedelta(minutes=1))
    async with running(quiet) as api, api.opened(line=api.narrow_line()) as socket:
        feed = api.services.domain.feed
        await socket.init(api.token(expires_in=10))
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        await _stuff(socket)
        # The token expires, and the close waits behind what nobody reads. Now the operation has something to tell.
        await asyncio.wait_for(closing.wait(), 30)
        await api.services.domain.service.start(manuscript.owner_id, manuscript.id)
        await _until(lambda: feed.watchers == 0)
        close = await socket.closed()

    assert close.code == 4403
    assert "Traceback" not in caplog.text


async def test_a_client_that_answers_no_ping_makes_room_though_its_line_takes_nothing(
    api: Api, protocols: list[Sockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck:
        """A transport with full buffers: what waits to be sent is never sent, and so it never closes."""

        def write(self, data: bytes) -> None: ...

        def close(self) -> None: ...

        def is_closing(self) -> bool:
            return False

    async with api.socket() as socket:
        [protocol] = protocols
        await socket.say({"type": "ping"})
        await socket.hear()
        monkeypatch.setattr(protocol, "transport", Stuck())

        protocol.keepalive_timeout()

        await _until(lambda: api.services.sockets.total() == 0)
        monkeypatch.undo()
        protocol.transport.close()


async def test_a_send_after_the_server_gave_a_socket_up_is_no_fault(
    api: Api, protocols: list[Sockets], caplog: pytest.LogCaptureFixture
) -> None:
    async with api.socket() as socket:
        await socket.subscribe("1", UPDATES)
        await socket.next("1")
        # As a message over the limit, or one against the protocol, does beneath the application.
        protocols[0].close_sent = True

        await _until(lambda: api.services.domain.feed.watchers == 0)

    assert "Traceback" not in caplog.text
    assert "internal error" not in caplog.text


@pytest.fixture
def protocols(monkeypatch: pytest.MonkeyPatch) -> list[Sockets]:
    """The server's ends of the sockets, as they are made."""
    made: list[Sockets] = []
    connection_made = Sockets.connection_made

    def remember(self: Sockets, transport: asyncio.BaseTransport) -> None:
        connection_made(self, transport)
        made.append(self)

    monkeypatch.setattr(Sockets, "connection_made", remember)
    return made


def _noticed(monkeypatch: pytest.MonkeyPatch, method: str) -> asyncio.Event:
    """An event that is set when a connection of the server's calls this method of its own."""
    called = asyncio.Event()
    original = getattr(server_socket.Connection, method)

    async def noticed(*arguments: object) -> None:
        called.set()
        await original(*arguments)

    monkeypatch.setattr(server_socket.Connection, method, noticed)
    return called


async def _stuff(socket: Socket) -> None:
    """Asks for large answers that nobody reads, until every buffer on the way is full and no more can be said."""
    # One that could not be said for a second may be the fault of a busy machine; three in a row are not.
    in_vain = 0
    while in_vain < 3:
        try:
            async with asyncio.timeout(1):
                await socket.say({"type": "ping", "payload": {"text": "x" * 1_000_000}})
        except TimeoutError:
            in_vain += 1
        else:
            in_vain = 0


async def _until(condition: object, *, limit: float = 30) -> None:
    assert callable(condition)
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.01)
