"""uvicorn's HTTP and WebSocket protocols, with limits on what a client without a token can make them keep."""

from contextlib import suppress

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

# For the head of a request, the extensions of its chunks, and trailers. uvicorn 0.54 limits none of them.
MAX_HEAD_BYTES = 65_536
# Pipelined requests that wait on one connection. Each costs about five kilobytes (measured).
MAX_WAITING = 16
# Frames of one message. Browsers send the largest message that is allowed in about ten (measured).
MAX_PARTS = 1024


class Http(HttpToolsProtocol):
    """One HTTP connection. It is answered with 400 and closed when it passes a limit."""

    _since_body = 0

    def data_received(self, data: bytes) -> None:
        """Counts the bytes that belong to no body."""
        self._since_body += len(data)
        super().data_received(data)
        if self._since_body > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The request has more than {MAX_HEAD_BYTES} bytes beside its body.")

    def on_headers_complete(self) -> None:
        """Limits the pipelined requests, and starts the count of a body."""
        if len(self.pipeline) >= MAX_WAITING:
            raise ValueError("too many requests at once on one connection")  # which the parser makes a 400 of
        self._since_body = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A body has its own limit, so its bytes are not counted here."""
        self._since_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Starts the count for the next request."""
        self._since_body = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hands the connection over for good."""
        super().handle_websocket_upgrade()
        # The parser and this hold each other: uvicorn 0.54 lets go only where an HTTP connection ends as one.
        self.parser = None  # type: ignore[assignment]


class Sockets(WebSocketsSansIOProtocol):
    """One WebSocket. It keeps at most one message of what a client sends, and closes past a limit."""

    def data_received(self, data: bytes) -> None:
        """Answers a handshake that cannot be read, which uvicorn 0.54 leaves open."""
        # A refusal quotes the header that it is about, which `websockets` 15 cannot encode when it is not ASCII.
        with suppress(UnicodeEncodeError):
            super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        """A continuation frame. Empty frames never reach the size limit, so their number is limited too."""
        super().handle_cont(event)
        if len(self.frames) > MAX_PARTS and not self.transport.is_closing():
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, f"A message has at most {MAX_PARTS} parts")
            self.handle_parser_exception()

    async def send(self, message: ASGISendEvent) -> None:
        """Sends. Raises ClientDisconnected when the connection has ended: that is no fault of who sends."""
        await self.writable.wait()
        if self.close_sent or (self.transport.is_closing() and not self.handshake_complete):
            raise ClientDisconnected
        await super().send(message)

    def keepalive_timeout(self) -> None:
        """Gives up a client that answers no ping; uvicorn 0.54 does not tell the application, which would go on."""
        super().keepalive_timeout()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})

    def handle_ping(self) -> None:
        """Answers a ping. A client that reads no answers gets none, so that no backlog grows."""
        pong = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(pong))
