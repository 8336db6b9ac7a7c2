"""What the edits of one claim have said: the engine's result, and what a closing edit reads."""

from typing import NamedTuple

from scrubber.edits.edit import Edit
from scrubber.edits.verdict import Bypassed, Fail, NoData, Severity


class Said(NamedTuple):
    """One complaint of one edit, with the severity it has here."""

    edit: Edit
    severity: Severity
    verdict: Fail | Bypassed | NoData


class Results:
    """
    Everything that the edits said of one claim; what passed is only counted.

    `ran` are the ids of the edits that were asked, those without data included.
    """

    __slots__ = ("ran", "said")

    def __init__(self, said: list[Said], ran: frozenset[str]) -> None:
        """Keep the parts."""
        self.said = said
        self.ran = ran
