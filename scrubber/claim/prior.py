"""What the edits read of a patient's earlier claims when a new one arrives."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from scrubber.claim.history import (
    ACCEPTED,
    VOID,
    PastClaim,
    PastLine,
    PatientHistory,
    RejectedClaim,
    digest,
    superseded,
)


# The claims of a day are judged by the same versions.
@lru_cache(maxsize=256)
def _editions(versions: bytes) -> bytes:
    return digest(versions)


class Service(NamedTuple):
    """A line of an earlier claim, with its claim."""

    claim: PastClaim
    line: PastLine


@dataclass(frozen=True, eq=False)
class Prior:
    """
    The history of one patient, read for one claim.

    `since` is the first date of service that the history covers. `without` is the submission at
    hand where it comes again with a person's correction, and so is no repeat of itself. `editions`
    digests the versions that the claim at hand is judged by, as soon as they are known.
    """

    history: PatientHistory
    since: date
    without: str = ""
    editions: bytes = b""

    def judged_by(self, versions: bytes) -> "Prior":
        """Return the same history for a claim that is judged by these versions."""
        return Prior(self.history, self.since, self.without, _editions(versions))

    @cached_property
    def accepted(self) -> tuple[PastClaim, ...]:
        """
        The claims that count: out to the payer, and neither replaced nor voided since.

        A void is none of them.
        """
        claims = self.history.claims
        ended = superseded(claims)
        return tuple(
            [
                one
                for one in claims
                if one.state == ACCEPTED
                and one.frequency != VOID
                and one.submission_id not in ended
                and one.submission_id != self.without
            ]
        )

    def overlapping(self, first: int, last: int) -> list[PastClaim]:
        """Return the claims that count and have a day in common with these, the latest last."""
        found = self._overlapping.get((first, last))
        if found is None:
            found = [one for one in self.accepted if one.first <= last and first <= one.last]
            self._overlapping[first, last] = found
        return found

    @cached_property
    def _overlapping(self) -> dict[tuple[int, int], list[PastClaim]]:
        return {}  # the lines of a claim mostly have the same days

    @property
    def rejected(self) -> tuple[RejectedClaim, ...]:
        """The claims that were rejected or returned."""
        return tuple([one for one in self.history.rejected if one.submission_id != self.without])
