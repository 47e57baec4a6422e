"""1,000 watchers: what they take in quiet, at 100 changes a second, and how long a commit takes to a client's frame."""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psutil
from redis import Redis

from benchmarks.announcing import Announcing, announcing
from benchmarks.crowd import Crowd
from benchmarks.figures import Figure, percentile, tell
from benchmarks.http_load import load
from benchmarks.product import allow_many_sockets, api, authors, engines, spent
from client_contract.verify import operations
from jobs.redis.line import CHANGED

_SOCKETS = 1000
_QUIET_SECONDS = 20
_CHANGES, _A_SECOND = 1000, 100
_PROBES = 200
_POLL_SECONDS = 2


def measure() -> Iterator[Figure]:
    allow_many_sockets()
    owners, tokens = authors(_SOCKETS)
    with engines() as these:
        these.seed_running(owners)
        with api(these) as (port, server), announcing(these) as rows:
            before = _share(server, _quiet)
            poll = load(port, server, operations()["JobPoll"], {}, tokens[0])
            crowd = Crowd(port, tokens, operations()["JobUpdates"], has_first_frame=True)
            crowd.listen(5)
            idle = _share(server, lambda: crowd.listen(_QUIET_SECONDS))
            yield Figure("1,000 idle watchers", "% of a core", idle, 0.3, beside={"no watcher": before})
            busy = _share(server, lambda: _changes(crowd, rows, owners))
            polling = poll.processor * _SOCKETS / _POLL_SECONDS * 100
            yield Figure(
                "100 changes a second among 1,000", "% of a core", busy, 5.5, beside={"our own 2-s polling": polling}
            )
            told = [_told(crowd, rows, owners, number) for number in range(_PROBES)]
        floor = _heard(these.redis_url)
    for share, asked in ((0.5, 3), (0.99, 10)):
        yield Figure(
            f"commit to frame, one of 1,000, p{share * 100:.0f}",
            "ms",
            percentile(told, share) * 1e3,
            asked,
            beside={"a bare subscriber of Redis": percentile(floor, share) * 1e3},
        )


def _share(server: psutil.Process, act: Callable[[], None]) -> float:
    """Percent of a core that the server takes meanwhile."""
    used, since = spent(server), time.monotonic()
    act()
    return (spent(server) - used) / (time.monotonic() - since) * 100


def _quiet() -> None:
    time.sleep(_QUIET_SECONDS / 2)


def _changes(crowd: Crowd, rows: Announcing, owners: list[UUID]) -> None:
    began = time.monotonic()
    for number in range(_CHANGES):
        rows.change(1, [owners[number * 7 % _SOCKETS]])
        crowd.listen(began + (number + 1) / _A_SECOND - time.monotonic())


def _told(crowd: Crowd, rows: Announcing, owners: list[UUID], number: int) -> float:
    """Seconds from just before the announcement, which follows the commit, to the frame of the one whom it concerns."""
    place = number * 13 % _SOCKETS
    wanted = crowd.lines[place].fileno()
    crowd.listen(0.03)
    rows.change(1, [owners[place]])
    since = time.monotonic()
    while wanted not in crowd.told(1):
        if time.monotonic() - since > 30:
            raise SystemExit("a change was not told")
    return time.monotonic() - since


def _heard(redis_url: str) -> list[float]:
    with Redis.from_url(redis_url) as redis, redis.pubsub() as listener:
        listener.subscribe(CHANGED)
        listener.get_message(timeout=5)
        times = []
        for _ in range(_PROBES):
            since = time.monotonic()
            redis.publish(CHANGED, "[]")
            listener.get_message(timeout=5)
            times.append(time.monotonic() - since)
    return times


if __name__ == "__main__":
    tell(measure)
