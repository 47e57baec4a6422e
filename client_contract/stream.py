"""One stream of server-sent events, read as the messages of a socket would be: `next` and `complete` under an id."""

import json
from dataclasses import dataclass

import httpx

from client_contract.inbox import Closed, Inbox, Json

EVENT_STREAM = "text/event-stream"


@dataclass(slots=True, eq=False, kw_only=True)
class Stream(Inbox):
    """An answer that goes on. `id` is what its messages are told under."""

    response: httpx.Response
    id: str

    async def listen(self) -> None:
        """Until the server ends it or the line breaks."""
        name, data = "", ""
        reason = "The stream ended."
        try:
            async for line in self.response.aiter_lines():
                field, _, value = line.partition(":")
                match field:
                    case "event":
                        name = value.strip()
                    case "data":
                        data += value.removeprefix(" ")
                    case "" if not line and name:
                        self.take(self._message(name, data))
                        name, data = "", ""
        except (httpx.HTTPError, httpx.StreamError) as error:
            reason = f"The stream broke: {error}"
        self.end(Closed(code=0, reason=reason))

    async def close(self) -> None:
        """As a client leaves: by closing the connection."""
        await self.response.aclose()

    def _message(self, name: str, data: str) -> Json:
        if name != "next":
            return {"type": name, "id": self.id}
        try:
            return {"type": name, "id": self.id, "payload": json.loads(data)}
        except ValueError:
            return {"type": name, "id": self.id, "payload": data}
