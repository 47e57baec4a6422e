"""The checks of `doctor`: a line each as they are made, or one JSON document at the end."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Literal

from jobs.errors import NovelFoundryError, Unavailable

LIMIT = 10.0
WELL, BROKEN, NOT_SHOWN = 0, 1, 3

Check = Callable[[], Awaitable[str]]
State = Literal["ok", "skip", "busy", "FAIL"]


class Unwell(Exception):
    """A check that failed: what is wrong, and what to do."""

    def __init__(self, finding: str, remedy: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.remedy = remedy


class Busy(Exception):
    """A check that could not be made to its end, for a reason that is no fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One check and how it ended."""

    name: str
    state: State
    finding: str
    remedy: str = ""

    def __str__(self) -> str:
        arrow = f" → {self.remedy}" if self.remedy else ""
        return f"{self.state:<5} {self.name:<11} {self.finding}{arrow}"


@dataclass(slots=True)
class Chart:
    """The lines so far; printed as they come, unless they are wanted as JSON."""

    as_json: bool = False
    lines: list[Line] = field(default_factory=list)

    async def check(self, name: str, check: Check, *, remedy: str = "", limit: float = LIMIT) -> bool:
        """Makes one check. `remedy` is for an error that brings none."""
        try:
            async with asyncio.timeout(limit):
                finding = await check()
        except Unwell as unwell:
            return self.fail(name, unwell.finding, unwell.remedy)
        except Busy as busy:
            self._add(Line(name=name, state="busy", finding=str(busy)))
            return False
        except NovelFoundryError as error:
            return self.fail(name, _told(error), error.remedy or remedy)
        except TimeoutError:
            return self.fail(name, f"no answer within {limit:g} seconds", remedy)
        self._add(Line(name=name, state="ok", finding=finding))
        return True

    def skip(self, name: str, why: str) -> None:
        """A check that could not be made; the check that it needs has failed already."""
        self._add(Line(name=name, state="skip", finding=why))

    def fail(self, name: str, finding: str, remedy: str = "") -> bool:
        """A check that failed."""
        self._add(Line(name=name, state="FAIL", finding=finding, remedy=remedy))
        return False

    def end(self) -> int:
        """The exit code: 1 when a check failed, else 3 when the canary was not seen to its end, else 0."""
        states = {line.state for line in self.lines}
        code = BROKEN if "FAIL" in states else NOT_SHOWN if "busy" in states else WELL
        if self.as_json:
            print(json.dumps({"exit": code, "checks": [asdict(line) for line in self.lines]}, ensure_ascii=False))
        return code

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        if not self.as_json:
            print(line, flush=True)


def _told(error: NovelFoundryError) -> str:
    """Its sentence, and what the other end said itself."""
    detail = error.detail if isinstance(error, Unavailable) else ""
    return f"{error.message} ({detail})" if detail else error.message
