"""The next deadline, however often each has moved."""

import random
from uuid import uuid4

from jobs.deadlines import Deadlines


def test_the_deadlines_pass_in_their_order_as_they_were_set_last() -> None:
    chance, owners = random.Random(7), [uuid4() for _ in range(50)]
    deadlines, last = Deadlines(), {}
    for _ in range(5_000):
        owner_id, due = chance.choice(owners), chance.choice([None, chance.random()])
        deadlines.set(owner_id, due)
        last[owner_id] = due
    expected = sorted((due, owner_id) for owner_id, due in last.items() if due is not None)

    assert deadlines.first() == expected[0][0]
    assert list(deadlines.passed(0.5)) == [owner_id for due, owner_id in expected if due <= 0.5]
    assert list(deadlines.passed(1)) == [owner_id for due, owner_id in expected if due > 0.5]
    assert deadlines.first() == float("inf")


def test_a_deadline_that_moves_for_ever_takes_no_more_room() -> None:
    deadlines, owner_id = Deadlines(), uuid4()

    for due in range(100_000):
        deadlines.set(owner_id, due)

    assert len(deadlines._heap) < 100
