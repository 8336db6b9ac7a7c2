"""
What ends a worker that no longer works: a thread, since a blocked event loop can tell nobody.

`max.poll.interval.ms` does not do it: a wait for records counts as activity.
"""

import threading
import time

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.source import ClaimSource
from scrubber.stream.stop import LOOP_BLOCKED, STALLED, fail_stop


class Watchdog(threading.Thread):
    """Looks once a second whether the loop runs and every task gets on."""

    def __init__(self, source: ClaimSource, settings: StreamSettings) -> None:
        """Keep the parts."""
        super().__init__(name="watchdog", daemon=True)
        self._source = source
        self._settings = settings
        self._ended = threading.Event()

    def run(self) -> None:
        """Look until told to end."""
        while not self._ended.wait(1.0):
            now = time.monotonic()
            if now - self._source.tick > self._settings.loop_block_s:
                fail_stop("the event loop stands still", code=LOOP_BLOCKED)
            for task in list(self._source.tasks.values()):
                if now - task.progress > self._settings.stall_s:
                    fail_stop(f"task {task.number} ({task.state}) gets nowhere", code=STALLED)

    def end(self) -> None:
        """End the thread: what follows may take as long as it takes."""
        self._ended.set()
