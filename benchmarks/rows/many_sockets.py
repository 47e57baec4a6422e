"""One event to 5,000 authors: one socket each."""

from collections.abc import Iterator

from benchmarks.announcing import announcing
from benchmarks.crowd import cost, push
from benchmarks.figures import Figure, tell
from benchmarks.peers.objects import CHANGED
from benchmarks.product import allow_many_sockets, api, authors, engines, peer
from client_contract.verify import operations

_SOCKETS = 5000
_EVENTS = 3


def measure() -> Iterator[Figure]:
    allow_many_sockets()
    beside = {name: _peer(name) for name in ("bare", "yoga")}
    owners, tokens = authors(_SOCKETS)
    with engines() as these:
        these.seed_running(owners)
        with api(these) as (port, server), announcing(these) as rows:
            ours = cost(
                port,
                server,
                tokens,
                operations()["JobUpdates"],
                lambda number: rows.change(number, owners),
                has_first_frame=True,
                events=_EVENTS,
            )
    yield Figure("one event to 5,000: the last has it", "ms", ours.last * 1e3, 600, beside=beside)


def _peer(name: str) -> float:
    with peer(name) as (port, server):
        told = cost(
            port, server, [""] * _SOCKETS, CHANGED, lambda _: push(port), has_first_frame=name == "bare", events=_EVENTS
        )
        return told.last * 1e3


if __name__ == "__main__":
    tell(measure)
