"""Plays a scenario: a transcript of what a client sends and what must come back, with matchers and placeholders.

scenarios/README.md describes the format.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from client_contract.inbox import Closed, Inbox
from client_contract.matching import Json, ScenarioError, at_path, differences, filled
from client_contract.promises import Ledger, Outcome
from client_contract.wire import NoStream, Socket, SocketRefused, Unreachable, Wire, bearer, body_of
from client_contract.world import moment

_PROTOCOL = "graphql-transport-ws"
_NOT_TRUSTED = {"errors": [{"extensions": {"code": "OPERATION_NOT_TRUSTED"}}]}


class Broken(Exception):
    """The server did not do what a step expects; the text is the evidence."""


class NotHere(Exception):
    """The scenario cannot show anything on this server; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One transcript. `needs` names what the server must have for it."""

    id: str
    description: str
    needs: tuple[str, ...]
    repeat: int
    steps: tuple[Json, ...]
    after: tuple[Json, ...]

    @property
    def promise_ids(self) -> tuple[str, ...]:
        """Every promise that some step proves, in order, once each."""
        return tuple(dict.fromkeys(id for step in self.steps for id in _proved(step)))


def read_scenarios(folder: Path) -> list[Scenario]:
    """The scenarios of the folder, in the order of their files' names."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [
        Scenario(
            id=each["id"],
            description=each["description"],
            needs=tuple(each.get("needs", ())),
            repeat=each.get("repeat", 1),
            steps=tuple(each["steps"]),
            after=tuple(each.get("after", ())),
        )
        for each in read
    ]


@dataclass(slots=True)
class Player:
    """Plays scenarios over one wire. In seconds: `patience` is the longest deadline that is waited for, `within` how
    long anything else is, where the scenario does not say. `only_trusted`: the server executes no operations but the
    contract's."""

    wire: Wire
    ledger: Ledger
    values: Mapping[str, Json]
    patience: float
    within: float
    only_trusted: bool = False
    _saved: dict[str, Json] = field(default_factory=dict)
    _lines: dict[str, Inbox] = field(default_factory=dict)

    async def play(self, scenario: Scenario) -> None:
        """Plays it as often as it says; writes what was shown into the ledger."""
        proved: set[str] = set()
        try:
            for _ in range(scenario.repeat):
                self._saved, self._lines = {}, {}
                for place, step in enumerate(scenario.steps, 1):
                    await self._prove(scenario.id, str(place), step)
                    proved |= set(_proved(step))
                await self._tidy(scenario)
                await self.wire.hang_up()
        except NotHere as reason:
            self._rest(scenario, proved, Outcome.SKIPPED, str(reason))
        except (Broken, Unreachable, ScenarioError) as error:
            self._rest(scenario, proved, Outcome.UNPROVEN, f"The scenario broke off. {error}")
        finally:
            await self.wire.hang_up()
            await self._tidy(scenario)

    async def _tidy(self, scenario: Scenario) -> None:
        """Takes away what the scenario made. Where it broke off there may be nothing to take."""
        for step in scenario.after:
            with suppress(Broken, NotHere, Unreachable, ScenarioError):
                await self._step(scenario.id, "after", step)

    async def _prove(self, scenario_id: str, place: str, step: Json) -> None:
        promise_ids = step.get("proves", ())
        try:
            said = await self._step(scenario_id, place, step)
        except (Broken, Unreachable) as error:
            for id in promise_ids:
                self.ledger.note(id, Outcome.BROKEN, scenario_id, f"Step {place}: {error}")
            raise Broken(f"Step {place}: {error}") from error
        for id in promise_ids:
            self.ledger.note(id, Outcome.KEPT, scenario_id, f"Step {place}: {said}")

    def _rest(self, scenario: Scenario, proved: set[str], outcome: Outcome, text: str) -> None:
        for id in scenario.promise_ids:
            if id not in proved and self.ledger.outcome(id) is not Outcome.BROKEN:
                self.ledger.note(id, outcome, scenario.id, text)

    async def _step(self, scenario_id: str, place: str, step: Json) -> str:
        match step:
            case {"forEach": name, "of": values, "do": steps}:
                for value in values:
                    self._saved[name] = value
                    for n, each in enumerate(steps, 1):
                        await self._prove(scenario_id, f"{place}.{n}", each)
                return f"So with each of {len(values)}."
            case {"together": steps}:
                await self._together(scenario_id, place, steps)
                return "All at once."
            case {"http": _}:
                return await self._http(step)
            case {"alike": [first, second]}:
                return await self._alike(first, second)
            case {"stream": name}:
                return await self._stream(name, step)
            case {"ask": operation}:
                return await self._ask(operation, step)
            case {"connect": name}:
                return await self._connect(name, step)
            case {"send": message}:
                await self._socket(step["on"]).send(self._filled(message))
                return "Sent."
            case {"expect": _}:
                return await self._expect(scenario_id, place, step)
            case {"expectNothing": _}:
                return await self._expect_nothing(step)
            case {"expectClose": code}:
                return await self._expect_close(code, step)
            case {"close": name}:
                await self._lines[name].close()
                return "Closed."
            case {"drop": name}:
                self._socket(name).drop()
                return "The line is cut."
            case _:
                raise ScenarioError(f"Step {place} is of no known kind: {sorted(step)}.")

    async def _together(self, scenario_id: str, place: str, steps: list[Json]) -> None:
        proofs = [self._prove(scenario_id, f"{place}.{n}", each) for n, each in enumerate(steps, 1)]
        # Each to its end: what goes on after its scenario would be taken for the next one's.
        for outcome in await asyncio.gather(*proofs, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _ask(self, operation: str, step: Json) -> str:
        query = {"query": f"${{{operation}}}", "variables": step.get("variables", {})}
        return await self._http({"http": {"json": query}, **step})

    async def _http(self, step: Json) -> str:
        request = self._filled({"method": "POST", "path": "/graphql", "headers": {}, **step["http"]})
        headers = self._authorization(step.get("as", "author")) | request.pop("headers")
        files = request.pop("file", None)
        if files is not None:
            request["files"] = {"file": (files["name"], files["content"])}
            request["data"] = {name: text for name, text in files.items() if name not in ("name", "content")}
        response = await self.wire.request(request.pop("method"), request.pop("path"), headers=headers, **request)
        answer = {"status": response.status_code, "body": body_of(response)}
        self._unless(step, answer)
        expected = {"status": step.get("status", 200), "body": step.get("body", {})}
        if self.only_trusted and _has_own_text(step["http"]):
            expected = {"status": {"$in": [200, 400]}, "body": _NOT_TRUSTED}
        if found := differences(self._filled(expected), answer):
            raise Broken("; ".join(found))
        self._save(step, answer["body"])
        return f"Answered {response.status_code}."

    async def _alike(self, first: Json, second: Json) -> str:
        """Two questions whose answers must be the same, byte for byte."""
        one, other = [await self._answered(step) for step in (first, second)]
        if one != other:
            raise Broken(f"One was answered {one}, the other {other}.")
        return "Answered alike, byte for byte."

    async def _answered(self, step: Json) -> tuple[int, str | None, bytes]:
        request = {"query": f"${{{step['ask']}}}", "variables": step.get("variables", {})}
        headers = self._authorization(step.get("as", "author"))
        response = await self.wire.request("POST", "/graphql", headers=headers, json=self._filled(request))
        return response.status_code, response.headers.get("content-type"), response.content

    async def _connect(self, name: str, step: Json) -> str:
        if "refused" in step:
            return await self._refused(step)
        socket = await self.wire.open(step.get("protocols", [_PROTOCOL]), origin=step.get("origin"))
        self._lines[name] = socket
        expected = step.get("chosen", _PROTOCOL)
        if socket.subprotocol != expected:
            raise Broken(f"The server chose the subprotocol {socket.subprotocol!r}, expected {expected!r}.")
        if "as" not in step:
            return "Opened."
        await socket.send({"type": "connection_init", "payload": self._authorization(step["as"])})
        message = await self._heard(socket, self.within)
        if found := differences({"type": "connection_ack"}, message):
            raise Broken("; ".join(found))
        return "Acknowledged."

    async def _stream(self, name: str, step: Json) -> str:
        request = {"query": step.get("query", f"${{{step.get('ask')}}}"), "variables": step.get("variables", {})}
        try:
            headers = self._authorization(step.get("as", "author"))
            self._lines[name] = await self.wire.stream(name, self._filled(request), headers)
        except NoStream as error:
            raise Broken(str(error)) from error
        return "The stream has begun."

    async def _refused(self, step: Json) -> str:
        try:
            socket = await self.wire.open(step.get("protocols", [_PROTOCOL]), origin=step.get("origin"))
        except SocketRefused as error:
            if error.status == step["refused"]:
                return f"The handshake was answered {error.status}."
            raise
        await socket.connection.close()
        raise Broken(f"The socket opened; expected the handshake to be answered {step['refused']}.")

    async def _expect(self, scenario_id: str, place: str, step: Json) -> str:
        line, expected = self._lines[step["on"]], self._filled(step["expect"])
        began, limit = time.monotonic(), self._seconds(self._filled(step.get("within", self.within)))
        while True:
            left = began + limit - time.monotonic()
            message = await self._heard(line, max(left, 0), expected)
            self._unless(step, message)
            found = differences(expected, message)
            if not found:
                break
            if isinstance(message, Closed) or step.get("next", False) or _is_last(message, expected):
                raise Broken("; ".join(found))
        took = time.monotonic() - began
        self._save(step, message)
        if swift := step.get("swift"):
            in_time = took <= self._seconds(swift["within"])
            for id in swift["proves"]:
                self.ledger.note(
                    id, Outcome.KEPT if in_time else Outcome.BROKEN, scenario_id, f"Step {place}: after {took:.2f} s."
                )
        return f"Heard after {took:.2f} s."

    async def _expect_nothing(self, step: Json) -> str:
        line, unwanted = self._lines[step["on"]], self._filled(step["expectNothing"])
        end = time.monotonic() + step["for"]
        while (left := end - time.monotonic()) > 0:
            try:
                message = await line.next(left)
            except TimeoutError:
                break
            if isinstance(message, Closed):
                raise Broken(f"The socket closed with {message.code} {message.reason}.")
            if not differences(unwanted, message):
                raise Broken(f"Heard what must not come: {_short(message)}")
        return f"Nothing of the kind in {step['for']} s."

    async def _expect_close(self, code: int, step: Json) -> str:
        line = self._lines[step["on"]]
        while not isinstance(message := await self._heard(line, step.get("within", self.within)), Closed):
            pass
        if message.code != code:
            raise Broken(f"The socket closed with {message.code} {message.reason}, expected {code}.".replace(" ,", ","))
        return f"Closed with {code} {message.reason}."

    async def _heard(self, line: Inbox, within: float, expected: Json = None) -> Json | Closed:
        try:
            return await line.next(within)
        except TimeoutError:
            wanted = "" if expected is None else f" of {_short(expected)}"
            last = f" Last came {_short(line.heard[-1])}" if line.heard else " Nothing ever came."
            raise Broken(f"Nothing{wanted} came in time.{last}") from None

    def _seconds(self, limit: Json) -> float:
        """A number of seconds, or until the deadline of a saved job and some more."""
        if not isinstance(limit, dict):
            return float(limit)
        job = at_path(self._saved, limit["deadlineOf"])
        deadline, as_of = moment(job.get("deadlineAt")), moment(job.get("asOf"))
        if deadline is None or as_of is None:
            raise Broken(f"The job tells no deadline: {_short(job)}")
        left = (deadline - as_of).total_seconds()
        if left > self.patience:
            raise NotHere(f"The deadline is {left:.0f} s away; `--patience {left + 30:.0f}` waits for it.")
        return left + float(limit["plus"])

    def _unless(self, step: Json, came: Json) -> None:
        for each in step.get("unless", ()):
            if not differences(self._filled(each["comes"]), came):
                raise NotHere(each["because"])

    def _save(self, step: Json, value: Json) -> None:
        for name, path in step.get("save", {}).items():
            self._saved[name] = at_path(value, path)

    def _authorization(self, who: str) -> dict[str, str]:
        if who == "nobody":
            return {}
        return bearer(at_path(self.values, "token" if who == "author" else "otherToken"))

    def _socket(self, name: str) -> Socket:
        line = self._lines[name]
        if not isinstance(line, Socket):
            raise ScenarioError(f"`{name}` is a stream: nothing can be sent over it.")
        return line

    def _filled(self, template: Json) -> Json:
        return filled(template, {**self.values, **self._saved})


def _has_own_text(request: Json) -> bool:
    """Whether it asks for something that is no operation of the contract."""
    query = request["json"].get("query") if isinstance(request.get("json"), dict) else None
    return isinstance(query, str) and not query.startswith("${")


def _is_last(message: Json, expected: Json) -> bool:
    """Whether the operation that something is expected of has ended."""
    ended = isinstance(message, dict) and message.get("type") in ("complete", "error")
    return ended and "id" in message and message["id"] == expected.get("id")


def _proved(step: Json) -> Iterator[str]:
    yield from step.get("proves", ())
    yield from step.get("swift", {}).get("proves", ())
    for each in (*step.get("together", ()), *step.get("do", ())):
        yield from _proved(each)


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else f"{text[:299]}…"
