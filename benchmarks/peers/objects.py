"""What the GraphQL peers serve, from memory and to anybody: jobs with a worker each, and one event."""

import json
from pathlib import Path
from typing import Any

FIELDS = (
    "id name status progress attempts priority queue createdAt startedAt finishedAt errorCode resultUrl title words "
    "chapters language"
)
_JOB = """type Job {
  id: ID! name: String! status: String! progress: Float! attempts: Int! priority: Int! queue: String!
  createdAt: String! startedAt: String finishedAt: String errorCode: String resultUrl: String title: String!
  words: Int! chapters: Int! language: String worker: Worker
}"""
SDL = f"""type Worker {{ id: ID! host: String! region: String! }}
{_JOB}
type Query {{ jobs(first: Int!): [Job!]! job(id: ID!): Job }}
type Subscription {{ jobChanged: Job! }}
"""
ROWS: list[dict[str, Any]] = [
    {
        "id": str(number),
        "name": f"job {number}",
        "status": "RUNNING",
        "progress": number / 100,
        "attempts": 1,
        "priority": 0,
        "queue": "manuscripts",
        "createdAt": "2026-11-25T12:00:00.000000+00:00",
        "startedAt": "2026-11-25T12:00:01.000000+00:00",
        "finishedAt": None,
        "errorCode": None,
        "resultUrl": None,
        "title": "The Lamplighter's Ledger",
        "words": 120_000,
        "chapters": 40,
        "language": "English",
        "worker": {"id": f"w{number % 7}", "host": f"w{number % 7}.internal", "region": "north"},
    }
    for number in range(50)
]
PAGE = f"query ($first: Int!) {{ jobs(first: $first) {{ {FIELDS} worker {{ id host region }} }} }}"
FIELDS_OF_A_PAGE = 1 + 50 * (len(FIELDS.split()) + 4)
JOB = "query ($id: ID!) { job(id: $id) { id status progress attempts } }"
CHANGED = "subscription { jobChanged { id status progress attempts createdAt words } }"


def write(folder: Path) -> Path:
    """The same for peers in another language."""
    path = folder / "peer.json"
    path.write_text(json.dumps({"sdl": SDL, "rows": ROWS, "event": ROWS[7]}))
    return path
