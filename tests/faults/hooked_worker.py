"""
`scrubber worker` with one fault built in: `python -m tests.faults.hooked_worker "NAME ARGUMENTS"`.

A hook changes the worker's parts before it starts. A batch is counted when it begins, over all
tasks, and only if it has records.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
from aiokafka.protocol.transaction import EndTxnRequest

import scrubber.pipeline.scrub as scrub_module
import scrubber.stream.dead_letters as dead_letters_module
import scrubber.stream.restore as restore_module
import scrubber.stream.source as source_module
import scrubber.stream.task as task_module
from scrubber.cli.main import main
from scrubber.contracts.decode import Decoded
from scrubber.pipeline import bootstrap
from scrubber.pipeline.scrub import Begun, Scrubber
from scrubber.stream import agents
from scrubber.stream.claims import Claims
from scrubber.stream.source import ClaimSource
from scrubber.stream.task import Task
from scrubber.stream.transaction import PartitionBatch, Transaction
from scrubber.stream.watchdog import Watchdog

Act = Callable[[], None]
HOOKS: dict[str, Callable[..., None]] = {}
#: The steps of a batch, in their order; `outputs` comes beside `offsets`.
STEPS = ("begin", "put", "outputs", "offsets", "end", "end-sent", "end-answered", "applied")


def hook(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register what a name does; its arguments are words."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        HOOKS[name] = function
        return function

    return register


def run(words: str) -> int:
    """Build the fault in and be the worker; several hooks are divided by a semicolon."""
    for one in filter(None, words.split(";")):
        name, *arguments = one.split()
        HOOKS[name](*arguments)
    return main(["worker"])


class Moment:
    """A step of the n-th batch, at which something is done once."""

    def __init__(self, step: str, batch: int, act: Act) -> None:
        """Keep the parts."""
        self.step = step
        self._left = batch
        self._act = act
        self._tx: Transaction | None = None

    def begun(self, tx: Transaction) -> None:
        """Count a batch."""
        if tx._batch.records and self._left:
            self._left -= 1
            if not self._left:
                self._tx = tx

    def reached(self, tx: Transaction, step: str) -> None:
        """Act, if it is here."""
        if self.awaits(tx, step):
            self._tx = None
            self._act()

    def awaits(self, tx: Transaction, step: str) -> bool:
        """Whether it is this one."""
        return step == self.step and tx is self._tx


def at(step: str, batch: int, act: Act) -> None:
    """Do something once, at a step of the n-th batch."""
    moment = Moment(step, batch, act)
    _watch_handling(moment)
    _watch_commit(moment)


def _watch_handling(moment: Moment) -> None:
    begin, put = Transaction._begin, Transaction.put

    async def _begin(tx: Transaction) -> None:
        await begin(tx)
        moment.begun(tx)
        moment.reached(tx, "begin")

    def _put(tx: Transaction, *arguments: Any, **named: Any) -> Any:
        place = put(tx, *arguments, **named)
        if place.relative >= 5:
            moment.reached(tx, "put")
        return place

    Transaction._begin = _begin  # type: ignore[method-assign]
    Transaction.put = _put  # type: ignore[method-assign]


def _watch_commit(moment: Moment) -> None:
    ship, offsets = Transaction._ship, Transaction._send_offsets
    end, apply = Transaction._end, Transaction._apply

    async def _ship(tx: Transaction) -> None:
        await ship(tx)
        moment.reached(tx, "outputs")

    async def _send_offsets(tx: Transaction) -> None:
        await offsets(tx)
        moment.reached(tx, "offsets")

    async def _end(tx: Transaction) -> None:
        moment.reached(tx, "end")
        if moment.awaits(tx, "end-sent"):
            _watch_request(tx, lambda: moment.reached(tx, "end-sent"))
        await end(tx)
        moment.reached(tx, "end-answered")

    def _apply(tx: Transaction) -> None:
        apply(tx)
        moment.reached(tx, "applied")

    Transaction._ship = _ship  # type: ignore[method-assign]
    Transaction._send_offsets = _send_offsets  # type: ignore[method-assign]
    Transaction._end = _end  # type: ignore[method-assign]
    Transaction._apply = _apply  # type: ignore[method-assign]


def _watch_request(tx: Transaction, sent: Act) -> None:
    """Call `sent` when the request that ends the transaction has left, before its answer."""
    client = tx._task.producer.client
    send = client.send

    async def watched(node: int, request: Any, **named: Any) -> Any:
        answer = asyncio.ensure_future(send(node, request, **named))
        if isinstance(request, EndTxnRequest):
            for _ in range(3):  # found its connection, wrote
                await asyncio.sleep(0)
            sent()
        return await answer

    client.send = watched


def kill() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


@hook("kill")
def kill_at(step: str, batch: str) -> None:
    """End the process at a step of the n-th batch."""
    at(step, int(batch), kill)


@hook("freeze")
def freeze_at(step: str, batch: str) -> None:
    """Stand still at a step of the n-th batch, until somebody sends SIGCONT."""
    at(step, int(batch), lambda: os.kill(os.getpid(), signal.SIGSTOP))


@hook("linger")
def linger(seconds: str) -> None:
    """Wait before the first commit, with all of it sent and no deadline to end the wait."""
    begin, end = Transaction._begin, Transaction._end
    waits = iter((float(seconds),))

    async def _begin(tx: Transaction) -> None:
        object.__setattr__(tx._task.settings, "commit_deadline_s", 3600)
        await begin(tx)

    async def _end(tx: Transaction) -> None:
        if tx._batch.records:
            await asyncio.sleep(next(waits, 0))
        await end(tx)

    Transaction._begin = _begin  # type: ignore[method-assign]
    Transaction._end = _end  # type: ignore[method-assign]


@hook("dawdle")
def dawdle(seconds: str) -> None:
    """Take long over the first batch, without blocking the loop."""
    begin = Transaction._begin
    waits = iter((float(seconds),))

    async def _begin(tx: Transaction) -> None:
        await begin(tx)
        if tx._batch.records:
            await asyncio.sleep(next(waits, 0))

    Transaction._begin = _begin  # type: ignore[method-assign]


@hook("unwatched")
def unwatched() -> None:
    """Have no watchdog, so that what else ends the process is seen."""
    Watchdog.run = lambda _: None  # type: ignore[method-assign]


@hook("raise")
def raise_at(place: str) -> None:
    """Raise where nobody expects it, and log when."""

    def at_once(*_: Any, **__: Any) -> Any:
        os.write(1, orjson.dumps({"event": "test.raised", "at": time.time()}) + b"\n")
        message = "built in by a test"
        raise RuntimeError(message)

    async def late(*_: Any, **__: Any) -> Any:
        at_once()

    places: dict[str, tuple[type, str, Callable[..., Any]]] = {
        "assigned": (ClaimSource, "_assign", at_once),
        "activation": (Task, "_position", late),
        "pump": (Task, "_hand_over", late),
        "channel": (ClaimSource, "next", late),
        "begin": (Transaction, "_begin", late),
        "handler": (Claims, "handle", at_once),
        "commit": (Transaction, "_send_offsets", late),
        "apply": (Transaction, "_apply", at_once),
        "outside": (PartitionBatch, "transaction", at_once),
        "timer": (Task, "measure", late),
        "revoked": (ClaimSource, "_leave", late),
        "faust": (agents.ScrubApp, "on_start", late),
        "stopping": (ClaimSource, "drain", late),
    }
    owner, name, changed = places[place]
    setattr(owner, name, changed)


@hook("block")
def block(marked: str, seconds: str) -> None:
    """Let an edit sleep on one claim, and the event loop with it."""

    def act() -> None:
        time.sleep(float(seconds))

    _on_claim(marked, act)


@hook("crash")
def crash(marked: str) -> None:
    """Let an edit end the process on one claim, as a fault of a C library would."""
    _on_claim(marked, lambda: os.kill(os.getpid(), signal.SIGSEGV))


def _on_claim(marked: str, act: Act) -> None:
    begin = Scrubber.begin

    def changed(scrubber: Scrubber, submissions: list[tuple[Decoded, bool]]) -> list[Begun]:
        if any(decoded.event.submission_id == marked for decoded, _ in submissions):
            act()
        return begin(scrubber, submissions)

    Scrubber.begin = changed  # type: ignore[assignment,method-assign]


@hook("never-begin")
def never_begin() -> None:
    """Let the agents take batches and never begin them."""

    async def wait(*_: Any) -> None:
        await asyncio.Event().wait()

    agents.answer = wait


@hook("stop-joining")
def stop_joining() -> None:
    """Be told to stop while the group is being joined."""
    make = source_module.committed_reader

    def told(*arguments: Any, **named: Any) -> Any:
        consumer = make(*arguments, **named)
        start = consumer.start

        async def started() -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(5)  # which the stop does not wait for
            await start()

        consumer.start = started
        return consumer

    source_module.committed_reader = told


@hook("restore-slowly")
def restore_slowly(records: str, seconds: str) -> None:
    """Read the history in small pieces, with a pause before each."""
    reader = restore_module.committed_reader

    def slow(*arguments: Any, **named: Any) -> Any:
        consumer = reader(*arguments, **named)
        getmany = consumer.getmany

        async def piece(*partitions: Any, **limits: Any) -> Any:
            await asyncio.sleep(float(seconds))
            return await getmany(*partitions, **{**limits, "max_records": int(records)})

        consumer.getmany = piece
        return consumer

    restore_module.committed_reader = slow


@hook("release")
def release(version: str) -> None:
    """Be a release of another version, which has no edits of institutional claims yet."""
    edits = bootstrap.all_edits()
    fewer = tuple(one for one in edits if one.applies_to != ("institutional",))
    assert len(fewer) < len(edits)
    bootstrap.all_edits = lambda: fewer  # type: ignore[assignment]
    bootstrap.edits_version = lambda: f"of {version}"  # type: ignore[assignment]
    for module in (scrub_module, dead_letters_module):
        module.__version__ = version


@hook("group")
def group(name: str) -> None:
    """Be a member of another consumer group, with the same producers."""
    source_module.committed_reader = _named(source_module.committed_reader, name)

    async def _send_offsets(tx: Transaction) -> None:
        if tx._batch.records:
            place = tx._task.partition(tx._batch.topic)
            offsets = {place: tx._batch.next_offset}
            await tx._task.producer.send_offsets_to_transaction(offsets, name)

    Transaction._send_offsets = _send_offsets  # type: ignore[method-assign]


def _named(consumer: Any, group_id: str) -> Any:
    return lambda options, **more: consumer(options, **{**more, "group_id": group_id})


@hook("fence-late")
def fence_late(flag: str) -> None:
    """Read state and positions first and fence the earlier owner later, once a file is there."""
    make = task_module.AIOKafkaProducer
    activate = Task._count_start

    class Late(make):  # type: ignore[misc, valid-type]
        async def start(self) -> None:
            """Wait with it."""

    async def _count_start(task: Task, ends: Any) -> None:
        Path(f"{flag}-{task.number}").touch()  # noqa: ASYNC240
        while not os.path.exists(flag):  # noqa: ASYNC110, ASYNC240, PTH110 (another process makes it)
            await asyncio.sleep(0.01)
        await make.start(task.producer)
        await activate(task, ends)

    task_module.AIOKafkaProducer = Late
    Task._count_start = _count_start  # type: ignore[method-assign]


@hook("unawaited")
def unawaited() -> None:
    """Send, and do not look whether it arrived."""

    async def _ship(tx: Transaction) -> None:
        unsent, tx._unsent = tx._unsent, []
        tx._open.clear()
        for one in unsent:
            name = tx._task.wire_name(one.topic)
            sent: Awaitable[Any] = await tx._task.producer.send_batch(
                one.batch, name, partition=one.partition
            )
            asyncio.ensure_future(sent).add_done_callback(lambda done: done.exception())
            one.base_offset = 0

    Transaction._ship = _ship  # type: ignore[method-assign]


@hook("no-position")
def no_position() -> None:
    """Commit outputs and state, and not how far the input was read."""

    async def _send_offsets(_: Transaction) -> None:
        pass

    put = Transaction._put_changelog

    def _put_changelog(tx: Transaction) -> None:
        records, tx._batch.records = tx._batch.records, []
        put(tx)
        tx._batch.records = records

    Transaction._send_offsets = _send_offsets  # type: ignore[method-assign]
    Transaction._put_changelog = _put_changelog  # type: ignore[method-assign]


@hook("forget")
def forget() -> None:
    """Know no submission again: what is left is the position alone."""
    Claims._repeated = lambda *_: False  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
