"""Expectations as data: whether a JSON value is as a scenario expects, and what is different where it is not.

A plain value expects itself, an object expects its keys and allows others, a list expects itself element by
element. An object whose one key begins with `$` is a matcher, see scenarios/README.md.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Json = Any

# How far two ways to count the words of a text may be apart.
_NEAR = 0.02
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z][\w.]*)\}")


class ScenarioError(Exception):
    """A scenario that cannot be played as it is written; the text says what is wrong in it."""


def differences(expected: Json, actual: Json, where: str = "") -> list[str]:
    """Where and how `actual` is not as expected; empty when it is."""
    match expected:
        case dict() if len(expected) == 1 and next(iter(expected)).startswith("$"):
            [(name, argument)] = expected.items()
            return _matcher(name)(argument, actual, where)
        case dict():
            return _object(expected, actual, where)
        case list():
            return _list(expected, actual, where)
        case _:
            return [] if _same(expected, actual) else [_say(where, f"expected {_short(expected)}", actual)]


def filled(template: Json, values: Mapping[str, Json]) -> Json:
    """The template with every `${name.path}` replaced. One that is the whole text keeps the value's type.

    Raises ScenarioError for a name that nothing has.
    """
    match template:
        case str():
            return _filled_text(template, values)
        case dict():
            return {key: filled(each, values) for key, each in template.items()}
        case list():
            return [filled(each, values) for each in template]
        case _:
            return template


def at_path(value: Json, path: str) -> Json:
    """What stands at `data.startAnalysis.id` or `data.jobs.0`. Raises ScenarioError where there is nothing."""
    for name in path.split("."):
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ScenarioError(f"There is nothing at `{path}` in {_short(value)}.") from None
    return value


def _filled_text(text: str, values: Mapping[str, Json]) -> Json:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole:
        return at_path(values, whole[1])
    return _PLACEHOLDER.sub(lambda found: str(at_path(values, found[1])), text)


def _object(expected: dict[str, Json], actual: Json, where: str) -> list[str]:
    if not isinstance(actual, dict):
        return [_say(where, "expected an object", actual)]
    found = []
    for key, each in expected.items():
        if key in actual:
            found += differences(each, actual[key], f"{where}.{key}")
        else:
            found.append(_say(f"{where}.{key}", "expected it to be there", actual))
    return found


def _list(expected: list[Json], actual: Json, where: str) -> list[str]:
    if not isinstance(actual, list) or len(actual) != len(expected):
        return [_say(where, f"expected a list of {len(expected)}", actual)]
    pairs = zip(expected, actual, strict=True)
    return [found for place, (e, a) in enumerate(pairs) for found in differences(e, a, f"{where}[{place}]")]


def _same(expected: Json, actual: Json) -> bool:
    # True is 1 in Python, and is not in JSON.
    return bool(expected == actual) and isinstance(expected, bool) == isinstance(actual, bool)


def _matcher(name: str) -> Callable[[Json, Json, str], list[str]]:
    try:
        return _MATCHERS[name]
    except KeyError:
        raise ScenarioError(f"There is no matcher `{name}`; there are {', '.join(sorted(_MATCHERS))}.") from None


def _contains(expected: Json, actual: Json, where: str) -> list[str]:
    if isinstance(actual, list) and any(not differences(expected, each) for each in actual):
        return []
    return [_say(where, f"expected a list with {_short(expected)}", actual)]


def _excludes(expected: Json, actual: Json, where: str) -> list[str]:
    if isinstance(actual, list) and all(differences(expected, each) for each in actual):
        return []
    return [_say(where, f"expected a list without {_short(expected)}", actual)]


def _each(expected: Json, actual: Json, where: str) -> list[str]:
    if not isinstance(actual, list):
        return [_say(where, "expected a list", actual)]
    return [found for place, each in enumerate(actual) for found in differences(expected, each, f"{where}[{place}]")]


def _among(expected: Json, actual: Json, where: str) -> list[str]:
    found = any(not differences(each, actual) for each in expected)
    return [] if found else [_say(where, f"expected one of {_short(expected)}", actual)]


def _not(expected: Json, actual: Json, where: str) -> list[str]:
    return [] if differences(expected, actual) else [_say(where, f"expected anything but {_short(expected)}", actual)]


def _at_least(expected: Json, actual: Json, where: str) -> list[str]:
    if isinstance(actual, int | float) and not isinstance(actual, bool) and actual >= expected:
        return []
    return [_say(where, f"expected at least {expected}", actual)]


def _near(expected: Json, actual: Json, where: str) -> list[str]:
    is_number = isinstance(actual, int | float) and not isinstance(actual, bool)
    if is_number and abs(actual - expected) <= expected * _NEAR:
        return []
    return [_say(where, f"expected about {expected}", actual)]


def _text(expected: Json, actual: Json, where: str) -> list[str]:
    if isinstance(actual, str) and re.search(expected, actual):
        return []
    return [_say(where, f"expected a text like /{expected}/", actual)]


_MATCHERS: dict[str, Callable[[Json, Json, str], list[str]]] = {
    "$contains": _contains,
    "$excludes": _excludes,
    "$each": _each,
    "$in": _among,
    "$not": _not,
    "$atLeast": _at_least,
    "$near": _near,
    "$text": _text,
}


def _say(where: str, expected: str, actual: Json) -> str:
    return f"{where.lstrip('.') or 'the value'}: {expected}, got {_short(actual)}"


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 160 else f"{text[:159]}…"
