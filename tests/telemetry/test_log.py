"""Log lines say what happened, and no word of a claim."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrubber.telemetry.log import FIELDS, configure, log
from scrubber.telemetry.metrics import DROPPED_FIELDS

MEMBER = "SAMPLE PAT 1EG4TE5MK73"  # evidently no person's
ONE_WORD = "1EG4TE5MK73"


class Lines:
    """What the log writes, line by line; standard error must stay empty."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Begin at `info`."""
        self.out = StringIO()
        self.capsys = capsys
        self.configure("info")

    def configure(self, level: str) -> None:
        """Configure the log with a standard output that pytest does not exchange."""
        with redirect_stdout(self.out):
            configure(level)

    def __call__(self) -> list[dict[str, Any]]:
        """Return the lines since the last look."""
        assert self.capsys.readouterr() == ("", "")
        written = [json.loads(line) for line in self.out.getvalue().splitlines()]
        self.out.seek(0)
        self.out.truncate()
        return written


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Configure the log for one test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook
    with warnings.catch_warnings():
        yield Lines(capsys)
    root.handlers[:], level, sys.excepthook, threading.excepthook = before
    root.setLevel(level)


def dropped() -> float:
    """Return how many fields were dropped so far."""
    return next(iter(DROPPED_FIELDS.collect())).samples[0].value


def failed(error: Exception) -> Exception:
    """Return the exception as one that was raised and caught."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_an_event_is_one_line_with_its_fields(lines: Lines) -> None:
    """Time in UTC, level, name, fields."""
    log("claim.dead_lettered", level="warning", topic="claims-submitted", partition=3, offset=12)
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "event": "claim.dead_lettered",
        "topic": "claims-submitted",
        "partition": 3,
        "offset": 12,
    }


def test_the_time_is_rfc_3339_in_utc(lines: Lines) -> None:
    """With milliseconds."""
    log("worker.started")
    moment = datetime.fromisoformat(lines()[0]["time"])
    assert moment.utcoffset() is not None
    assert not moment.utcoffset()


def test_a_field_that_is_not_on_the_list_does_not_come_out(lines: Lines) -> None:
    """It is counted; the event goes on."""
    before = dropped()
    log("claim.dead_lettered", member_id=MEMBER, payload={"a": 1}, offset=1)
    (line,) = lines()
    assert set(line) == {"time", "level", "event", "offset"}
    assert dropped() == before + 2


def test_a_value_without_the_shape_of_its_field_does_not_come_out(lines: Lines) -> None:
    """A name is no topic, a text is no number."""
    before = dropped()
    wrong: dict[str, object] = {
        "topic": MEMBER,
        "reason": "Member Id",
        "offset": MEMBER,
        "seconds": float("nan"),
        "partitions": [MEMBER],
        "submission_id": {"a": MEMBER},
        "error": MEMBER,
        "problem": "two\nlines",
    }
    log("claim.dead_lettered", **wrong)
    log("claim.of_" + MEMBER)
    one, two = lines()
    assert set(one) == {"time", "level", "event"}
    assert two["event"] == "log.event_misnamed"
    assert dropped() == before + len(wrong) + 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "member_id", "claim"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    )
)
def test_whatever_the_fields_the_line_is_json_and_holds_the_list_only(
    lines: Lines, fields: dict[str, Any]
) -> None:
    """What is kept is unchanged, what is not is counted."""
    before = dropped()
    log("claim.seen", **fields)
    (line,) = lines()
    kept = set(line) - {"time", "level", "event"}
    assert kept <= set(FIELDS)
    assert all(FIELDS[name](line[name]) for name in kept)
    assert dropped() - before == len(fields) - len(kept)


def test_an_exception_is_its_class_and_its_place(lines: Lines) -> None:
    """Its text stays where it was."""
    log("worker.failed", level="error", error=failed(KeyError(ONE_WORD)))
    log("worker.failed", level="error", error=KeyError(ONE_WORD))
    raised, unraised = lines()
    assert raised["error"] == unraised["error"] == "KeyError"
    assert raised["at"].startswith("tests/telemetry/test_log.py:")
    assert "at" not in unraised
    assert ONE_WORD not in str((raised, unraised))


def test_the_level_is_that_of_the_settings(lines: Lines) -> None:
    """Libraries stay at `info` even then: at `debug` they write requests."""
    log("worker.thought", level="debug")
    assert lines() == []
    lines.configure("debug")
    log("worker.thought", level="debug")
    logging.getLogger("aiokafka.conn").debug("Request %s", MEMBER)
    assert [line["event"] for line in lines()] == ["worker.thought"]
    lines.configure("error")
    logging.getLogger("aiokafka").warning("hm")
    log("worker.warned", level="warning")
    assert lines() == []


def test_a_library_is_heard_without_what_may_be_a_record(lines: Lines) -> None:
    """Words, numbers and lists of them are topics and offsets; the rest is a class."""

    @dataclass
    class Event:
        value: str

    lines.configure("info")  # without the handlers of pytest, which cannot write %d of text
    logger = logging.getLogger("aiokafka.consumer")
    logger.info("Assigned %s to %s at %d, %.1f", [("claims-submitted", 3)], "group-a", 7, 0.5)
    logger.info("Event %r of %s: %s", Event(MEMBER), MEMBER, {"a": MEMBER})
    logger.info("%(topic)s", {"topic": "claims-clean"})
    logger.info("%d", Event(MEMBER))
    logger.info(Event(MEMBER))
    assert [(line["logger"], line["message"]) for line in lines()] == [
        ("aiokafka.consumer", "Assigned [[claims-submitted, 3]] to group-a at 7, 0.5"),
        ("aiokafka.consumer", "Event <Event> of <str>: <dict>"),
        ("aiokafka.consumer", "claims-clean"),
        ("aiokafka.consumer", "%d"),
        ("aiokafka.consumer", "<Event>"),
    ]


@pytest.mark.parametrize("said", [MEMBER, ONE_WORD, 'it\'s "PAT"\nSAMPLE'])
def test_a_claim_value_in_an_exception_does_not_come_out(lines: Lines, said: str) -> None:
    """Not as argument, not with traceback, not in the text, not from its cause."""
    logger = logging.getLogger("faust")
    error = failed(ValueError(said))
    outer = RuntimeError("outer")
    outer.__cause__ = ExceptionGroup("several", [error])
    logger.error("Crashed: %r", error)
    logger.error("Crashed: %s", outer)
    logger.error(f"Crashed: {error}", exc_info=error)  # noqa: G004
    logger.error(f"Crashed: {error!r}", exc_info=outer)  # noqa: G004
    logger.error(f"Crashed: {error}", exc_info=outer)  # noqa: G004
    logger.error(f"exception={error!r}>")  # noqa: G004
    logger.error(error)
    logger.error("Crashed: %s", str(error), exc_info=error)
    try:
        raise error
    except ValueError as caught:
        logger.exception(f"Crashed: {caught}")  # noqa: G004, TRY401
        logger.error(f"Crashed: {caught}")  # noqa: G004, TRY400
    written = lines()
    assert len(written) == 10
    for line in written:
        for word in ("PAT", "SAMPLE", ONE_WORD):
            assert word not in json.dumps(line)
    assert written[0]["message"] == "Crashed: <ValueError>"
    assert written[2]["message"] == "Crashed: <ValueError>"
    assert written[2]["error"] == "ValueError"


@given(said=st.text(min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_an_exception_says_it_does_not_come_out(lines: Lines, said: str) -> None:
    """The same line as for one that says nothing else."""
    logger = logging.getLogger("mode")
    logger.error("Failed: %s, %r", ValueError(said), KeyError(said))
    (line,) = lines()
    assert line["message"] == "Failed: <ValueError>, <KeyError>"


def test_the_text_of_an_asyncio_task_does_not_come_out(lines: Lines) -> None:
    """Its line goes on with the repr of the task and of its exception."""
    told = f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{MEMBER}')>"
    logging.getLogger("asyncio").error(told)
    assert lines()[0]["message"] == "Task exception was never retrieved"


def test_an_exception_that_cannot_speak_is_no_trouble(lines: Lines) -> None:
    """Nothing of it, and nothing on standard error."""

    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError(MEMBER)

        __repr__ = __str__

    lines.configure("info")  # without the handlers of pytest
    logging.getLogger("mode").error("Crashed: %s", MuteError())
    logging.getLogger("mode").error(MuteError())
    assert [line["message"] for line in lines()] == ["Crashed: <MuteError>", "<MuteError>"]


def test_a_warning_is_heard_without_its_text(lines: Lines) -> None:
    """Serialisers quote values in their warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        lines.configure("info")  # pytest has its own way to hear warnings
        warnings.warn(MEMBER, stacklevel=1)
    (line,) = lines()
    assert (line["event"], line["error"]) == ("program.warned", "UserWarning")
    assert line["at"].startswith("tests/telemetry/test_log.py:")
    assert MEMBER not in json.dumps(line)


def test_uncaught_exceptions_are_events(lines: Lines) -> None:
    """In the main thread and in others; no traceback with the text on standard error."""

    def fail() -> None:
        raise ValueError(MEMBER)

    error = failed(ValueError(MEMBER))
    sys.excepthook(ValueError, error, error.__traceback__)
    threading.excepthook(threading.ExceptHookArgs([ValueError, error, None, None]))
    told = lines()
    assert [(line["event"], line["error"]) for line in told] == [
        ("process.uncaught", "ValueError"),
        ("thread.uncaught", "ValueError"),
    ]
    assert MEMBER not in json.dumps(told)


def test_a_line_that_cannot_be_written_is_lost_in_silence(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`logging` would print the arguments to standard error."""
    handler = logging.getLogger().handlers[0]

    class Full:
        def write(self, _text: str) -> None:
            raise OSError(28, MEMBER)

        def flush(self) -> None:
            """Nothing to do."""

    monkeypatch.setattr(handler, "stream", Full())
    log("worker.started")
    assert lines() == []
