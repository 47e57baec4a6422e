"""Short texts that are really read, a second, by one worker on all cores."""

import os
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, tell
from benchmarks.product import Engines, authors, engines, worker
from jobs.analysis.analyse import analyse_document
from jobs.analysis.reading.plain import read_text

_TEXTS = 300
_LIMIT_SECONDS = 60
_TEXT = "It rained on the harbour. " * 8


def measure() -> Iterator[Figure]:
    owners, _ = authors(_TEXTS)
    with engines() as these:
        these.seed_texts(owners)
        these.carry_out(
            "insert into jobs (owner_id, manuscript_id, status, max_attempts, queued_at, deadline_at) "
            "select owner_id, id, 'queued', 3, clock_timestamp(), now() + interval '1 hour' from manuscripts where $1",
            True,
        )
        with worker(these, places=2 * (os.cpu_count() or 1), reads=True):
            end = time.monotonic() + _LIMIT_SECONDS
            while (done := _done(these)) < _TEXTS and time.monotonic() < end:
                time.sleep(0.2)
        times = sorted(
            row["at"] for row in these.carry_out("select finished_at as at from jobs where finished_at > '-infinity'")
        )
    rate = (done - 1) / float((times[-1] - times[0]).total_seconds())
    yield Figure(
        "short manuscripts really read, two cores",
        "a second",
        rate,
        60,
        is_more_better=True,
        beside={"the text alone, in a warm process, one core": _alone()},
    )


def _done(these: Engines) -> int:
    rows = these.carry_out("select count(*) as n from jobs where status = 'completed'")
    return int(rows[0]["n"])


def _alone() -> float:
    document = read_text(_TEXT)
    analyse_document(document, lambda stage, share: None)
    since = time.process_time()
    for _ in range(100):
        analyse_document(read_text(_TEXT), lambda stage, share: None)
    return 100 / (time.process_time() - since)


if __name__ == "__main__":
    tell(measure)
