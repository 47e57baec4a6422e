"""What is amiss, a cause before what follows from it, in sentences for whoever asks. They name no host, no address."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from jobs.models import Component, Hold, Trouble
from jobs.states import ComponentState, TroubleCode

# A clock that is off by more is said to be. No decision rests on it: tokens and people go by it.
CLOCKS_APART = timedelta(seconds=1)


def all_troubles(
    found: Mapping[TroubleCode, str],
    *,
    clock_offset: timedelta | None,
    workers: Component,
    sweeper: Component,
    push: Component,
) -> tuple[Trouble, ...]:
    """What processes have found, and what their signs of life tell, in the order of TroubleCode."""
    told = {
        TroubleCode.CLOCK: _clock(clock_offset),
        TroubleCode.WORKERS: _workers(workers),
        TroubleCode.SCHEDULER: _scheduler(sweeper),
        TroubleCode.PUSH: _push(push),
        **found,
    }
    if TroubleCode.DATABASE in found:
        # Without it there is no connection more, either.
        told[TroubleCode.CONNECTIONS] = None
    if TroubleCode.REDIS in found:
        told[TroubleCode.PUSH] = None
    return tuple(Trouble(code=code, message=message) for code in TroubleCode if (message := told.get(code)))


def message(troubles: Sequence[Trouble], hold: Hold | None) -> str | None:
    """What matters most to an author: the first cause, and whether anything starts; None when all is well."""
    by_code = {trouble.code: trouble.message for trouble in troubles}
    if database := by_code.get(TroubleCode.DATABASE):
        return database
    if hold:
        return f"New analyses are on hold: {hold.why.rstrip('.')}. What you add now waits, and starts by itself."
    if not troubles:
        return None
    wanted = {troubles[0].code, TroubleCode.WORKERS}
    return " ".join(text for code, text in by_code.items() if code in wanted)


def offset_in_words(offset: timedelta) -> str:
    """`24 hours ahead`, `1.5 seconds behind`."""
    return f"{_length(abs(offset))} {'ahead' if offset > timedelta(0) else 'behind'}"


def _length(duration: timedelta) -> str:
    seconds = duration.total_seconds()
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} seconds"


def _clock(offset: timedelta | None) -> str | None:
    if offset is None or abs(offset) <= CLOCKS_APART:
        return None
    return f"One of our clocks is {offset_in_words(offset)}: sign-ins may end too early or too late."


def _workers(workers: Component) -> str | None:
    match workers.state:
        case ComponentState.ABSENT | ComponentState.NEVER_SEEN:
            return "Nothing is there to start analyses right now. They wait, and start by themselves once there is."
        case ComponentState.LATE:
            return "Analyses may take longer than usual right now."
        case ComponentState.HEALTHY:
            return None


def _scheduler(sweeper: Component) -> str | None:
    if sweeper.state.is_alive:
        return None
    return "The scheduler is not running: a stuck analysis may be noticed late."


def _push(push: Component) -> str | None:
    return None if push.state.is_alive else "Live updates are slow just now: changes may show a few seconds late."
