"""`scrubber dead-letters replay --all` that kills itself (SIGKILL) at a chosen point."""

import asyncio
import os
import signal
import sys

from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream.dead_letter_reader import DeadLetter
from scrubber.stream.dead_letter_replay import Replay

POINTS = ("begun", "half-sent", "unmarked", "before-commit", "committing", "committed")
CHUNK = 4


def die() -> None:
    """End as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Killed(Replay):
    """Ends at a point of its second transaction."""

    chunk = CHUNK

    def __init__(self, point: str) -> None:
        """Keep the point."""
        super().__init__(read_stream_settings(), lambda *_: None, force=False)
        self._point = point
        self._begun = self._put = 0

    def _now(self, point: str) -> bool:
        return self._begun == 2 and self._point == point

    async def _begin(self) -> None:
        await super()._begin()
        self._begun += 1
        if self._begun == 3 or self._now("begun"):
            die()

    async def _put_back(self, letter: DeadLetter) -> None:
        await super()._put_back(letter)
        self._put += 1
        if self._now("half-sent") and self._put == CHUNK + 2:
            await asyncio.gather(*self._sent)
            die()

    async def _mark(self, letter: DeadLetter) -> None:
        if self._now("unmarked"):
            await asyncio.gather(*self._sent)
            die()
        await super()._mark(letter)

    async def _end(self) -> None:
        if self._now("before-commit"):
            die()
        if self._now("committing"):
            asyncio.get_running_loop().call_later(0.001, die)
        await super()._end()
        if self._now("committed"):
            die()


if __name__ == "__main__":
    asyncio.run(Killed(sys.argv[1]).run())
