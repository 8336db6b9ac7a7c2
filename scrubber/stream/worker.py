"""The worker process: what is checked before it starts, what it is made of, how it ends."""

import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import faust

from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.scrub import Scrubber
from scrubber.pipeline.settings import StreamSettings
from scrubber.stream.agents import ScrubApp, add_agents
from scrubber.stream.claims import Claims
from scrubber.stream.connection import client_options, connection_faults
from scrubber.stream.decisions import Decisions
from scrubber.stream.health import HealthServer
from scrubber.stream.remittances import Remittances
from scrubber.stream.report import Report
from scrubber.stream.reviewed import ReviewedClaims
from scrubber.stream.source import ClaimSource
from scrubber.stream.stop import FAILED, NEEDS_A_PERSON, fail_stop
from scrubber.stream.topics import (
    Topic,
    TopicError,
    UnreachableError,
    connect,
    load_topics,
    preflight,
)
from scrubber.stream.traces import Traces, open_traces, put_outcome
from scrubber.stream.watchdog import Watchdog
from scrubber.telemetry import log as telemetry_log
from scrubber.telemetry.log import log


def run_worker(settings: StreamSettings) -> NoReturn:
    """
    Work until told to stop (SIGTERM, SIGINT), then end the process with its exit code.

    0 is an orderly stop; `stream.stop` names the others. Raises what `load_topics` and
    `build_scrubber` raise for files that cannot be used.
    """
    telemetry_log.configure(settings.log_level)
    topics = load_topics(
        prefix=settings.topic_prefix,
        partitions=settings.partitions,
        replication=settings.replication,
    )
    scrubber = build_scrubber(settings.scrub)
    partitions = _checked(settings, topics)
    with ExitStack() as stack:
        folder = settings.state_dir or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="scrubber-state-"))
        )
        app = build_app(settings, topics, scrubber, partitions, folder)
        # Faust's own set-up of logs and standard output would write what ours keeps back.
        worker = faust.Worker(app, quiet=True, override_logging=False, redirect_stdouts=False)
        # It would write a terminal's code for the cursor into the line of the next event.
        worker.spinner = None
        try:
            worker.execute_from_commandline()
        except SystemExit as end:
            if not end.code:
                raise
            # It made an exit of what was raised, with a code that says nothing.
            fail_stop("Faust could not go on", end.__context__ or end)
    raise AssertionError


def build_app(
    settings: StreamSettings,
    topics: Mapping[str, Topic],
    scrubber: Scrubber,
    partitions: int,
    folder: Path,
) -> ScrubApp:
    """Return the application, its agents and what runs beside them; all files go to `folder`."""
    options = client_options(settings)
    traces = open_traces(settings)
    put = traces.put_outcome if traces else put_outcome
    source = ClaimSource(settings, options, topics, folder)
    reviewed = ReviewedClaims(options, topics["claims-review"].name, partitions)
    app = ScrubApp(settings.app_id, source, folder / "faust")
    add_agents(
        app,
        Claims(scrubber, settings, partitions, put),
        Decisions(scrubber, settings, reviewed, put),
        Remittances(scrubber, settings),
    )
    _add_services(app, settings, reviewed, traces)
    return app


def _checked(settings: StreamSettings, topics: Mapping[str, Topic]) -> int:
    """Return the partition count of the topics, or end the process where they would lose data."""
    try:
        return asyncio.run(_preflight(settings, topics))
    except TopicError as error:
        _refuse(error.faults, NEEDS_A_PERSON)
    except UnreachableError as error:
        _refuse([str(error)], FAILED)


async def _preflight(settings: StreamSettings, topics: Mapping[str, Topic]) -> int:
    if faults := await connection_faults(settings):
        _refuse(faults, FAILED)
    async with connect(client_options(settings)) as admin:
        return await preflight(admin, topics)


def _refuse(faults: Sequence[str], code: int) -> NoReturn:
    for fault in faults:
        log("worker.refused", level="critical", problem=fault, exit_code=code)
    sys.exit(code)


def _add_services(
    app: ScrubApp, settings: StreamSettings, reviewed: ReviewedClaims, traces: Traces | None
) -> None:
    """Give the application what runs beside its agents."""
    source = app.source
    health = HealthServer(settings.http_host, settings.http_port, Report(source, settings))
    watchdog = Watchdog(source, settings)

    async def end() -> None:
        watchdog.end()
        await reviewed.close()
        await health.stop()
        if traces is not None:
            await traces.close()

    app.at_end = end

    @app.task  # type: ignore[untyped-decorator]
    async def join() -> None:
        try:
            await health.start()
            await source.start()
            watchdog.start()
        except BaseException as error:  # noqa: BLE001 (Faust would go on without any input)
            if app.should_stop:  # a stop that came meanwhile took the consumer away
                return
            fail_stop("the worker could not start", error)
        log("worker.started", app_id=settings.app_id)
