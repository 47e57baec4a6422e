"""uvicorn's HTTP and WebSocket protocols, with limits on what a client without a token can make them keep."""

from asyncio import TimerHandle, Transport
from contextlib import suppress
from typing import Any

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

# For the head of a request, the extensions of its chunks, and trailers. uvicorn 0.54 limits none of them.
MAX_HEAD_BYTES = 65_536
# Seconds for the head of a request, once it has begun: a packet of it may be lost twice. A guess.
HEAD_SECONDS = 15.0
# Pipelined requests that wait on one connection. Each costs about five kilobytes (measured).
MAX_WAITING = 16
# Frames of one message. Browsers send the largest message that is allowed in about ten (measured).
MAX_PARTS = 1024
# Bytes of a message on a socket until the application knows who is there: a token has about one kilobyte.
MAX_FIRST_MESSAGE = 8192
# The extension of the scope by which the application says that it does.
TRUST = "novelfoundry.trust"


class Http(HttpToolsProtocol):
    """One HTTP connection. It is answered with 400 and closed when it passes a limit."""

    _since_body = 0
    _is_in_body = False
    _head_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A connection that never says anything is let go as one that has nothing more to say."""
        super().connection_made(transport)
        self._expect_head(self.timeout_keep_alive, has_begun=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leaves no timer behind."""
        self._stop_expecting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts the bytes that belong to no body, and the time of a head."""
        if not self._is_in_body and self._since_body == 0:
            self._expect_head(HEAD_SECONDS)
        self._since_body += len(data)
        super().data_received(data)
        if self._since_body > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The request has more than {MAX_HEAD_BYTES} bytes beside its body.")

    def on_headers_complete(self) -> None:
        """Limits the pipelined requests, and starts the count of a body."""
        if len(self.pipeline) >= MAX_WAITING:
            raise ValueError("too many requests at once on one connection")  # which the parser makes a 400 of
        self._since_body = 0
        self._is_in_body = True
        self._stop_expecting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A body has its own limit, so its bytes are not counted here."""
        self._since_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Starts the count for the next request."""
        self._since_body = 0
        self._is_in_body = False
        super().on_message_complete()

    def on_message_begin(self) -> None:
        """A head begins, perhaps in one packet with what came before it."""
        super().on_message_begin()
        self._expect_head(HEAD_SECONDS)

    def handle_websocket_upgrade(self) -> None:
        """Hands the connection over for good."""
        self._stop_expecting()
        super().handle_websocket_upgrade()
        # The parser and this hold each other: uvicorn 0.54 lets go only where an HTTP connection ends as one.
        self.parser = None  # type: ignore[assignment]

    def _expect_head(self, seconds: float, *, has_begun: bool = True) -> None:
        self._stop_expecting()
        self._head_timer = self.loop.call_later(seconds, self._give_up, has_begun)

    def _stop_expecting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self, has_begun: bool) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            # The next head waits behind an answer that is still being made.
            self._expect_head(HEAD_SECONDS)
            return
        # To silence nothing is answered: a browser would show it for the next thing that it asks.
        if has_begun:
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.transport.close()


class Sockets(WebSocketsSansIOProtocol):
    """One WebSocket. It keeps at most one message of what a client sends, and closes past a limit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.max_size = MAX_FIRST_MESSAGE

    def handle_connect(self, event: Request) -> None:
        """Gives the application the means to trust the client with messages of full length."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][TRUST] = self._trust  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """Lets go of what leads back here, or only the collector would find this connection."""
        super().connection_lost(exc)
        if self.handshake_complete and (scope := getattr(self, "scope", None)):
            scope["extensions"].pop(TRUST, None)

    def _trust(self) -> None:
        self.conn.max_size = self.config.ws_max_size

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
        if self.close_sent:
            # uvicorn 0.54 takes an answer to the handshake that is no 101 for none, and logs it as a fault of ours.
            self.handshake_complete = True

    def keepalive_timeout(self) -> None:
        """Gives up a client that answers no ping; uvicorn 0.54 does not tell the application, which would go on."""
        super().keepalive_timeout()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})

    def handle_ping(self) -> None:
        """Answers a ping. A client that reads no answers gets none, so that no backlog grows."""
        pong = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(pong))
