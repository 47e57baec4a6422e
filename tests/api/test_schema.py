"""The SDL is the manual: whole, described, and what is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

import schema
from jobs.errors import InvalidInput, NotFound
from jobs.models import Manuscript
from schema.api import api
from schema.ids import cursor_of, global_id, local_id, read_cursor, read_id

ROOT = Path(__file__).parents[2]


def test_the_package_schema_is_ours() -> None:
    assert Path(schema.__file__ or "") == ROOT / "schema" / "__init__.py"


def test_every_type_field_argument_and_value_is_described() -> None:
    assert [name for name, description in _described() if not description] == []


def _described() -> Iterator[tuple[str, str | None]]:
    for name, type_ in api._schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, type_.description
        match type_:
            case GraphQLEnumType():
                yield from ((f"{name}.{value}", each.description) for value, each in type_.values.items())
            case GraphQLInputObjectType():
                yield from ((f"{name}.{field}", each.description) for field, each in type_.fields.items())
            case GraphQLObjectType() | GraphQLInterfaceType():
                for field, each in type_.fields.items():
                    yield f"{name}.{field}", each.description
                    yield from ((f"{name}.{field}({arg})", each.description) for arg, each in each.args.items())


def test_an_id_reads_back_as_what_it_was_made_of(manuscript: Manuscript) -> None:
    id = global_id("Manuscript", manuscript.id)

    assert read_id(id) == ("Manuscript", manuscript.id)
    assert local_id("Manuscript", id) == manuscript.id
    assert read_cursor(cursor_of(manuscript)) == (manuscript.created_at, manuscript.id)


def test_an_id_that_was_never_made_is_not_found(manuscript: Manuscript) -> None:
    good = global_id("Manuscript", manuscript.id)
    for bad in ("", "7", "é", good[:-4], good + "=", good.rstrip("="), f" {good}", str(manuscript.id)):
        with pytest.raises(NotFound):
            read_id(bad)
    with pytest.raises(NotFound, match=r"There is no such job\."):
        local_id("Job", good)


def test_a_cursor_that_was_never_given_is_invalid(manuscript: Manuscript) -> None:
    for bad in ("", "x", "MjAyNg==", global_id("Manuscript", manuscript.id)):
        with pytest.raises(InvalidInput):
            read_cursor(bad)
