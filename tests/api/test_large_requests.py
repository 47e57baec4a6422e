"""What one request may hold: long texts, but neither long documents nor a million values."""

import json

import pytest

from server.operation import MAX_DOCUMENT, MAX_STRUCTURE
from server.socket import MAX_SUBSCRIBE
from tests.api.conftest import Api

VIEWER = "{ viewer { id } }"
ADD = "mutation ($input: AddManuscriptInput!) { addManuscript(input: $input) { ... on Manuscript { title } } }"
# As much as the limit lets through, in values of each kind.
TOO_MANY = {
    "lists": "[" + "[]," * (MAX_STRUCTURE // 3) + "[]]",
    "numbers": "[" + "1," * (MAX_STRUCTURE // 2) + "1]",
    "texts": "[" + '"a",' * MAX_STRUCTURE + "1]",
    "names": "{" + ",".join(f'"{i}":1' for i in range(MAX_STRUCTURE // 3)) + "}",
    "lists after a text that ends in a backslash": r'["\\",' + "[]," * (MAX_STRUCTURE // 3) + "[]]",
}


async def test_a_long_document_is_refused_and_says_how_to_send_a_text(api: Api) -> None:
    fits = await api.post(VIEWER.ljust(MAX_DOCUMENT))
    long = await api.post(VIEWER.ljust(MAX_DOCUMENT + 1))

    assert fits.json() == {"data": {"viewer": {"id": "ann"}}}
    assert (long.status_code, long.json()["code"]) == (400, "INVALID_INPUT")
    assert "variables" in long.json()["message"]


async def test_a_long_document_and_a_long_variable_close_a_socket(api: Api) -> None:
    requests = {"`query`": (VIEWER.ljust(MAX_DOCUMENT + 1), ""), "over HTTP": (VIEWER, "x" * MAX_SUBSCRIBE)}
    for reason, (document, variable) in requests.items():
        async with api.socket() as socket:
            await socket.subscribe("1", document, x=variable)
            closed = await socket.closed()

        assert closed.code == 4400
        assert reason in closed.reason


@pytest.mark.parametrize("values", TOO_MANY.values(), ids=TOO_MANY)
async def test_more_values_than_any_request_needs_are_refused(api: Api, values: str) -> None:
    headers = {**api.bearer(), "Content-Type": "application/json"}
    body = f'{{"query": "{VIEWER}", "variables": {{"x": {values}}}}}'
    response = await api.http.post("/graphql", content=body, headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert "too many values" in response.json()["message"]


async def test_a_long_text_of_brackets_quotes_and_backslashes_is_one_value(api: Api) -> None:
    text = r'Chapter One. "[Rain]", {she} said: \"1, 2\\". ' * (MAX_STRUCTURE // 10)
    headers = {**api.bearer(), "Content-Type": "application/json"}
    for written in (True, False):
        body = json.dumps({"query": ADD, "variables": {"input": {"title": "R", "text": text}}}, ensure_ascii=written)
        response = await api.http.post("/graphql", content=body, headers=headers)

        assert response.json() == {"data": {"addManuscript": {"title": "R"}}}
