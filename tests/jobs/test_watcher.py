"""What watchers of one reading share, and what they never do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from jobs.models import Job, ManuscriptChange
from jobs.states import JobStatus
from jobs.watcher import FINISHED_WITHIN, Frame, Reading, Watcher

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ANN, BEN = uuid4(), uuid4()


def job(owner_id: UUID, *, id: UUID | None = None, version: int = 1) -> Job:
    return Job(
        id=id or uuid4(),
        owner_id=owner_id,
        manuscript_id=uuid4(),
        kind="analysis",
        status=JobStatus.QUEUED,
        stage=None,
        progress=None,
        attempt=0,
        max_attempts=3,
        version=version,
        worker_id=None,
        queued_at=NOW,
        dispatched_at=None,
        started_at=None,
        finished_at=None,
        deadline_at=NOW + timedelta(hours=1),
        failure_code=None,
        failure_message=None,
        retry_of=None,
        workers_lost=0,
        progressed_at=None,
        as_of=NOW,
    )


def reading(quiet: Frame, *, frames: bool = True) -> Reading:
    return Reading(as_of=quiet.as_of, quiet=quiet, frames={} if frames else None)


def quiet(seconds: int = 0) -> Frame:
    return Frame(as_of=NOW + timedelta(seconds=seconds), jobs=(), answers={})


def test_who_has_nothing_to_be_told_gets_the_frame_of_all() -> None:
    nothing = quiet()
    ann, ben = Watcher(owner_id=ANN, job_id=None), Watcher(owner_id=BEN, job_id=None)
    ann.offer(reading(nothing), [])
    ben.offer(reading(nothing, frames=False), [])

    assert ann.frame() is ben.frame() is nothing


def test_two_windows_that_are_told_the_same_get_one_frame() -> None:
    one, two = Watcher(owner_id=ANN, job_id=None), Watcher(owner_id=ANN, job_id=None)
    read, theirs = reading(quiet()), job(ANN)
    one.offer(read, [theirs])
    two.offer(read, [theirs])

    assert one.frame() is two.frame()
    assert one.frame().answers == {}


def test_a_window_that_lacks_more_gets_a_frame_of_its_own() -> None:
    one, two = Watcher(owner_id=ANN, job_id=None), Watcher(owner_id=ANN, job_id=None)
    first, second = job(ANN), job(ANN)
    one.offer(reading(quiet()), [first])
    one.arrived(one.frame())
    later = reading(quiet(1))
    one.offer(later, [second])
    two.offer(later, [first, second])

    assert [told.id for told in one.frame().jobs] == [second.id]
    assert [told.id for told in two.frame().jobs] == [first.id, second.id]


def test_a_new_reading_makes_new_frames() -> None:
    watcher = Watcher(owner_id=ANN, job_id=None)
    watcher.offer(reading(quiet()), [job(ANN)])
    before = watcher.frame()
    watcher.offer(reading(quiet(1)), [])

    assert watcher.frame() is not before
    assert watcher.frame().as_of == NOW + timedelta(seconds=1)


def test_one_watcher_alone_keeps_no_answers() -> None:
    watcher = Watcher(owner_id=ANN, job_id=None)
    watcher.offer(reading(quiet(), frames=False), [job(ANN)])

    assert watcher.frame().answers is None


def test_nothing_of_another_author_is_ever_pending() -> None:
    watcher = Watcher(owner_id=ANN, job_id=None)
    watcher.offer(reading(quiet()), [job(BEN)])

    assert watcher.frame().jobs == ()


def test_what_finished_long_ago_is_forgotten_and_what_lives_is_not() -> None:
    watcher = Watcher(owner_id=ANN, job_id=None)
    live, ended = job(ANN), replace(job(ANN), status=JobStatus.COMPLETED, finished_at=NOW)
    watcher.offer(reading(quiet()), [live, ended])
    watcher.arrived(watcher.frame())
    lately = 2 * int(FINISHED_WITHIN.total_seconds())
    watcher.offer(reading(quiet(lately)), [])
    watcher.arrived(watcher.frame())
    assert watcher.told.keys() == {live.id, ended.id}

    watcher.offer(reading(quiet(lately + 1)), [])
    watcher.arrived(watcher.frame())

    assert watcher.told.keys() == {live.id}


def test_a_first_frame_names_no_manuscripts_and_the_next_one_does() -> None:
    window, first, gone = Watcher(owner_id=ANN, job_id=None), quiet(), uuid4()
    change = ManuscriptChange(id=gone, owner_id=ANN, at=NOW, manuscript=None)
    window.offer(Reading(as_of=first.as_of, quiet=first, changes=[change]), [])
    assert window.frame().changes == ()

    later = quiet(1)
    window.offer(Reading(as_of=later.as_of, quiet=later, changes=[change]), [])

    assert window.frame().changes == (change,)
