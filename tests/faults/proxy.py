"""
A TCP proxy in front of a broker, on loopback, that loses what it is told to lose.

The broker must advertise the proxy's address (`Cluster(proxied=True)`), else clients go round it.
"""

import asyncio
import contextlib
import struct
from collections.abc import Callable
from typing import Self

#: The protocol's number of EndTxn, the request that commits.
END_TXN = 26


class Link:
    """One client's connection, and the requests on it that are not answered yet."""

    def __init__(self, client: asyncio.StreamWriter, broker: asyncio.StreamWriter) -> None:
        """Keep both ends."""
        self.client = client
        self.broker = broker
        self.asked: dict[int, int] = {}

    def close(self) -> None:
        """Reset both ends."""
        for writer in (self.client, self.broker):
            writer.transport.abort()


class Proxy:
    """
    Passes on whole requests and answers; `async with` opens and closes it.

    `delay_s` holds each answer back; `dark` swallows all in both directions while connections stay
    open; `refuse` takes no new ones. `lose` is asked of each answer, by its request's number,
    whether to cut the connection in place of passing it on.
    """

    def __init__(self, port: int, broker_port: int) -> None:
        """Keep the ports."""
        self.delay_s = 0.0
        self.dark = False
        self.refuse = False
        self.lose: Callable[[int], bool] = lambda _: False
        self.lost = 0
        self._ports = (port, broker_port)
        self._links: set[Link] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._ports[0])
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all."""
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def cut(self) -> None:
        """Reset every connection."""
        for link in list(self._links):
            link.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self.refuse:
                writer.transport.abort()
                return
            broker_reader, broker_writer = await asyncio.open_connection(
                "127.0.0.1", self._ports[1]
            )
            link = Link(writer, broker_writer)
            self._links.add(link)
            try:
                await asyncio.gather(
                    self._pass(reader, broker_writer, link, asking=True),
                    self._pass(broker_reader, writer, link, asking=False),
                )
            finally:
                self._links.discard(link)
                link.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        link: Link,
        *,
        asking: bool,
    ) -> None:
        while True:
            size = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack(">i", size)[0])
            if asking:
                kind, _, correlation = struct.unpack_from(">hhi", body)
                link.asked[correlation] = kind
            else:
                kind = link.asked.pop(struct.unpack_from(">i", body)[0], -1)
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if self.lose(kind):
                    self.lost += 1
                    link.close()
                    return
            if self.dark:
                continue
            writer.write(size + body)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
