"""A crowd goes on a few at a time, in its order, and whoever does something else has a turn in between."""

import asyncio

from server.turns import _EACH_TURN, Turns


async def test_a_crowd_goes_on_in_its_order_and_others_have_turns_in_between() -> None:
    turns, order = Turns(), []

    async def one(number: int) -> None:
        await turns.wait()
        order.append(number)

    crowd = [asyncio.create_task(one(number)) for number in range(5 * _EACH_TURN)]
    sizes = []
    while len(order) < len(crowd):
        before = len(order)
        await asyncio.sleep(0)
        sizes.append(len(order) - before)

    assert order == list(range(len(crowd)))
    assert max(sizes) <= _EACH_TURN


async def test_who_leaves_the_line_takes_nobodys_turn() -> None:
    turns = Turns()
    crowd = [asyncio.create_task(turns.wait()) for _ in range(3 * _EACH_TURN)]
    await asyncio.sleep(0)
    for gone in crowd[_EACH_TURN : 2 * _EACH_TURN]:
        gone.cancel()

    async with asyncio.timeout(10):
        await asyncio.gather(*crowd[:_EACH_TURN], *crowd[2 * _EACH_TURN :])
