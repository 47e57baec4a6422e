"""A small server that keeps the contract, in memory, and small servers that each break one promise of it."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from graphql import build_schema, introspection_from_schema, print_schema
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

Json = dict[str, Any]
TICK_SECONDS = 0.2
LONG_AGO = "2020-01-01T00:00:00+00:00"
CURRENT = build_schema((Path(__file__).parents[2] / "client_contract" / "schema.graphql").read_text())
TERMINAL = ("COMPLETED", "FAILED", "CANCELLED")
_LONG = 100_000


class HonestServer:
    """Knows the operations of the contract by their names, and one author for each token."""

    workers = 1
    queue_timeout = timedelta(seconds=0.5)

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.jobs: dict[str, Json] = {}
        self.watchers: set[asyncio.Queue[Json]] = set()
        self._numbers = count(1)
        self._feeds: dict[str, Callable[..., AsyncIterator[Json | None]]] = {
            "JobUpdates": self._updates,
            "JobProgress": self._progress,
            "FailingUpdates": self._failing_updates,
            "FailingProgress": self._failing_progress,
        }
        self._lives: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serves on a free port; gives the address."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            config = uvicorn.Config(self._app(), log_level="warning", ws="websockets-sansio", lifespan="off")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True
                for life in self._lives:
                    life.cancel()
                await asyncio.wait_for(serving, 10)

    # What a liar changes.

    pace = 0.05
    """Seconds that a job waits, and runs."""

    def first_frame(self) -> list[Json]:
        """The present."""
        return list(self.jobs.values())

    def next_version(self, job: Json) -> int:
        """The version of the job's next state."""
        return int(job["version"]) + 1

    def seconds_to_tick(self) -> float | None:
        """How long the feed waits before it sends a frame without jobs; None: for ever."""
        return TICK_SECONDS

    def deadline(self, now: datetime) -> datetime:
        """The deadline of a job that is active now."""
        return now + (timedelta(seconds=30) if self.workers else self.queue_timeout)

    async def after_the_end(self, job: Json) -> None:
        """What happens to a job that is over: nothing."""

    def distort(self, job: Json) -> object:
        """What becomes of a job on its way out: nothing."""
        return job

    def ends_feed_after(self, job: Json) -> bool:
        """Whether the feed completes after this frame: never."""
        return False

    def ends_progress_after(self, job: Json) -> bool:
        """Whether `jobProgress` completes after this frame."""
        return bool(job["isTerminal"])

    def tells_again(self) -> bool:
        """Whether what was in a frame that failed is told again."""
        return True

    # The life of a job.

    def _add(self, title: str, text: str) -> Json:
        id = f"manuscript-{next(self._numbers)}"
        self.texts[id], self.titles[id] = text, title
        return self._manuscript(id)

    def _start(self, manuscript_id: str) -> Json:
        for job in self.jobs.values():
            if job["manuscript"]["id"] == manuscript_id and not job["isTerminal"]:
                return job
        id = f"job-{next(self._numbers)}"
        manuscript = {"id": manuscript_id, "title": self.titles[manuscript_id]}
        job = {"__typename": "Job", "id": id, "manuscript": manuscript, "version": 0, "retryOf": None}
        job |= {"maxAttempts": 3, "queuedAt": _now(), "startedAt": None, "attempt": 0, "events": []}
        self._change(job, status="QUEUED", waiting={"reason": "NO_LIVE_WORKER", "message": "It waits.", "position": 1})
        life = asyncio.create_task(self._live(id, len(self.texts[manuscript_id])))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)
        return self.jobs[id]

    async def _live(self, id: str, length: int) -> None:
        if not self.workers:
            await asyncio.sleep(self.queue_timeout.total_seconds())
            failure = {"code": "QUEUE_TIMEOUT", "retryable": True, "message": "No worker started it."}
            await self._step(id, status="FAILED", failure=failure)
            return
        await asyncio.sleep(self.pace)
        await self._step(id, status="RUNNING", stage="Reading", progress=0.5)
        await asyncio.sleep(5 if length > _LONG else self.pace)
        await self._step(id, status="COMPLETED")

    async def _step(self, id: str, **fields: Any) -> None:
        if not self.jobs[id]["isTerminal"]:
            self._change(self.jobs[id], **fields)
            if self.jobs[id]["isTerminal"]:
                await self.after_the_end(self.jobs[id])

    def _change(self, job: Json, *, status: str, **fields: Any) -> None:
        now = datetime.now(UTC)
        over = status in TERMINAL
        changed = job | {"stage": None, "progress": None, "waiting": None, "failure": None} | fields
        started = status == "RUNNING" or job["startedAt"] is not None
        changed |= {"status": status, "isTerminal": over, "locksManuscript": not over, "attempt": int(started)}
        changed |= {"startedAt": (job["startedAt"] or now.isoformat()) if started else None}
        decider = {"QUEUED": "USER", "CANCELLED": "USER", "FAILED": "READER"}.get(status, "WORKER")
        event = {"version": self.next_version(job), "at": now.isoformat(), "status": status, "decidedBy": decider}
        changed["events"] = [*job["events"], event]
        changed |= {"version": self.next_version(job), "asOf": now.isoformat()}
        changed |= {"finishedAt": now.isoformat() if over else None}
        changed |= {"deadlineAt": None if over else self.deadline(now).isoformat()}
        self.jobs[job["id"]] = changed
        for watcher in self.watchers:
            watcher.put_nowait(changed)

    # Answers.

    async def _answer(self, name: str, of: Json) -> Json:
        match name:
            case "System":
                return {"system": self._system()}
            case "Viewer":
                return {"viewer": {"id": "author", "email": None}}
            case "AddManuscript":
                return {"addManuscript": self._add(of["input"]["title"], of["input"]["text"])}
            case "StartAnalysis":
                return {"startAnalysis": self._start(of["manuscriptId"])}
            case "CancelJob":
                return {"cancelJob": await self._cancel(of["id"])}
            case "RetryJob":
                return {
                    "retryJob": {"__typename": "Refusal", "code": "NOT_ALLOWED_NOW", "message": "It lives or is done."}
                }
            case "Job":
                return {"job": self.jobs[of["id"]] | {"report": self._report(of["id"])}}
            case "Manuscript":
                return {"manuscript": self._manuscript(of["id"])}
            case "DeleteManuscript":
                return {"deleteManuscript": {"__typename": "DeletedManuscript", "id": of["id"]}}
        raise LookupError(f"{name} is not an operation of this server")

    async def _cancel(self, id: str) -> Json:
        if self.jobs[id]["isTerminal"]:
            return {"__typename": "Refusal", "code": "NOT_ALLOWED_NOW", "message": "It is over."}
        self._change(self.jobs[id], status="CANCELLED")
        cancelled = self.jobs[id]
        await self.after_the_end(cancelled)
        return cancelled

    def _manuscript(self, id: str) -> Json:
        jobs = [job for job in reversed(self.jobs.values()) if job["manuscript"]["id"] == id]
        latest = jobs[0] if jobs else None
        locked = latest is not None and latest["locksManuscript"]
        report = self._report(latest["id"]) if latest else None
        about = {"isLocked": locked, "latestJob": latest, "latestReport": report, "jobs": jobs}
        return {"__typename": "Manuscript", "id": id, "title": self.titles[id]} | about

    def _report(self, job_id: str) -> Json | None:
        done = self.jobs[job_id]["status"] == "COMPLETED"
        text = self.texts[self.jobs[job_id]["manuscript"]["id"]]
        chapters = [{"number": n} for n in range(1, text.count("Chapter ") + 1)]
        return {"id": "report", "summary": {"words": len(text.split())}, "chapters": chapters} if done else None

    def _system(self) -> Json:
        return {"workers": {"state": "HEALTHY" if self.workers else "ABSENT", "live": self.workers}}

    # Transport.

    def _app(self) -> Starlette:
        alive = Route("/livez", lambda _: PlainTextResponse("alive"))
        post = Route("/graphql", self._http, methods=["POST"])
        return Starlette(routes=[alive, post, WebSocketRoute("/graphql", self._socket)])

    def _is_stream(self, request: Request) -> bool:
        return request.headers.get("accept") == "text/event-stream"

    async def _http(self, request: Request) -> Response:
        operation = await request.json()
        if self._is_stream(request):
            if not self.may_stream(request):
                return JSONResponse({"code": "UNAUTHENTICATED"}, status_code=401)
            told = self._stream(operation["query"], operation.get("variables", {}))
            return StreamingResponse(told, media_type="text/event-stream")
        if "__schema" in operation["query"]:
            return JSONResponse({"data": self.introspection()})
        data = await self._answer(_name(operation["query"]), operation.get("variables", {}))
        return JSONResponse({"data": self._told(data)})

    async def _socket(self, websocket: WebSocket) -> None:
        await websocket.accept("graphql-transport-ws")
        with suppress(WebSocketDisconnect, ExceptionGroup):
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._listen(websocket, tasks)
                finally:
                    # The operations end with their socket.
                    raise WebSocketDisconnect

    async def _listen(self, websocket: WebSocket, tasks: asyncio.TaskGroup) -> None:
        while True:
            message = await websocket.receive_json()
            if message["type"] == "connection_init":
                await websocket.send_json({"type": "connection_ack"})
            if message["type"] == "subscribe":
                name, of = _name(message["payload"]["query"]), message["payload"].get("variables", {})
                tasks.create_task(self._send(websocket, message["id"], self._feeds[name](**of)))

    async def _send(self, websocket: WebSocket, id: str, frames: AsyncIterator[Json | None]) -> None:
        async for data in frames:
            payload = {"data": self._told(data)} if data else {"data": None, "errors": [{"message": "It failed."}]}
            await websocket.send_json({"id": id, "type": "next", "payload": payload})
        await websocket.send_json({"id": id, "type": "complete"})

    def may_stream(self, request: Request) -> bool:
        """Whether it gives a stream to who asks: to who has a token."""
        return "authorization" in request.headers

    async def _stream(self, query: str, of: Json) -> AsyncIterator[bytes]:
        yield b":\n\n"
        if query.count("{") != query.count("}"):
            yield event({"errors": [{"message": "It does not end.", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}]})
        elif (name := _name(query)) in self._feeds:
            async for data in self._feeds[name](**of):
                yield event({"data": self._told(data)})
        else:
            yield event({"data": self._told(await self._answer(name, of))})
        if self.completes_streams():
            yield b"event: complete\ndata:\n\n"

    def completes_streams(self) -> bool:
        """Whether a stream says that it is complete."""
        return True

    def introspection(self) -> Json:
        """The schema that it tells of: the contract's."""
        return dict(introspection_from_schema(CURRENT))

    def _told(self, value: Any) -> Any:
        """The value as it goes out: a job is told as it is now."""
        if isinstance(value, list):
            return [self._told(each) for each in value]
        if not isinstance(value, dict):
            return value
        told = {name: self._told(each) for name, each in value.items()}
        if told.get("__typename") == "Job":
            told["asOf"] = _now()
            self.distort(told)
        return told

    async def _updates(self) -> AsyncIterator[Json]:
        async with self._watching() as changes:
            yield self._frame(self.first_frame())
            while True:
                try:
                    job = await asyncio.wait_for(changes.get(), self.seconds_to_tick())
                except TimeoutError:
                    yield self._frame([])
                    continue
                yield self._frame([job])
                if self.ends_feed_after(job):
                    return

    async def _progress(self, id: str) -> AsyncIterator[Json]:
        async with self._watching() as changes:
            job = self.jobs[id]
            yield {"jobProgress": job}
            while not self.ends_progress_after(job):
                changed = await changes.get()
                if changed["id"] == id:
                    job = changed
                    yield {"jobProgress": job}

    async def _failing_updates(self) -> AsyncIterator[Json | None]:
        yield None
        while True:
            await asyncio.sleep(TICK_SECONDS)
            yield None if self.tells_again() else self._frame([])

    async def _failing_progress(self, id: str) -> AsyncIterator[Json | None]:
        yield None
        while self.tells_again():
            await asyncio.sleep(TICK_SECONDS)
            yield None

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[asyncio.Queue[Json]]:
        changes: asyncio.Queue[Json] = asyncio.Queue()
        self.watchers.add(changes)
        try:
            yield changes
        finally:
            self.watchers.discard(changes)

    def _frame(self, jobs: list[Json]) -> Json:
        frame = {"asOf": datetime.now(UTC).isoformat(), "jobs": jobs, "removed": [], "system": self._system()}
        return {"jobUpdates": frame}


def event(result: Json) -> bytes:
    """A result as an event."""
    return f"event: next\ndata: {json.dumps(result)}\n\n".encode()


class WithoutWorkers(HonestServer):
    """Keeps the contract, and nobody works."""

    workers = 0


class LeavesTerminalState(HonestServer):
    """A late result of the worker overwrites the end."""

    async def after_the_end(self, job: Json) -> None:
        if job["status"] == "CANCELLED":
            self._change(job, status="RUNNING", stage="Reading", progress=0.9)


class AnswersFromACache(HonestServer):
    """Tells who asks what was true before the end."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, Json] = {}

    async def _answer(self, name: str, of: Json) -> Json:
        self.cache |= {id: job for id, job in self.jobs.items() if not job["isTerminal"]}
        return {"job": self.cache[of["id"]]} if name == "Job" else await super()._answer(name, of)


class RepeatsVersions(HonestServer):
    """Writes a new state under the old version."""

    def next_version(self, job: Json) -> int:
        return 1


class GoesSilent(HonestServer):
    """Sends nothing when nothing changes."""

    def seconds_to_tick(self) -> float | None:
        return None


class ForgetsSnapshot(HonestServer):
    """Its first frame is empty: it tells of changes only."""

    def first_frame(self) -> list[Json]:
        return []


class CompletesTheFeed(HonestServer):
    """Takes the end of one job for the end of the feed."""

    def ends_feed_after(self, job: Json) -> bool:
        return bool(job["isTerminal"])


class NeverCompletesProgress(HonestServer):
    """Keeps `jobProgress` open after the end."""

    def ends_progress_after(self, job: Json) -> bool:
        return False


class LosesFailedFrames(HonestServer):
    """Takes what it was about to send for told."""

    def tells_again(self) -> bool:
        return False


class DeliversTheDead(HonestServer):
    """Shows jobs as active past their deadline."""

    def deadline(self, now: datetime) -> datetime:
        return now - timedelta(seconds=1)


class NeverTimesOut(WithoutWorkers):
    """Leaves a queued job queued, as it was before the contract."""

    async def _live(self, id: str, length: int) -> None:
        await asyncio.Event().wait()


class HidesDeadlines(WithoutWorkers):
    """Keeps to itself how long a job may wait."""

    def _change(self, job: Json, *, status: str, **fields: Any) -> None:
        super()._change(job, status=status, **fields)
        self.jobs[job["id"]]["deadlineAt"] = None


class TellsOfItsFirstJob(HonestServer):
    """Keeps the contract, and lets the test know when a job is started."""

    def __init__(self) -> None:
        super().__init__()
        self.has_started = asyncio.Event()

    def _start(self, manuscript_id: str) -> Json:
        self.has_started.set()
        return super()._start(manuscript_id)


class KnowsNobody(HonestServer):
    """Takes no token."""

    async def _http(self, request: Request) -> JSONResponse:
        return JSONResponse({"code": "UNAUTHENTICATED"}, status_code=401)


class ServesPages(HonestServer):
    """Another kind of server: a page for every address."""

    def _app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", lambda _: HTMLResponse("<p>Hello"), methods=["GET", "POST"])])


class UnderAPath(HonestServer):
    """Keeps the contract, behind a proxy that gives it a path of its own."""

    def _app(self) -> Starlette:
        return Starlette(routes=[Mount("/analysis", super()._app())])


class Lying(HonestServer):
    """Changes each job on its way out, and is honest in all else."""

    # So that each state is seen, many such servers at once.
    pace = 0.3

    def __init__(self, distort: Callable[[Json], object]) -> None:
        super().__init__()
        self._distort = distort

    def distort(self, job: Json) -> object:
        return self._distort(job)


class ForgetsAField(HonestServer):
    """Tells of a schema without a field that the contract has."""

    def introspection(self) -> Json:
        sdl = print_schema(CURRENT).replace("  maxAttempts: Int!", "  mostAttempts: Int!", 1)
        return dict(introspection_from_schema(build_schema(sdl)))


class StreamsToAnybody(HonestServer):
    """Asks no token of a stream."""

    def may_stream(self, request: Request) -> bool:
        return True


class NeverCompletesStreams(HonestServer):
    """Ends its streams without a word."""

    def completes_streams(self) -> bool:
        return False


class StreamsTheFirstFrame(HonestServer):
    """Sends over a stream what is, and nothing of what comes."""

    async def _stream(self, query: str, of: Json) -> AsyncIterator[bytes]:
        async for each in super()._stream(query, of):
            yield each
            if b"jobUpdates" in each:
                await asyncio.Event().wait()


class StreamsVersionsTwice(HonestServer):
    """Says everything twice over a stream."""

    async def _stream(self, query: str, of: Json) -> AsyncIterator[bytes]:
        async for each in super()._stream(query, of):
            yield each
            if b"jobUpdates" in each:
                yield each


class AnswersStreamsWithJson(HonestServer):
    """Knows no streams."""

    def _is_stream(self, request: Request) -> bool:
        return False


class MiscountsWords(HonestServer):
    """Reports on another text than the one that was sent."""

    def _report(self, job_id: str) -> Json | None:
        report = super()._report(job_id)
        return report and report | {"summary": {"words": 7}}


class LosesAChapter(HonestServer):
    """Reports on less than was sent."""

    def _report(self, job_id: str) -> Json | None:
        report = super()._report(job_id)
        return report and report | {"chapters": report["chapters"][1:]}


class FreezesFrames(HonestServer):
    """Tells each frame as of a day long ago."""

    def _frame(self, jobs: list[Json]) -> Json:
        return {"jobUpdates": super()._frame(jobs)["jobUpdates"] | {"asOf": LONG_AGO}}


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _name(query: str) -> str:
    found = re.search(r"\b(?:query|mutation|subscription) (\w+)", query)
    assert found is not None, query
    return found[1]
