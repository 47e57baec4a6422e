"""A page of 50 manuscripts and one job, over HTTP: requests a second, and processor time a field."""

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

from benchmarks.figures import Figure, tell
from benchmarks.http_load import Load, load, loaded
from benchmarks.peers.objects import FIELDS_OF_A_PAGE, JOB, PAGE
from benchmarks.product import api, authors, engines, peer
from client_contract.verify import operations
from schema.ids import global_id

_OURS = "query ($id: ID!) { job(id: $id) { id status progress attempt } }"
_BOOKS = 50


def measure() -> Iterator[Figure]:
    pages, jobs = {}, {}
    for name in ("mercurius", "yoga", "strawberry"):
        with peer(name) as (port, server):
            pages[name] = load(port, server, PAGE, {"first": _BOOKS})
            jobs[name] = load(port, server, JOB, {"id": "7"})
    owners, tokens = authors(1)
    with engines() as these:
        these.seed_running(owners, each=_BOOKS)
        [first, *_] = these.carry_out("select id from jobs")
        with api(these) as (port, server):
            variables: dict[str, object] = {"first": _BOOKS}
            page = load(port, server, operations()["Manuscripts"], variables, tokens[0])
            fields = _fields(_answer(port, operations()["Manuscripts"], variables, tokens[0]))
            job = load(port, server, _OURS, {"id": global_id("Job", first["id"])}, tokens[0])
            alive = loaded(port, server, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    yield _rate(f"a page of 50 books, {fields} fields", page, pages, 600)
    beside = {name: each.processor / FIELDS_OF_A_PAGE * 1e6 for name, each in pages.items()}
    cost = page.processor / fields * 1e6
    yield Figure("… processor time a field, database, HTTP and all", "µs", cost, beside=beside)
    yield _rate("job(id) with 4 fields", job, jobs | {"our /livez": alive}, 3200)


def _rate(what: str, ours: Load, peers: dict[str, Load], asked: float) -> Figure:
    beside = {name: each.a_second for name, each in peers.items()}
    return Figure(what, "requests a second", ours.a_second, asked, is_more_better=True, beside=beside)


def _answer(port: int, query: str, variables: dict[str, object], token: str) -> object:
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urlopen(Request(f"http://127.0.0.1:{port}/graphql", data=body, headers=headers)) as answer:
        return json.load(answer)["data"]


def _fields(value: object) -> int:
    """How many fields an answer holds."""
    match value:
        case dict():
            return sum(1 + _fields(each) for each in value.values())
        case list():
            return sum(map(_fields, value))
    return 0


if __name__ == "__main__":
    tell(measure)
