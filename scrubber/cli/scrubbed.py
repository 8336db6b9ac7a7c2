"""The loop of `check` and `watch`: files in, results out, and all that is written beside them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from scrubber.cli.replies import Replies
from scrubber.cli.reports import OutputFolder
from scrubber.cli.sources import Sources
from scrubber.cli.summary import Summary
from scrubber.pipeline.answer import Result, answer_records
from scrubber.pipeline.settings import Settings


def scrubbed(
    sources: Sources,
    settings: Settings,
    summary: Summary,
    *,
    processes: int = 1,
    output: Path | None = None,
) -> Iterator[Result]:
    """
    Yield the result of each record, counted, and written to the folder `output`.

    The folder's files are in their places when the last result was taken; nothing is there when
    it comes to no last one.
    """
    with ExitStack() as stack:
        # Looked at before anything is written: a folder that cannot be made is said at once.
        folder = output and stack.enter_context(OutputFolder(output, summary))
        replies = output and stack.enter_context(Replies(output, sources.names))
        records = sources.records(replies.watching) if replies else sources.records()
        for result in answer_records(records, settings, processes=processes):
            summary.count(result)
            if folder and replies:
                folder.write(result)
                replies.write(result)
            yield result
