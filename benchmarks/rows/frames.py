"""One event to 1,000 authors, and what a subscription costs to begin and to keep."""

from collections.abc import Iterator

from benchmarks.announcing import announcing
from benchmarks.crowd import Cost, cost, push
from benchmarks.figures import Figure, tell
from benchmarks.peers.objects import CHANGED
from benchmarks.product import allow_many_sockets, api, authors, engines, peer
from client_contract.verify import operations

_SOCKETS = 1000
_SMALL = "subscription { jobUpdates { jobs { id version } } }"


def measure() -> Iterator[Figure]:
    allow_many_sockets()
    peers = {name: _peer(name) for name in ("bare", "yoga", "strawberry")}
    whole, small = _ours(operations()["JobUpdates"]), _ours(_SMALL)
    for name, ours, asked in (("JobUpdates", whole, (150, 120)), ("a small operation", small, (60, 55))):
        yield _figure(f"one event to 1,000, {name}: the last has it", "ms", ours, peers, "last", 1e3, asked[0])
        yield _figure(f"… {name}: processor time a frame", "µs", ours, peers, "frame", 1e6, asked[1])
        worst = ours.worst / ours.last
        yield Figure(f"… {name}: the worst event over the median", "×", worst, 2)
    yield _figure("a subscription begins: processor time", "µs", whole, peers, "begins", 1e6, 800)
    yield _figure("memory a subscriber, fresh", "kB", whole, peers, "fresh", 1 / 1024, 40)
    yield _figure("… after the events", "kB", whole, peers, "after", 1 / 1024, 40)


def _figure(what: str, unit: str, ours: Cost, peers: dict[str, Cost], part: str, scale: float, asked: float) -> Figure:
    beside = {name: getattr(each, part) * scale for name, each in peers.items()}
    return Figure(what, unit, getattr(ours, part) * scale, asked, beside=beside)


def _ours(subscription: str) -> Cost:
    owners, tokens = authors(_SOCKETS)
    with engines() as these:
        these.seed_running(owners)
        with api(these) as (port, server), announcing(these) as rows:
            return cost(
                port, server, tokens, subscription, lambda number: rows.change(number, owners), has_first_frame=True
            )


def _peer(name: str) -> Cost:
    with peer(name) as (port, server):
        has_first = name == "bare"
        return cost(port, server, [""] * _SOCKETS, CHANGED, lambda _: push(port), has_first_frame=has_first)


if __name__ == "__main__":
    tell(measure)
