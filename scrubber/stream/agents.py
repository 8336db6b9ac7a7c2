"""
The Faust application: one agent an input, each a loop and nothing else.

Faust keeps the life cycle, the agents and the signals; its consumer, producer, tables and web
server are never started. Its own acknowledgements would commit an offset apart from the outputs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import faust
from faust.app.base import BootStrategy

from scrubber.edits.edit import TOGETHER
from scrubber.stream.handling import Handler
from scrubber.stream.source import ClaimSource
from scrubber.stream.stop import fail_stop
from scrubber.stream.transaction import PartitionBatch

_CONCURRENCY: Final = 16  # batches whose commits are waited for while others are handled

Batches = faust.StreamT[PartitionBatch]


class NoKafkaBoot(BootStrategy):
    """Starts agents and nothing that talks to Kafka."""

    enable_kafka = False
    enable_web = False


class ScrubApp(faust.App):
    """The worker's application; it drains its source before Faust cancels the agents."""

    BootStrategy = NoKafkaBoot

    def __init__(self, app_id: str, source: ClaimSource, folder: Path) -> None:
        """Keep the source of all batches; in `folder` Faust makes the folders of its tables."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(app_id, web_enabled=False, datadir=folder)
        self.source = source
        self.at_end: Callable[[], Awaitable[None]] | None = None

    async def on_stop(self) -> None:
        """Finish what is in flight, leave the group, then let Faust stop."""
        try:
            await self.source.drain()
            if self.at_end is not None:
                await self.at_end()
        except BaseException as error:  # noqa: BLE001
            # Faust would cancel the agents, take that for crashes and begin them again.
            fail_stop("draining failed", error)
        await super().on_stop()


def batch_channel(app: ScrubApp, topic: str) -> faust.Channel[PartitionBatch]:
    """Return the channel of one input: agents pull from the source, nothing is ever queued."""

    # Not generic when it runs, and it yields batches where Faust's types expect its own events.
    class ClaimBatches(faust.Channel):  # type: ignore[type-arg]
        async def __anext__(self) -> PartitionBatch:  # type: ignore[override]
            return await app.source.next(topic)

    return ClaimBatches(app)


def add_agents(app: ScrubApp, claims: Handler, decisions: Handler, remittances: Handler) -> None:
    """Give the application its agents, each with the handler of its input."""

    @app.agent(batch_channel(app, "claims-submitted"), concurrency=_CONCURRENCY)
    async def scrub_submitted(batches: Batches) -> None:
        await work(batches, claims)

    @app.agent(batch_channel(app, "claims-rekeyed"), concurrency=_CONCURRENCY)
    async def scrub_rekeyed(batches: Batches) -> None:
        await work(batches, claims)

    @app.agent(batch_channel(app, "review-decisions"))
    async def take_decisions(batches: Batches) -> None:
        await work(batches, decisions)

    @app.agent(batch_channel(app, "remittances"))
    async def join_remittances(batches: Batches) -> None:
        await work(batches, remittances)


async def work(batches: Batches, handler: Handler) -> None:
    """Answer batch after batch; an error between them ends the process."""
    try:
        async for batch in batches:
            await answer(batch, handler)
    except Exception as error:  # noqa: BLE001
        # Faust would start the agent again with the batch forgotten, and its task busy for ever.
        fail_stop("an agent failed outside its transaction", error)


async def answer(batch: PartitionBatch, handler: Handler) -> None:
    """Handle a batch's records in their order, in one transaction."""
    async with batch.transaction() as tx:
        if batch.parked:
            handler.park(batch.records[0], batch.topic, tx)
            return
        for start in range(0, len(batch.records), TOGETHER):
            await handler.handle(batch.records[start : start + TOGETHER], batch.topic, tx)
            await asyncio.sleep(0)  # others get their turn: commits, heartbeats, health
