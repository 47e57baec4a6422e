"""A client behind a crowd is taken within a few turns of the loop, not after one turn for each before it."""

import asyncio
from contextlib import ExitStack
from socket import create_connection

import uvloop
from starlette.applications import Starlette

from server.app import Server, listening

CROWD = 200


def test_a_crowd_is_taken_in_fewer_turns_than_it_has_clients() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(_turns_for_a_crowd()) < CROWD // 2


async def _turns_for_a_crowd() -> int:
    stop, turns = asyncio.Event(), 0
    with ExitStack() as held:
        listener = held.enter_context(listening("127.0.0.1", 0))
        for _ in range(CROWD):
            held.enter_context(create_connection(listener.getsockname()))
        server = Server(Starlette())
        serving = asyncio.create_task(server.run_until(stop, listener))
        async with asyncio.timeout(30):
            while (taken := len(server.server_state.connections)) < CROWD:
                await asyncio.sleep(0)
                turns += taken > 0
    stop.set()
    await serving
    return turns
