"""The promises of the contract, read from README.md, and what was found out about each."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

CONTRACT = Path(__file__).parent
# | NF-PUSH-3 | MUST | A frame comes … | quiet-feed |
_ROW = re.compile(r"^\| (NF-[A-Z]+-\d+) \| (MUST|SHOULD|MAY) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


class Outcome(StrEnum):
    """What a run says of a promise."""

    KEPT = "pass"
    BROKEN = "fail"
    SKIPPED = "skipped"
    # The scenario that would have shown it broke off.
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One line of the contract. `held_by` names the scenarios, vectors or tests that check it."""

    id: str
    word: str
    text: str
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen, and in which scenario."""

    outcome: Outcome
    scenario: str
    text: str


@dataclass(slots=True)
class Ledger:
    """What was seen of each promise in one run."""

    _seen: dict[str, list[Evidence]] = field(default_factory=dict)

    def note(self, promise_id: str, outcome: Outcome, scenario: str, text: str) -> None:
        """Writes down what was seen; of many equal passes one is enough."""
        evidence = Evidence(outcome=outcome, scenario=scenario, text=text)
        seen = self._seen.setdefault(promise_id, [])
        if outcome is not Outcome.KEPT or all(each.outcome is not Outcome.KEPT for each in seen):
            seen.append(evidence)

    def outcome(self, promise_id: str) -> Outcome:
        """The worst that was seen, where something was; a promise that nothing touched was skipped."""
        outcomes = {each.outcome for each in self._seen.get(promise_id, ())}
        worst_first = (Outcome.BROKEN, Outcome.UNPROVEN, Outcome.KEPT)
        return next((each for each in worst_first if each in outcomes), Outcome.SKIPPED)

    def evidence(self, promise_id: str) -> list[Evidence]:
        """What led to the outcome."""
        outcome = self.outcome(promise_id)
        return [each for each in self._seen.get(promise_id, ()) if each.outcome is outcome]


def promises() -> list[Promise]:
    """Every promise of the contract, in the order of the document."""
    text = (CONTRACT / "README.md").read_text(encoding="utf-8")
    return [
        Promise(id=id, word=word, text=promise, held_by=tuple(filter(None, held_by.split(", "))))
        for id, word, promise, held_by in _ROW.findall(text)
    ]
