"""The schema that a server tells of itself, held against the one of the contract."""

from typing import Any

from graphql import build_client_schema, build_schema, find_breaking_changes, get_introspection_query

from client_contract.promises import CONTRACT, Ledger, Outcome
from client_contract.wire import Unreachable, Wire, bearer, body_of

Json = Any
PROMISE = "NF-CHANGE-3"
_SHOWN = 5


async def compare(wire: Wire, ledger: Ledger, token: str | None) -> None:
    """Asks for the schema, and notes what a client of the contract would miss in it."""
    query = {"query": get_introspection_query()}
    try:
        body = body_of(await wire.request("POST", "/graphql", headers=bearer(token), json=query))
    except Unreachable as error:
        ledger.note(PROMISE, Outcome.UNPROVEN, "introspection", str(error))
        return
    match body:
        case {"data": {"__schema": dict()}}:
            missing = _missing(body["data"])
            text = "; ".join(missing[:_SHOWN]) or "It tells of all that schema.graphql holds."
            ledger.note(PROMISE, Outcome.BROKEN if missing else Outcome.KEPT, "introspection", text)
        case _:
            ledger.note(PROMISE, Outcome.KEPT, "introspection", "It answers no introspection.")


def _missing(introspection: Json) -> list[str]:
    try:
        served = build_client_schema(introspection)
    except (TypeError, KeyError) as error:
        return [f"The answer to the introspection is no schema: {error}"]
    promised = build_schema((CONTRACT / "schema.graphql").read_text(encoding="utf-8"))
    return [change.description for change in find_breaking_changes(promised, served)]
