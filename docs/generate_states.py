"""Writes docs/states.md from client_contract/vectors/transitions.json: `python docs/generate_states.py`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ORACLE = DOCS.parent / "client_contract" / "vectors" / "transitions.json"
STATES = DOCS / "states.md"

Outcome = dict[str, str]


def main() -> None:
    """Writes the page anew."""
    STATES.write_text(page(json.loads(ORACLE.read_text(encoding="utf-8"))), encoding="utf-8")


def page(oracle: dict[str, Any]) -> str:
    """The whole page, as Markdown."""
    return "\n".join(
        [
            "<!-- GENERATED from client_contract/vectors/transitions.json by `make generate`. Edit that file. -->",
            "# The states of a job",
            "",
            "Every status under every step. The same file is tried cell by cell against the real database.",
            "",
            *_statuses(oracle),
            "## The way of a job",
            "",
            *_diagram(oracle),
            "## What each step does",
            "",
            f"*none*: {oracle['none']}",
            "",
            *_legend(oracle),
            *(line for step in oracle["steps"] for line in _step(oracle, step)),
        ]
    )


def _statuses(oracle: dict[str, Any]) -> Iterator[str]:
    rows = [
        [
            f"`{status}`",
            facts["means"],
            "yes" if facts["locks"] else "no",
            facts["deadline"] or "none: it is terminal, for ever",
        ]
        for status, facts in oracle["statuses"].items()
    ]
    yield from _table(["status", "means", "locks the manuscript", "deadline"], rows)


def _diagram(oracle: dict[str, Any]) -> Iterator[str]:
    """One arrow for each change that some step makes, labelled with those steps."""
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in oracle["steps"]:
        # Beside settle itself, whatever meets an overdue job settles it first: that is settle's arrow.
        for statuses in step["transitions"].values() if step["step"] == "settle" else [step["transitions"]["in_time"]]:
            for status, outcome in statuses.items():
                edge = (status, outcome.get("to", "none"))
                label = _label(step["step"], outcome)
                if edge[1] != "none" and label not in labels[edge]:
                    labels[edge].append(label)
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "  [*] --> queued: start, retry"
    for (origin, to), steps in labels.items():
        yield f"  {origin} --> {to}: {', '.join(steps)}"
    for status, facts in oracle["statuses"].items():
        if facts["terminal"]:
            yield f"  {status} --> [*]"
    yield "```"
    yield ""


def _label(step: str, outcome: Outcome) -> str:
    return f"{step} ({outcome['failure']})" if "failure" in outcome and step == "settle" else step


def _legend(oracle: dict[str, Any]) -> Iterator[str]:
    codes = {code: name or "the worker must stop and write nothing more" for code, name in oracle["errors"].items()}
    yield from (f"- `{code}`: {name}; the row is as it was" for code, name in codes.items())
    yield "- → **status**: the row is written and its version grows; = status: it is as it was"
    yield ""
    yield from _table(["condition", "means"], [[_words(name), means] for name, means in oracle["conditions"].items()])


def _step(oracle: dict[str, Any], step: dict[str, Any]) -> Iterator[str]:
    yield f"### {_words(step['step'])}"
    yield ""
    yield f"{step['means']} `{step['function']}`, by {' or '.join(step['by'])}."
    yield ""
    statuses = ["none", *oracle["statuses"]]
    rows = [
        [_words(condition), *(_cell(outcomes.get(status)) for status in statuses)]
        for condition, outcomes in step["transitions"].items()
    ]
    yield from _table(["", *statuses], rows)


def _cell(outcome: Outcome | None) -> str:
    match outcome:
        case None:
            return ""
        case {"error": code}:
            return f"`{code}`"
        case {"to": to}:
            said = f"→ **{to}**"
        case {"stays": stays}:
            said = f"= {stays}"
        case _:
            raise ValueError(f"Unknown outcome {outcome}: teach docs/generate_states.py what it means.")
    extras = [outcome["failure"]] if "failure" in outcome else []
    extras += [f"a new job, {outcome['new']}"] if "new" in outcome else []
    extras += [f"the new job again, {outcome['again']}"] if "again" in outcome else []
    return ", ".join([said, *extras])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield from (f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])
    yield ""


if __name__ == "__main__":
    main()
