"""`python -m benchmarks.peers.bare PORT`: the least that a server does to push.

Starlette and our protocols, one ready text to every socket.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.uvicorn_limits import Http, Sockets

FRAME = '{"id":"1","type":"next","payload":{"data":{"jobs":[{' + "x" * 1050 + "}]}}}"
_sockets: set[WebSocket] = set()


async def push(request: Request) -> Response:
    for each in tuple(_sockets):
        await each.send_text(FRAME)
    return Response()


async def listen(websocket: WebSocket) -> None:
    await websocket.accept("graphql-transport-ws")
    await websocket.receive_text()
    await websocket.send_text('{"type":"connection_ack"}')
    await websocket.receive_text()
    await websocket.send_text(FRAME)
    _sockets.add(websocket)
    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        _sockets.discard(websocket)


if __name__ == "__main__":
    app = Starlette(routes=[Route("/push", push, methods=["POST"]), WebSocketRoute("/graphql", listen)])
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        http=Http,
        ws=Sockets,
        ws_per_message_deflate=False,
        access_log=False,
        backlog=4096,
        log_level="warning",
    )
