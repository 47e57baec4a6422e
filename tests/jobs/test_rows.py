"""Rows to models: an id from the driver, from REST and from a token is one and the same."""

from uuid import UUID, uuid4

import pytest

from jobs.database.rows import read_uuid
from server.auth import owner_of


def test_an_id_is_found_by_whatever_road_it_came() -> None:
    id = uuid4()

    for read in (read_uuid(str(id)), read_uuid(id), owner_of(str(id)), owner_of(f"{{{id}}}")):
        assert isinstance(read, UUID)
        assert (read, hash(read), str(read)) == (id, hash(id), str(id))
        assert {read: "by"}[id] == "by"


@pytest.mark.parametrize("text", ["", "x", "8d7c1f6e"])
def test_what_is_no_id_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        read_uuid(text)
