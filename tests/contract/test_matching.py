"""Expectations as data: what fits, what does not, and what is said of it."""

from typing import Any

import pytest

from client_contract.matching import ScenarioError, at_path, differences, filled


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1),
        (None, None),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1, {"a": 2}], [1, {"a": 2, "b": 3}]),
        ({"$in": [1, {"a": 1}]}, {"a": 1, "b": 2}),
        ({"$not": None}, {}),
        ({"$contains": {"a": 1}}, [{"a": 2}, {"a": 1, "b": 2}]),
        ({"$excludes": {"a": 1}}, [{"a": 2}]),
        ({"$each": {"a": 1}}, []),
        ({"$atLeast": 3}, 3),
        ({"$text": "^a.c$"}, "abc"),
    ],
)
def test_fits(expected: Any, actual: Any) -> None:
    assert differences(expected, actual) == []


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 2),
        (1, True),
        (True, 1),
        (None, 0),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [1]),
        ([1], [1, 2]),
        ({"$in": [1, 2]}, 3),
        ({"$not": None}, None),
        ({"$contains": {"a": 1}}, [{"a": 2}]),
        ({"$contains": 1}, 1),
        ({"$excludes": {"a": 1}}, [{"a": 1}]),
        ({"$excludes": 1}, None),
        ({"$each": {"a": 1}}, [{"a": 1}, {"a": 2}]),
        ({"$atLeast": 3}, 2),
        ({"$atLeast": 0}, True),
        ({"$text": "a"}, None),
    ],
)
def test_does_not_fit(expected: Any, actual: Any) -> None:
    assert differences(expected, actual) != []


def test_a_difference_names_the_place() -> None:
    found = differences({"data": {"jobs": [{"status": "FAILED"}]}}, {"data": {"jobs": [{"status": "QUEUED"}]}})

    assert found == ['data.jobs[0].status: expected "FAILED", got "QUEUED"']


def test_a_placeholder_alone_keeps_its_type_and_inside_a_text_is_text() -> None:
    values = {"job": {"version": 3, "id": "j"}}

    assert filled({"a": "${job.version}", "b": ["job ${job.id}, ${job.version}"]}, values) == {
        "a": 3,
        "b": ["job j, 3"],
    }


@pytest.mark.parametrize("path", ["job.name", "jobs", "list.1", "list.x"])
def test_a_path_to_nothing_is_said(path: str) -> None:
    with pytest.raises(ScenarioError, match=path):
        at_path({"job": {}, "list": [0]}, path)


def test_an_unknown_matcher_is_said() -> None:
    with pytest.raises(ScenarioError, match=r"\$like"):
        differences({"$like": 1}, 1)
