"""The Python client of NovelFoundry's analysis service, for programs: `AsyncClient`, and `Client` without async.

    with Client("https://novelfoundry.example", token) as client:
        id = client.upload("rain.txt", Path("rain.txt").read_bytes())
        job = client.start_analysis(manuscript_id=id).start_analysis
        for seen in client.job_progress(id=job.id):
            print(seen.job_progress.status)

Each operation of the contract is a method with typed arguments and a typed answer, generated from it. A refusal that an
honest client can meet is such an answer, with `typename__` "Refusal"; anything else raises RequestFailed. Subscriptions
come back by themselves when a line breaks; `JobBoard` holds what they told, by the contract's rules on versions and
locks. Needs nothing of the server's code.
"""

from novelfoundry.client.async_client import AsyncClient
from novelfoundry.client.board import JobBoard, lock_seconds
from novelfoundry.client.errors import Failure, RequestFailed, Turned
from novelfoundry.client.rules import close_action, pause_before, refusal_action
from novelfoundry.client.sync_client import Client

__all__ = [
    "AsyncClient",
    "Client",
    "Failure",
    "JobBoard",
    "RequestFailed",
    "Turned",
    "close_action",
    "lock_seconds",
    "pause_before",
    "refusal_action",
]
