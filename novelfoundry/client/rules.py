"""What a client does when it is told no: by the code of a refusal, and by the code of a closed socket.

The same rules as the TypeScript client's; client_contract/vectors/refusals.json holds both to them.
"""

from typing import Literal

# forget: drop the thing from view; refresh: read its state again; choose: ask for another file; correct: ask for
# another value; wait: let something end first; show: show the message and no more.
RefusalAction = Literal["forget", "refresh", "choose", "correct", "wait", "show"]
# refresh: get a new token and come back at once; slowDown: come back after half a minute or more; comeBack: the server
# restarts; reconnect: come back with growing pauses; poll: sockets do not work here.
CloseAction = Literal["refresh", "slowDown", "comeBack", "reconnect", "poll"]

_REFUSALS: dict[str, RefusalAction] = {
    "NOT_FOUND": "forget",
    "NOT_ALLOWED_NOW": "refresh",
    "TOO_LARGE": "choose",
    "UNREADABLE": "choose",
    "UNSUPPORTED_FORMAT": "choose",
    "INVALID_INPUT": "correct",
    "LIMIT_REACHED": "wait",
}
_CLOSES: dict[int, CloseAction] = {
    4401: "refresh",
    4403: "refresh",
    4429: "slowDown",
    1012: "comeBack",
    1002: "poll",
    1003: "poll",
    4004: "poll",
    4400: "poll",
    4406: "poll",
}


def refusal_action(code: str) -> RefusalAction:
    """The answer to a refusal; its message is for the author in every case. A code of a later contract is shown."""
    return _REFUSALS.get(code, "show")


def close_action(code: int | None) -> CloseAction:
    """The answer to the close code of a socket; None where the line broke without one."""
    return "reconnect" if code is None else _CLOSES.get(code, "reconnect")


def pause_before(action: CloseAction, failures: int, chance: float) -> float:
    """Seconds to wait after so many attempts in a row without a frame; `chance` is 0 to 1, for the jitter."""
    match action:
        case "refresh":
            return chance * 0.5
        case "comeBack":
            return chance * 2
        case "slowDown" | "poll":
            return 30 + chance * 30
        case _:
            return float(chance * min(30, 0.5 * 2 ** min(failures, 10)))
