"""Findings to a disposition: any reject rejects, else any review holds, else the claim is clean."""

from collections.abc import Iterable
from typing import Literal

from scrubber.edits.results import Failures

Disposition = Literal["clean", "rejected", "review"]


def decide(failures: Iterable[Failures]) -> Disposition:
    """Return where the claim goes; warn and info findings travel along and decide nothing."""
    severities = {one.severity for one in failures}
    if "reject" in severities:
        return "rejected"
    return "review" if "review" in severities else "clean"


def holding(failures: Iterable[Failures], disposition: Disposition) -> tuple[str, ...]:
    """Return the ids of the edits that hold a claim back; none hold a clean one."""
    if disposition == "clean":
        return ()
    severity = "reject" if disposition == "rejected" else "review"
    return tuple(sorted({one.edit.id for one in failures if one.severity == severity}))
