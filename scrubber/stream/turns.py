"""
Batches side by side, or one record alone in the whole process.

A record that is tried alone is parked if the process ends: nothing else may have ended it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """What the batches of all tasks of a process pass through."""

    def __init__(self) -> None:
        """Let anybody in."""
        self._door = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def enter(self) -> None:
        """Wait until nothing is tried alone; who has entered must `leave`."""
        async with self._door:
            self._inside += 1
            self._empty.clear()

    def leave(self) -> None:
        """Be done."""
        self._inside -= 1
        if not self._inside:
            self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait until nobody is inside, and let nobody in meanwhile."""
        async with self._door:
            await self._empty.wait()
            yield
