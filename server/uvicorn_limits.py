"""HTTP and WebSocket as uvicorn speaks them, with an end to what a stranger may send before anything is asked."""

from contextlib import suppress

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

# A head, a chunk's extensions, trailers: uvicorn 0.54 keeps all that comes, from whoever has no token.
MAX_HEAD_BYTES = 65_536
# Requests that came before the one ahead of them was answered: each costs five kilobytes, and its text thirty bytes.
MAX_WAITING = 16
# Browsers send a message of the largest size in about ten.
MAX_PARTS = 1024


class Http(HttpToolsProtocol):
    """One connection; answered with 400 and closed when too much comes that is no body, or too many requests."""

    _since_body = 0

    def data_received(self, data: bytes) -> None:
        """What came, in pieces of any size."""
        self._since_body += len(data)
        super().data_received(data)
        if self._since_body > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The request has more than {MAX_HEAD_BYTES} bytes beside its body.")

    def on_headers_complete(self) -> None:
        """The head ended."""
        if len(self.pipeline) >= MAX_WAITING:
            raise ValueError("too many requests at once on one connection")  # which the parser makes a 400 of
        self._since_body = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body came."""
        self._since_body = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request ended."""
        self._since_body = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hands the connection over for good."""
        super().handle_websocket_upgrade()
        # The parser and this hold each other: uvicorn 0.54 lets go only where an HTTP connection ends as one.
        self.parser = None  # type: ignore[assignment]


class Sockets(WebSocketsSansIOProtocol):
    """One WebSocket, which keeps no more of what a client sends than a message."""

    def data_received(self, data: bytes) -> None:
        """What came, in pieces of any size."""
        # A refusal quotes the header that it is about, which `websockets` 15 cannot encode when it is not ASCII.
        with suppress(UnicodeEncodeError):
            super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated and not self.transport.is_closing():
            # uvicorn 0.54 leaves a handshake that cannot be read without an answer, and the connection open.
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()

    def handle_cont(self, event: Frame) -> None:
        """A further part of a message; empty ones add nothing to its size, for ever."""
        super().handle_cont(event)
        if len(self.frames) > MAX_PARTS and not self.transport.is_closing():
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, f"A message has at most {MAX_PARTS} parts")
            self.handle_parser_exception()

    def handle_ping(self) -> None:
        """Answers a ping, unless the client does not read the answers."""
        pong = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(pong))
