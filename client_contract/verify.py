"""Holds a running server against the client contract, from outside: `novelfoundry verify URL --token T`.

Needs nothing of the server's code. Exit 0 when every MUST was shown, 1 when one is broken or its scenario broke off, 2
when there was nothing to verify (the server cannot be reached, takes none of the tokens, or the command is wrong), 3
when none is broken and some were skipped: they need a second author, a worker, or that there is none.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from client_contract import introspection
from client_contract.observer import QUEUE_TIMEOUT, Observer
from client_contract.player import Player, Scenario, read_scenarios
from client_contract.preflight import NothingToVerify, check_address, check_authors
from client_contract.promises import CONTRACT, Ledger, Outcome, Promise, promises
from client_contract.wire import Unreachable, Wire, bearer, body_of

# The longest silence of a job feed that the contract allows, in seconds.
TICK_SECONDS = 15.0
# How long a deadline is waited for unless told.
PATIENCE_SECONDS = 30.0
# How long anything else is waited for: the slowest that the contract allows a change to be told.
WITHIN_SECONDS = 10.0
_BROKEN, _CANNOT, _UNSHOWN, _INTERRUPTED = 1, 2, 3, 130
# A novel's length several times over: its analysis takes long enough to be cancelled in the midst of it.
_LONG_TEXT_CHAPTERS = 400
# Over the size limit of a server as it is delivered, 25 MiB.
_HUGE_BYTES = 27_000_000
_STYLES = {Outcome.KEPT: "green", Outcome.BROKEN: "bold red", Outcome.UNPROVEN: "red", Outcome.SKIPPED: "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to verify, and as whom. Times in seconds."""

    url: str
    token: str | None
    other_token: str | None = None
    tick: float = TICK_SECONDS
    patience: float = PATIENCE_SECONDS
    within: float = WITHIN_SECONDS
    queue_timeout: float = QUEUE_TIMEOUT
    only: tuple[str, ...] = ()
    # Another server of the same release, whose authors are the same, and which no worker serves.
    without_workers: str | None = None


async def run(settings: Settings, *, as_json: bool) -> int:
    """Verifies, prints, and returns the exit code."""
    try:
        ledger = await verify(settings)
    except Unreachable as error:
        print(f"The server cannot be reached. {error}. Is it running, and is the address right?", file=sys.stderr)
        return _CANNOT
    except NothingToVerify as error:
        print(error, file=sys.stderr)
        return _CANNOT
    (_print_json if as_json else _print_table)(settings, ledger)
    if all(ledger.outcome(each.id) is Outcome.SKIPPED for each in promises()):
        print("Nothing was verified: every scenario was skipped, each for the reason above.", file=sys.stderr)
        return _CANNOT
    if broken(ledger):
        return _BROKEN
    return _UNSHOWN if unshown(settings, ledger) else 0


async def verify(settings: Settings) -> Ledger:
    """Plays the scenarios one after the other.

    Raises Unreachable when the server does not answer at all, NothingToVerify when the settings are not for it.
    """
    ledger = Ledger()
    check_address(settings.url)
    async with AsyncExitStack() as stack:
        place = await _opened(settings, settings.url, ledger, stack)
        if not settings.only:
            place.observer.begin("introspection")
            await introspection.compare(place.wire, ledger, settings.token)
        alone = place
        if settings.without_workers is not None:
            check_address(settings.without_workers)
            alone = await _opened(settings, settings.without_workers, ledger, stack)
        for scenario in _asked(settings):
            here = alone if "no workers" in scenario.needs else place
            here.observer.begin(scenario.id)
            missing = await _missing(scenario, settings, here)
            if missing:
                _skip(scenario, ledger, missing)
            else:
                await here.player.play(scenario)
    return ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One server, with what plays on it and what watches."""

    wire: Wire
    observer: Observer
    player: Player


async def _opened(settings: Settings, url: str, ledger: Ledger, stack: AsyncExitStack) -> _Place:
    observer = Observer(ledger, tick=settings.tick, queue_timeout=settings.queue_timeout)
    wire = await stack.enter_async_context(Wire(url, observer))
    await check_authors(wire, operations()["Viewer"], settings.token, settings.other_token)
    player = Player(
        wire=wire,
        ledger=ledger,
        values=_values(settings),
        patience=settings.patience,
        within=settings.within,
        only_trusted=await _trusts_only_the_contract(wire, settings.token),
    )
    return _Place(wire=wire, observer=observer, player=player)


async def _trusts_only_the_contract(wire: Wire, token: str | None) -> bool:
    """Whether an operation that is none of the contract's is refused for that."""
    query = {"query": "query Viewer { viewer { id } }"}
    match body_of(await wire.request("POST", "/graphql", headers=bearer(token), json=query)):
        case {"errors": [{"extensions": {"code": "OPERATION_NOT_TRUSTED"}}]}:
            return True
        case _:
            return False


def broken(ledger: Ledger) -> list[Promise]:
    """Each MUST that is broken, or whose scenario broke off."""
    bad = (Outcome.BROKEN, Outcome.UNPROVEN)
    return [each for each in promises() if each.word == "MUST" and ledger.outcome(each.id) in bad]


def unshown(settings: Settings, ledger: Ledger) -> list[Promise]:
    """Each MUST that a scenario of this run would have shown, and was skipped: that is no pass."""
    ids = {id for each in _asked(settings) for id in each.promise_ids}
    return [
        each
        for each in promises()
        if each.id in ids and each.word == "MUST" and ledger.outcome(each.id) is Outcome.SKIPPED
    ]


def _asked(settings: Settings) -> list[Scenario]:
    scenarios = read_scenarios(CONTRACT / "scenarios")
    return [each for each in scenarios if not settings.only or each.id in settings.only]


def operations() -> dict[str, str]:
    """Every operation of the contract by name, each with the fragments that it spreads."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (CONTRACT / "operations").glob("*.graphql")}
    return {name: _with_fragments(name, texts) for name, text in texts.items() if not _is_fragment(text)}


def _with_fragments(name: str, texts: dict[str, str]) -> str:
    spread: dict[str, str] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in spread:
            spread[each] = texts[each]
            waiting += re.findall(r"\.\.\.(\w+)", texts[each].replace("... on", ""))
    return "\n".join(spread.values())


def _is_fragment(text: str) -> bool:
    return re.search(r"^fragment ", text, re.MULTILINE) is not None


def _values(settings: Settings) -> dict[str, Any]:
    """What the placeholders of the scenarios stand for."""
    return {
        **operations(),
        "token": settings.token or "",
        "otherToken": settings.other_token or "",
        "title": f"Contract {uuid4().hex[:8]}",
        "text": (text := _text(3)),
        "words": len(text.split()),
        "longText": _text(_LONG_TEXT_CHAPTERS),
        "hugeText": "word " * (_HUGE_BYTES // 5),
        "tick": settings.tick,
        "withinTick": settings.tick + 1,
    }


def _text(chapters: int) -> str:
    sentence = "The house stood at the end of the lane, and nobody had opened its door since the winter. "
    answer = "“You may look,” said Anne quietly, “but you will find it as we left it.” "
    paragraph = (sentence + answer) * 8
    return "\n\n".join(f"Chapter {number}\n\n" + f"{paragraph}\n\n" * 10 for number in range(1, chapters + 1))


async def _missing(scenario: Scenario, settings: Settings, here: _Place) -> str | None:
    """Why the scenario cannot be played here, if it cannot."""
    if "any document" in scenario.needs and here.player.only_trusted:
        return "It needs an operation of its own, and the server executes the contract's only."
    if "other author" in scenario.needs and not settings.other_token:
        return "It needs the token of a second author: `--other-token`."
    if not {"workers", "no workers"} & set(scenario.needs):
        return None
    live = await _live_workers(settings, here.wire)
    if "workers" in scenario.needs and live == 0:
        return "It needs a live worker, and the server says that there is none."
    if "no workers" in scenario.needs and live:
        return "It needs a server without a live worker: `--without-workers`, or `novelfoundry verify --deployment`."
    return None


async def _live_workers(settings: Settings, wire: Wire) -> int | None:
    """How many workers live; None when the server does not say, and the scenarios must show what it does."""
    query = {"query": operations()["System"]}
    try:
        response = await wire.request("POST", "/graphql", headers=bearer(settings.token), json=query)
    except Unreachable:
        return None
    match body_of(response):
        case {"data": {"system": {"workers": {"live": int(live)}}}}:
            return live
        case _:
            return None


def _skip(scenario: Scenario, ledger: Ledger, reason: str) -> None:
    for id in scenario.promise_ids:
        ledger.note(id, Outcome.SKIPPED, scenario.id, reason)


def _checked(ledger: Ledger) -> Iterable[tuple[Promise, Outcome, str]]:
    """What was found out of each promise that a scenario holds or that was broken in passing."""
    for each in promises():
        outcome = ledger.outcome(each.id)
        evidence = ledger.evidence(each.id)
        if evidence or any(not name.startswith(("vectors/", "ts/", "tests/")) for name in each.held_by):
            text = "\n".join(f"{seen.scenario}: {seen.text}" for seen in evidence[:3])
            yield each, outcome, text or "No scenario touched it."


def _print_table(settings: Settings, ledger: Ledger) -> None:
    table = Table(title=f"Client contract {version()} at {settings.url}", title_justify="left", show_lines=True)
    table.add_column("promise", no_wrap=True)
    table.add_column("word", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    table.add_column("evidence", overflow="fold")
    counts: Counter[Outcome] = Counter()
    for promise, outcome, text in _checked(ledger):
        counts[outcome] += 1
        style = _STYLES[outcome]
        shown = text if outcome is Outcome.KEPT else f"{promise.text}\n{text}"
        table.add_row(promise.id, promise.word, f"[{style}]{outcome}[/]", shown.replace("[", "\\["))
    console = Console()
    console.print(table)
    console.print(", ".join(f"{counts[each]} {each}" for each in Outcome))
    for promise in unshown(settings, ledger):
        console.print(f"[yellow]{promise.id}[/] MUST, and was not shown: {promise.text}", highlight=False)
    for promise in broken(ledger):
        console.print(f"[bold red]{promise.id}[/] MUST: {promise.text}", highlight=False)


def _print_json(settings: Settings, ledger: Ledger) -> None:
    found = [
        {
            "id": promise.id,
            "word": promise.word,
            "promise": promise.text,
            "outcome": outcome,
            "evidence": [{"scenario": seen.scenario, "text": seen.text} for seen in ledger.evidence(promise.id)],
        }
        for promise, outcome, _ in _checked(ledger)
    ]
    counts = Counter(each["outcome"] for each in found)
    result = {
        "url": settings.url,
        "contract": version(),
        "kept": counts[Outcome.KEPT] > 0 and not broken(ledger) and not unshown(settings, ledger),
        "skipped": [each.id for each in unshown(settings, ledger)],
        "counts": {each: counts[each] for each in Outcome},
        "promises": found,
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))


def version() -> str:
    """The contract's number."""
    return str(json.loads((CONTRACT / "version.json").read_text(encoding="utf-8"))["version"])


def arguments() -> argparse.Namespace:
    """What the command line asks for. Ends the program when that makes no sense."""
    parser = argparse.ArgumentParser(
        prog="novelfoundry verify", description="runs the client contract against a server"
    )
    parser.add_argument("url", metavar="URL", help="of the server, as in http://127.0.0.1:8000")
    parser.add_argument("--token", metavar="T", help="bearer token of a test author")
    parser.add_argument("--other-token", metavar="T", help="bearer token of a second one, for the promises on owners")
    parser.add_argument(
        "--without-workers",
        metavar="URL",
        help="another server that takes the same tokens and has no worker, for the promises on deadlines",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--tick", type=float, default=TICK_SECONDS, metavar="S", help="the feed's longest silence (15)")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="S", help="the longest deadline to wait for (30)"
    )
    parser.add_argument(
        "--queue-timeout", type=float, default=QUEUE_TIMEOUT, metavar="S", help="the server's NF_QUEUE_TIMEOUT (300)"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=[each.id for each in read_scenarios(CONTRACT / "scenarios")],
        metavar="SCENARIO",
        help="play this scenario; repeatable",
    )
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    chosen = Settings(
        url=asked.url,
        token=asked.token,
        other_token=asked.other_token,
        tick=asked.tick,
        patience=asked.patience,
        queue_timeout=asked.queue_timeout,
        only=tuple(asked.only),
        without_workers=asked.without_workers,
    )
    try:
        sys.exit(asyncio.run(run(chosen, as_json=asked.json)))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
