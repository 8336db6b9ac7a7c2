"""Findings to a disposition: any reject rejects, else any review holds, else the claim is clean."""

from collections.abc import Iterable
from typing import Literal

from scrubber.edits.results import Said
from scrubber.edits.verdict import Fail

Disposition = Literal["clean", "rejected", "review"]


def decide(said: Iterable[Said]) -> Disposition:
    """Return where the claim goes; warn and info findings travel along and decide nothing."""
    severities = {one.severity for one in said if one.verdict.__class__ is Fail}
    if "reject" in severities:
        return "rejected"
    return "review" if "review" in severities else "clean"


def holding(said: Iterable[Said], disposition: Disposition) -> tuple[str, ...]:
    """Return the ids of the edits that hold a claim back; none hold a clean one."""
    if disposition == "clean":
        return ()
    severity = "reject" if disposition == "rejected" else "review"
    ids = {
        one.edit.id for one in said if one.severity == severity and isinstance(one.verdict, Fail)
    }
    return tuple(sorted(ids))
