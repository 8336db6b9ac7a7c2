"""What the worker says of itself to probes: is it alive, may it count as ready, and why not."""

import time

from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.source import ClaimSource


class Report:
    """
    Judges the worker from what its source shows.

    Alive does not depend on the broker: a restart mends no broker. A task that gets nowhere with
    records before it is another matter than one without records.
    """

    def __init__(self, source: ClaimSource, settings: StreamSettings) -> None:
        """Keep the parts."""
        self._source = source
        self._settings = settings

    def alive(self) -> list[str]:
        """Return what only a restart can mend."""
        now = time.monotonic()
        problems = []
        if now - self._source.tick > self._settings.loop_block_s:
            problems.append("the event loop stands still")
        problems += [
            f"partition {task.number} ({task.state}) has made no progress for "
            f"{now - task.progress:.0f} s"
            for task in self._source.tasks.values()
            if now - task.progress > self._settings.stall_s
        ]
        return problems

    def ready(self) -> list[str]:
        """Return why the worker does not do its part yet, or no more."""
        if not self._source.joined:
            return ["the consumer group is not joined"]
        if self._source.draining:
            return ["the worker is being stopped"]
        if self._source.rebalancing:
            return ["the group is being rebalanced"]
        restoring = [n for n, task in self._source.tasks.items() if task.state != "ready"]
        if restoring:
            return [f"partitions not ready: {', '.join(map(str, sorted(restoring)))}"]
        return self.alive()

    def partitions(self) -> list[dict[str, object]]:
        """Return each task with its state, its positions and the seconds since it got on."""
        now = time.monotonic()
        return [
            {
                "partition": task.number,
                "state": task.state,
                "positions": task.positions,
                "seconds_since_progress": round(max(0.0, now - task.progress), 1),
            }
            for task in sorted(self._source.tasks.values(), key=lambda task: task.number)
        ]
