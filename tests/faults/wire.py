"""A client at a real api process: GraphQL over HTTP, and graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect

from jobs.settings import Settings
from schema.ids import global_id
from server.auth import local_token

_START = """
mutation Start($id: ID!) {
  startAnalysis(manuscriptId: $id) { __typename ... on Job { id status } ... on Refusal { code message } }
}
"""
_JOB = "query Job($id: ID!) { job(id: $id) { status version } }"
_UPDATES = "subscription { jobUpdates { asOf jobs { id status version } } }"


class Client:
    """One author with her token."""

    def __init__(self, *, port: int, settings: Settings, owner_id: UUID) -> None:
        self._token = local_token(settings, sub=str(owner_id))
        self.port = port

    async def start(self, manuscript_id: UUID) -> Any:
        """Asks for an analysis; raises httpx.TransportError when the api dies over it."""
        return (await self.ask(_START, id=global_id("Manuscript", manuscript_id)))["startAnalysis"]

    async def job(self, job_id: UUID) -> Any:
        """Status and version, as a query tells them."""
        return (await self.ask(_JOB, id=global_id("Job", job_id)))["job"]

    @asynccontextmanager
    async def updates(self) -> AsyncIterator["Updates"]:
        """A subscription to all of the author's jobs, on a socket of its own."""
        uri = f"ws://127.0.0.1:{self.port}/graphql"
        async with connect(uri, subprotocols=["graphql-transport-ws"], proxy=None) as connection:  # type: ignore[list-item]
            await _send(connection, type="connection_init", payload={"Authorization": f"Bearer {self._token}"})
            assert json.loads(await connection.recv())["type"] == "connection_ack"
            await _send(connection, type="subscribe", id="1", payload={"query": _UPDATES})
            yield Updates(connection)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of one operation; an error in the answer fails the test."""
        body = await self.answer(query, **variables)
        assert "errors" not in body, body
        return body["data"]

    async def answer(self, query: str, **variables: Any) -> Any:
        """The whole answer to one operation, errors and all."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.post(
                f"http://127.0.0.1:{self.port}/graphql",
                json={"query": query, "variables": variables},
                headers=headers,
            )
        return answer.json()


class Updates:
    """The frames of one subscription."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def frame(self) -> dict[str, tuple[str, int]]:
        """The next frame: status and version of each job in it. Raises websockets' ConnectionClosed."""
        while True:
            async with asyncio.timeout(15):
                message = json.loads(await self._connection.recv())
            if message["type"] == "next":
                jobs = message["payload"]["data"]["jobUpdates"]["jobs"]
                return {job["id"]: (job["status"], job["version"]) for job in jobs}

    async def hears(self, job_id: UUID, status: str) -> int:
        """Waits for a frame that tells this status of the job; its version."""
        while True:
            told, version = (await self.frame()).get(global_id("Job", job_id), ("", 0))
            if told == status:
                return version


async def _send(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))
