"""What the stream knows of a patient's earlier claims when a new one arrives."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    An earlier claim that went out clean, or that a person released.

    `keys` are the duplicate keys of its lines (professional) or of the claim (institutional):
    digests that equal those of an identical line or claim, and say nothing else.
    """

    submission_id: str
    outcome_id: str
    received: date
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Prior:
    """
    The history of one patient, without the claim at hand.

    `since` is the first date of service that the history covers. `answered` maps a submission id
    that was answered before to its outcome id.
    """

    since: date
    accepted: tuple[Accepted, ...]
    answered: dict[str, str]
