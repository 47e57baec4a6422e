"""Which documents are executed: any, or only the contract's own, which a client may name by their hash.

The hash comes as Apollo's and urql's links send it, in `extensions.persistedQuery`; their two errors are answered as
they expect them, by message and by code.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, Visitor, print_ast, visit
from graphql.language.visitor import REMOVE

from schema.api import parsed
from server.operation import Malformed, Operation, read_operation

# Written by `make generate` from client_contract/operations: the SHA-256 hash of each text that clients make of them.
SHIPPED = Path(__file__).parent / "trusted_documents.json"
_KEPT_DOCUMENTS = 64
_FORM = "`extensions.persistedQuery` must be {version: 1, sha256Hash: the SHA-256 hash of the document in hex}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What this deployment admits."""

    production: bool = False
    only_trusted: bool = False

    def admitted(self, parameters: object) -> Operation:
        """The operation to execute. Raises Malformed, and GraphQLError for a well-formed one that is not admitted."""
        operation = read_operation(_with_document(parameters))
        if self.only_trusted and not _is_trusted(operation.query):
            raise _refused(
                "OPERATION_NOT_TRUSTED",
                "This server executes the operations of its contract only: this is none of them.",
            )
        if self.production and _introspects(operation.query):
            raise _refused(
                "INTROSPECTION_DISABLED", "This server answers no introspection: its contract holds the schema."
            )
        return operation


def _with_document(parameters: object) -> object:
    """The parameters with the document that they name by its hash."""
    extensions = parameters.get("extensions") if isinstance(parameters, dict) else None
    if not isinstance(parameters, dict) or not isinstance(extensions, dict) or "persistedQuery" not in extensions:
        return parameters
    hash = _hash(extensions["persistedQuery"])
    query = parameters.get("query")
    if query is None:
        return {**parameters, "query": _shipped_document(hash)}
    if not isinstance(query, str) or _sha256(query) != hash:
        raise Malformed("`extensions.persistedQuery.sha256Hash` is not the hash of `query`.")
    return parameters


def _hash(persisted: Any) -> str:
    if not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        raise Malformed(_FORM)
    if persisted.get("version") != 1:
        raise _refused("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
    return str(persisted["sha256Hash"]).lower()


def _shipped_document(hash: str) -> str:
    try:
        return _shipped()[hash]
    except KeyError:
        raise _refused("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound") from None


def _refused(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(1)
def _shipped() -> Mapping[str, str]:
    texts: dict[str, str] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return texts


@lru_cache(1)
def _canonical_shipped() -> frozenset[str]:
    return frozenset(_canonical(text) for text in _shipped().values())


@lru_cache(_KEPT_DOCUMENTS)
def _is_trusted(query: str) -> bool:
    """Whether the document is one of the contract's, however a client writes it: only what it asks for counts."""
    try:
        return _sha256(query) in _shipped() or _canonical(query) in _canonical_shipped()
    except (GraphQLError, RecursionError):
        return False


def _canonical(query: str) -> str:
    """The document without blanks of choice, `__typename`, which clients add for themselves, and order of its parts."""
    document = visit(parsed(query), _Typenames())
    return "\n".join(sorted(print_ast(each) for each in document.definitions))


class _Typenames(Visitor):
    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        is_bare = node.name.value == "__typename" and node.alias is None and not node.directives
        return REMOVE if is_bare else None


@lru_cache(_KEPT_DOCUMENTS)
def _introspects(query: str) -> bool:
    try:
        return _Introspection.finds(parsed(query))
    except (GraphQLError, RecursionError):
        return False  # it is refused for what it is


class _Introspection(Visitor):
    found = False

    @classmethod
    def finds(cls, document: DocumentNode) -> bool:
        visit(document, finder := cls())
        return finder.found

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.found = self.found or node.name.value in ("__schema", "__type")
