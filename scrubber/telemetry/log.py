"""
One JSON line an event on standard output, without a word of a claim.

Our own lines hold the fields of one list, each in its shape; anything else is dropped and counted.
Lines of libraries hold level, logger and what is left of the message without exception texts and
`repr`s: either may quote a record.
"""

import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import orjson

from scrubber.telemetry.metrics import DROPPED_FIELDS

_OWN = logging.getLogger("scrubber")
_FIELDS = "scrubber_fields"
_EVENT = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+")
_WORD = re.compile(r"[!-~]{1,249}")  # as long as a topic's name; a submission id has at most 128
_CLOSED = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CALL = re.compile(r"(\w+(?:Error|Exception|Exit|Interrupt))\(.*", re.DOTALL)
_LINE_CHARACTERS = 500
_ITEMS = 100


def _word(value: object) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _closed_word(value: object) -> bool:
    return isinstance(value, str) and _CLOSED.fullmatch(value) is not None


def _class_name(value: object) -> bool:
    return isinstance(value, str) and _CLASS.fullmatch(value) is not None


def _number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 2**63  # nan is not, inf neither


def _numbers(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_number, value))


def _sentence(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LINE_CHARACTERS and value.isprintable()


FIELDS: dict[str, Callable[[object], bool]] = {
    # words
    "app_id": _word,
    "at": _word,
    "disposition": _closed_word,
    "edit": _closed_word,
    "error": _class_name,
    "error_type": _closed_word,
    "host": _word,
    "input_topic": _word,
    "instance_id": _word,
    "kind": _closed_word,
    "reason": _closed_word,
    "result": _closed_word,
    "signal": _word,
    "state": _closed_word,
    "submission_id": _word,
    "topic": _word,
    "transactional_id": _word,
    "version": _word,
    # numbers
    "age_seconds": _number,
    "bytes": _number,
    "changelog": _number,
    "committed": _number,
    "count": _number,
    "exit_code": _number,
    "generation": _number,
    "keys": _number,
    "lag": _number,
    "offset": _number,
    "partition": _number,
    "partitions": _numbers,
    "port": _number,
    "position": _number,
    "records": _number,
    "seconds": _number,
    "starts": _number,
    "task": _number,
    "tasks": _number,
    # a sentence about settings, topics or brokers, never about a record
    "problem": _sentence,
}


def log(event: str, *, level: str = "info", **fields: object) -> None:
    """
    Write one event, named as `claim.dead_lettered`.

    An exception given as `error` is written as its class and the place that raised it.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    if not _OWN.isEnabledFor(number):
        return
    if isinstance(error := fields.get("error"), BaseException):
        fields |= _of_exception(error)
    kept = {name: value for name, value in fields.items() if name in FIELDS and FIELDS[name](value)}
    dropped = len(fields) - len(kept)
    if not _EVENT.fullmatch(event):
        event, dropped = "log.event_misnamed", dropped + 1
    if dropped:
        DROPPED_FIELDS.inc(dropped)
    _OWN.log(number, event, extra={_FIELDS: kept})


def configure(level: str) -> None:
    """
    Send every logger of the process, warnings and uncaught exceptions through the one format.

    Libraries are heard from `info` on: at `debug` they write requests and records.
    """
    handler = _Handler(sys.stdout)
    handler.setFormatter(_Formatter())
    number = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
    _OWN.setLevel(number)
    warnings.showwarning = _warned
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    log("process.uncaught", level="critical", error=error)


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    log("thread.uncaught", level="critical", error=told.exc_value or told.exc_type.__name__)


def _warned(
    message: Warning | str,  # noqa: ARG001 (the signature is that of warnings.showwarning)
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    log("program.warned", level="warning", error=category.__name__, at=_place(filename, lineno))


class _Handler(logging.StreamHandler[Any]):
    """A line that cannot be written is lost; `logging` would print its arguments to stderr."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Say nothing."""


class _Text(str):
    """Looks the same for %s and %r."""

    __slots__ = ()
    __repr__ = str.__str__


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
        }
        own: dict[str, object] | None = getattr(record, _FIELDS, None)
        if own is not None:
            line |= {"event": record.msg} | own
        else:
            line |= {"event": "library.said", "logger": record.name, "message": _message(record)}
            error = record.exc_info[1] if record.exc_info else None
            if error is not None:
                line |= _of_exception(error)
        return orjson.dumps(line).decode()


def _of_exception(error: BaseException) -> dict[str, object]:
    """Return class and place: file and line are of a program, the text may be of a claim."""
    trace = error.__traceback__
    found: dict[str, object] = {"error": type(error).__name__}
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        found["at"] = _place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return found


def _place(file: str, line: int) -> str:
    return f"{'/'.join(PurePath(file).parts[-3:])}:{line}".replace(" ", "_")


def _message(record: logging.LogRecord) -> str:
    """Return a library's message: the template, with arguments that cannot quote a record."""
    given = record.args or ()
    values = list(given.values()) if isinstance(given, Mapping) else list(given)
    known = [record.msg, *values, sys.exception(), record.exc_info and record.exc_info[1]]
    errors = [one for one in known if isinstance(one, BaseException)]
    shown = [_safe(value, errors) for value in values]
    text = record.msg if isinstance(record.msg, str) else _shown(record.msg)
    if not values:
        text = _without(text, errors)  # it may be an f-string
    elif isinstance(given, Mapping):
        with suppress(TypeError, ValueError, KeyError):
            text %= dict(zip(given, shown, strict=True))
    else:
        with suppress(TypeError, ValueError):  # %d of text: the template alone
            text %= tuple(shown)
    # asyncio's lines go on with the repr of tasks and futures.
    text = _CALL.sub(r"\1", text.partition("\n")[0])
    return text[:_LINE_CHARACTERS].encode("utf-8", "replace").decode()


def _safe(value: object, errors: list[BaseException]) -> object:
    """Return a number as it is, and the rest as text that cannot quote a record."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str | list | tuple | set | frozenset):
        return _Text(_without(_shown(value), errors))
    return _Text(_shown(value))


def _shown(value: object) -> str:
    """Return words as they are, containers of words and numbers too, a class name otherwise."""
    if _word(value) or isinstance(value, int | float):
        return str(value)
    if isinstance(value, type):  # aiokafka names an error by its class
        return value.__name__
    if isinstance(value, list | tuple | set | frozenset) and len(value) <= _ITEMS:
        return f"[{', '.join(map(_shown, value))}]"  # topics and partitions
    return f"<{type(value).__name__}>"


def _without(text: str, errors: list[BaseException]) -> str:
    """Return the text without what the exceptions and their causes say."""
    seen: set[int] = set()
    for one in (one for error in errors for one in _chain(error, seen)):
        for said in sorted(_texts(one), key=len, reverse=True):
            text = text.replace(said, f"<{type(one).__name__}>")
    return text


def _texts(error: BaseException) -> set[str]:
    said: set[str] = set()
    for show in (str, repr):
        for part in (error, *error.args):
            try:
                said.add(show(part))
            except Exception:  # noqa: BLE001, S112 (somebody else's __str__)
                continue
    return said - {"", "''", "()", "None", f"{type(error).__name__}()"}


def _chain(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for cause in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        yield from _chain(cause, seen)
