"""What an edit may say: pass, fail, bypassed, no data."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from scrubber.claim.model import Line

Severity = Literal["reject", "review", "warn", "info"]
Evidence = str | int | Decimal | date | tuple[str, ...]


class Pass:
    """Nothing to complain of, or the edit does not concern this claim; there is only `PASS`."""

    __slots__ = ()


class Fail:
    """
    One complaint: where (JSON Pointer), which lines, with which evidence.

    `severity` is set only where the rule gives this one complaint another severity than the
    edit's. `written` is the finding that was made of it: many claims may share a complaint.
    """

    __slots__ = ("at", "evidence", "lines", "severity", "written")

    def __init__(
        self,
        at: str,
        lines: tuple[int, ...],
        severity: Severity | None,
        evidence: dict[str, Evidence],
    ) -> None:
        """Keep the parts."""
        self.at = at
        self.lines = lines
        self.severity = severity
        self.evidence = evidence
        self.written: Any = None


class Bypassed:
    """It would have failed, but a named modifier or condition allows it."""

    __slots__ = ("lines", "reason")

    def __init__(self, reason: str, lines: tuple[int, ...]) -> None:
        """Keep the parts; the reason holds codes and line numbers, never patient data."""
        self.reason = reason
        self.lines = lines


class NoData:
    """The question could not be answered without a table `kind` that answers for `day`."""

    __slots__ = ("day", "kind")

    def __init__(self, kind: str, day: date) -> None:
        """Keep the parts."""
        self.kind = kind
        self.day = day

    @property
    def needs(self) -> str:
        """What is missing, as outcomes name it."""
        return f"{self.kind}@{self.day.isoformat()}"


Verdict = Pass | Fail | Bypassed | NoData | tuple["Fail | Bypassed | NoData", ...]

PASS = Pass()


def fail(
    at: str,
    *lines: Line,
    severity: Severity | None = None,
    **evidence: Evidence,
) -> Fail:
    """
    Return a complaint about the value at the JSON Pointer `at`, concerning `lines`.

    A key that Python keeps for itself is written with an underscore: `from_`.
    """
    named = {key.rstrip("_"): value for key, value in evidence.items()}
    return Fail(at, tuple(line.number for line in lines), severity, named)


def several(complaints: Iterable[Fail | Bypassed | NoData]) -> Verdict:
    """Return the complaints as one verdict; none of them is a pass."""
    return tuple(complaints) or PASS


def bypassed(reason: str, *lines: Line) -> Bypassed:
    """Return that the defect is there and `reason` allows it."""
    return Bypassed(reason, tuple(line.number for line in lines))


# The claims of a day lack the same tables again and again. Nobody changes the answer.
@lru_cache(maxsize=4096)
def no_data(kind: str, day: date) -> NoData:
    """Return that the edit needs a table `kind` that answers for `day`."""
    return NoData(kind, day)
