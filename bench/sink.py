"""A mail server that takes everything and keeps nothing: where mails go while we measure."""

import asyncio

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Conversation(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = bytearray()
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            mark = b"\r\n.\r\n" if self._in_body else b"\r\n"
            end = self._received.find(mark)
            if end < 0:
                return
            line = bytes(self._received[:end])
            del self._received[: end + len(mark)]
            self._answer(line)

    def _answer(self, line: bytes) -> None:
        if self._in_body:
            self._in_body = False
            self._transport.write(b"250 taken\r\n")
            return
        verb = line[:4].upper()
        self._in_body = verb == b"DATA"
        self._transport.write(_ANSWERS.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self._transport.close()


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Conversation, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
