"""The schema is what the code makes, nothing breaks a client unseen, and the operations fit."""

import json
import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    find_breaking_changes,
    parse,
    print_schema,
    specified_rules,
    validate,
)

from client_contract.verify import operations
from schema.api import api
from schema.limits import RequestLimits

CONTRACT = Path(__file__).parents[2] / "client_contract"
CURRENT = build_schema((CONTRACT / "schema.graphql").read_text())
VERSION = json.loads((CONTRACT / "version.json").read_text())["version"]


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def last_released() -> Path:
    return max((CONTRACT / "released").glob("*.graphql"), key=lambda path: number(path.stem))


def unannounced(old: GraphQLSchema, new: GraphQLSchema, *, since: str, version: str, changelog: str) -> list[str]:
    """The changes that break clients of `since` though neither version nor changelog says so."""
    is_said = number(version)[0] > number(since)[0] and f"\n## {version}\n" in changelog
    return [] if is_said else [change.description for change in find_breaking_changes(old, new)]


def test_schema_graphql_is_what_the_code_makes() -> None:
    written = (CONTRACT / "schema.graphql").read_text()

    assert written.strip() == api.as_str().strip(), "run `make generate` and commit client_contract/schema.graphql"


def test_no_released_version_is_broken_unannounced() -> None:
    released = last_released()
    changes = unannounced(
        build_schema(released.read_text()),
        CURRENT,
        since=released.stem,
        version=VERSION,
        changelog=(CONTRACT / "CHANGELOG.md").read_text(),
    )

    assert changes == [], f"raise the first number in version.json above {released.stem}, and say why in CHANGELOG.md"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  version: Int!", "  version: Int"),
        ("  locksManuscript: Boolean!", "  mood: String"),
        ("  jobProgress(", "  jobProgress(first: Int!, "),
        ("union CancelJobResult = Job | Refusal", "union CancelJobResult = Job"),
    ],
)
def test_what_breaks_a_client_is_found_unless_version_and_changelog_say_so(before: str, after: str) -> None:
    sdl = print_schema(CURRENT)
    assert before in sdl
    changed = build_schema(sdl.replace(before, after, 1))

    def changes(version: str, changelog: str) -> list[str]:
        return unannounced(CURRENT, changed, since="1.0.0", version=version, changelog=changelog)

    assert changes("1.1.0", "\n## 1.1.0\n") != []
    assert changes("2.0.0", "") != []
    assert changes("2.0.0", "\n## 2.0.0\n") == []


def test_an_addition_breaks_nobody() -> None:
    added = build_schema(print_schema(CURRENT).replace("  version: Int!", "  version: Int!\n  mood: String", 1))

    assert unannounced(CURRENT, added, since="1.0.0", version="1.0.0", changelog="") == []


@pytest.mark.parametrize("name", operations())
def test_operation_fits_the_schema_and_its_limits_and_is_named_as_its_file(name: str) -> None:
    document = parse(operations()[name])
    named = [each.name for each in document.definitions if isinstance(each, OperationDefinitionNode)]

    assert [each and each.value for each in named] == [name]
    assert validate(CURRENT, document, [*specified_rules, RequestLimits]) == []


def test_everything_in_the_schema_is_described() -> None:
    bare = []
    for name, type_ in CURRENT.type_map.items():
        if name.startswith("__") or name in ("ID", "Int", "Float", "String", "Boolean"):
            continue
        parts = {**getattr(type_, "fields", {}), **getattr(type_, "values", {})}
        bare += [name] if not type_.description else []
        bare += [f"{name}.{part}" for part, each in parts.items() if not each.description]

    assert bare == []


def deprecations() -> dict[str, str]:
    """Every deprecated field, argument and value, by name, with its reason."""
    found = {}
    for name, type_ in CURRENT.type_map.items():
        for part, each in {**getattr(type_, "fields", {}), **getattr(type_, "values", {})}.items():
            arguments = getattr(each, "args", {}).items()
            for where, one in ((f"{name}.{part}", each), *((f"{name}.{part}({key})", arg) for key, arg in arguments)):
                if one.deprecation_reason is not None:
                    found[where] = one.deprecation_reason
    return found


def test_what_is_deprecated_says_what_to_use_and_stays_for_a_year() -> None:
    policy = (CONTRACT / "README.md").read_text().split("### Deprecated")[1]

    assert deprecations()
    for where, reason in deprecations().items():
        told = re.fullmatch(r"Use `(.+)`\. This stays until (\d{4}-\d\d-\d\d) at the least\.", reason)
        assert told, where
        assert f"| {told[2]} |" in policy, where
        assert where.split(".")[1] in policy, where


def test_every_refusal_is_an_error() -> None:
    error = CURRENT.get_type("Error")
    assert isinstance(error, GraphQLInterfaceType)
    results = [type_ for name, type_ in CURRENT.type_map.items() if name.endswith("Result")]
    assert results
    for union in results:
        assert isinstance(union, GraphQLUnionType)
        assert any(CURRENT.is_sub_type(error, member) for member in union.types), union


def test_every_scalar_of_our_own_says_what_specifies_it() -> None:
    built_in = ("ID", "Int", "Float", "String", "Boolean")
    own = [each for each in CURRENT.type_map.values() if isinstance(each, GraphQLScalarType)]

    assert [each.name for each in own if each.name not in built_in and not each.specified_by_url] == []
