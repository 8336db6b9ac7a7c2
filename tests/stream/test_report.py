"""Probes tell a stuck partition from an idle one, and a worker that starts from one that works."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from scrubber.pipeline.settings import read_stream_settings
from scrubber.stream import watchdog
from scrubber.stream.report import Report
from scrubber.stream.stop import LOOP_BLOCKED, STALLED
from scrubber.stream.watchdog import Watchdog

SETTINGS = read_stream_settings(
    {"SCRUBBER_BOOTSTRAP_SERVERS": "broker:9092", "SCRUBBER_KEY_SECRET": "sixteen bytes ok"}
)


@dataclass
class FakeTask:
    """What a probe sees of a task."""

    number: int
    state: str = "ready"
    progress: float = field(default_factory=time.monotonic)
    positions: dict[str, int] = field(default_factory=dict)


@dataclass
class FakeSource:
    """What a probe sees of the source."""

    tasks: dict[int, FakeTask]
    joined: bool = True
    rebalancing: bool = False
    draining: bool = False
    tick: float = field(default_factory=time.monotonic)


def source(**changes: Any) -> Any:
    """
    Return a healthy source but for the changes; tasks are told as (number, state, age).

    Moments are made here: a parametrised test may run long after it was collected.
    """
    if "age_of_tick" in changes:
        changes["tick"] = long_ago(changes.pop("age_of_tick"))
    told = changes.pop("tasks", ((0,), (1,)))
    tasks = {one[0]: FakeTask(one[0], *one[1:2], *map(long_ago, one[2:])) for one in told}
    return replace(FakeSource(tasks), **changes)


def long_ago(seconds: float) -> float:
    """Return a moment in the past."""
    return time.monotonic() - seconds


def test_a_healthy_worker_is_alive_and_ready() -> None:
    """Without partitions too, once the group is joined."""
    for one in (source(), source(tasks=())):
        report = Report(one, SETTINGS)
        assert report.alive() == []
        assert report.ready() == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"joined": False}, "the consumer group is not joined"),
        ({"draining": True}, "the worker is being stopped"),
        ({"rebalancing": True}, "the group is being rebalanced"),
        ({"tasks": ((3, "restoring"),)}, "partitions not ready: 3"),
    ],
)
def test_a_worker_that_restores_is_alive_and_not_ready(changes: dict[str, Any], why: str) -> None:
    """A restart would only make it restore again."""
    report = Report(source(**changes), SETTINGS)
    assert report.alive() == []
    assert report.ready() == [why]


def test_a_stuck_partition_is_named() -> None:
    """Alive no more than the settings say; a second before it is."""
    stuck = source(tasks=((4, "ready", SETTINGS.stall_s + 1),))
    assert Report(stuck, SETTINGS).alive() == [
        f"partition 4 (ready) has made no progress for {SETTINGS.stall_s + 1} s"
    ]
    slow = source(tasks=((4, "ready", SETTINGS.stall_s - 1),))
    assert Report(slow, SETTINGS).alive() == []


def test_a_loop_that_stands_still_is_not_alive() -> None:
    """The probe is answered by the same loop, so it says so once it runs again."""
    still = source(age_of_tick=SETTINGS.loop_block_s + 1)
    assert Report(still, SETTINGS).alive() == ["the event loop stands still"]


def test_every_partition_is_listed() -> None:
    """With state, positions and how long ago it got on."""
    assert Report(source(tasks=((2, "ready", 7),)), SETTINGS).partitions() == [
        {
            "partition": 2,
            "state": "ready",
            "positions": {},
            "seconds_since_progress": 7.0,
        }
    ]


class StoppedError(BaseException):
    """Stands in for the end of the process."""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"age_of_tick": SETTINGS.loop_block_s + 1}, LOOP_BLOCKED),
        ({"tasks": ((1, "ready", SETTINGS.stall_s + 1),)}, STALLED),
    ],
)
def test_the_watchdog_ends_a_process_that_no_longer_works(
    changes: dict[str, Any], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the code that tells which it was."""
    codes = []

    def stop(_reason: str, *, code: int) -> None:
        codes.append(code)
        raise StoppedError

    monkeypatch.setattr(watchdog, "fail_stop", stop)
    with pytest.raises(StoppedError):
        Watchdog(source(**changes), SETTINGS).run()
    assert codes == [code]


def test_the_watchdog_lets_a_healthy_process_be() -> None:
    """Until it is told to end."""
    dog = Watchdog(source(), SETTINGS)
    dog.start()
    time.sleep(1.2)
    dog.end()
    dog.join(timeout=3)
    assert not dog.is_alive()
