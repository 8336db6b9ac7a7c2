"""A bar for long work, on a terminal only."""

import sys
import time
from types import TracebackType
from typing import Self

PATIENCE_S = 1.0


class Progress:
    """Shows how much of the input is done, once the work has lasted a second."""

    def __init__(self, size: int, *, wanted: bool) -> None:
        """`size` is that of all input in bytes, zero when it is not known."""
        self._size = size
        self._wanted = wanted and size > 0 and sys.stderr.isatty()
        self._begun = time.monotonic()
        self._bar: object | None = None

    def __enter__(self) -> Self:
        """Start waiting."""
        return self

    def reached(self, done: int) -> None:
        """Say how many bytes are done."""
        if not self._wanted:
            return
        if self._bar is None:
            if time.monotonic() - self._begun < PATIENCE_S:
                return
            # Loaded late: a check of one claim is faster than this import.
            from rich.console import Console  # noqa: PLC0415
            from rich.progress import Progress as Bar  # noqa: PLC0415

            self._bar = bar = Bar(console=Console(stderr=True), transient=True)
            bar.add_task("scrubbing", total=self._size)
            bar.start()
        self._bar.update(0, completed=done)  # type: ignore[attr-defined]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
