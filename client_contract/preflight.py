"""What must be right before a server is held against the contract: its address, and who asks."""

from typing import Any

import httpx

from client_contract.wire import Wire, bearer, body_of

Json = Any
_PORTS = 65_536


class NothingToVerify(Exception):
    """There is nothing here to hold against the contract; the text says why, and what to do."""


def check_address(text: str) -> None:
    """Raises NothingToVerify for what no server can live at."""
    try:
        url = httpx.URL(text)
        fits = url.scheme in ("http", "https") and url.host != "" and (url.port or 0) < _PORTS
    except httpx.InvalidURL:
        fits = False
    if not fits:
        raise NothingToVerify(f"`{text}` is no address of a server: write it as in http://127.0.0.1:8000.")


async def check_authors(wire: Wire, query: str, token: str | None, other_token: str | None) -> None:
    """Raises NothingToVerify when the server does not take the tokens: every promise would look broken.

    `query` is the operation `Viewer`. Raises Unreachable when the server does not answer at all.
    """
    author = await _viewer(wire, query, token, "--token")
    if other_token is None or author is None:
        return
    if author == await _viewer(wire, query, other_token, "--other-token"):
        raise NothingToVerify("`--token` and `--other-token` are of the same author: the second must be another's.")


async def _viewer(wire: Wire, query: str, token: str | None, option: str) -> Json:
    """The id of the token's author, if the server tells one."""
    response = await wire.request("POST", "/graphql", headers=bearer(token), json={"query": query})
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise NothingToVerify(f"The server does not know who asks: give it a test author's token with `{option}`.")
    match body_of(response):
        case {"data": {"viewer": {"id": id}}}:
            return id
        case {"data": _} | {"errors": _}:
            return None
        case _:
            where = f"POST {response.request.url} answered {response.status_code}"
            raise NothingToVerify(f"{where}, and not as GraphQL does: give the address that /graphql is under.")
