"""Which earlier claims a claim is held against, and whose global period it falls into."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from scrubber.claim.history import (
    REPLACEMENT,
    VOID,
    PastClaim,
    PastLine,
    digest_of,
    uncached_digest,
    who_rendered,
)
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.verdict import (
    PASS,
    Bypassed,
    Fail,
    NoData,
    Verdict,
    no_data,
    several,
)
from scrubber.reference.fee_schedule import FeeScheduleView

HISTORY = "claims-history"
FEE_SCHEDULE = "pprrvu"
#: Days after the surgery that belong to it.
PERIODS = {"010": 10, "090": 90}
LONGEST_PERIOD = 90

T = TypeVar("T")


class Surgery(NamedTuple):
    """An earlier surgery of the same provider, and the day of its global period (from 1)."""

    line: PastLine
    glob_days: str
    day: int


def corrects(claim: Claim) -> bool:
    """Tell whether the claim replaces or voids another."""
    return claim.claim_frequency_code in (REPLACEMENT, VOID)


def others(claim: Claim, prior: Prior) -> Iterator[PastClaim]:
    """Yield the claims that count, without the one at hand and without the one that it corrects."""
    corrected = corrects(claim)
    number = uncached_digest(claim.payer_claim_control_number) if corrected else b""
    control = uncached_digest(claim.patient_control_number) if corrected else b""
    for earlier in prior.accepted:
        if earlier.submission_id == claim.submission_id:
            continue
        # The payer's number may not be known here yet; the provider's own says it as well.
        if corrected and (number in earlier.numbers or earlier.control == control):
            continue
        yield earlier


def each(
    claim: Claim,
    prior: Prior | None,
    concerned: Sequence[T],
    said_of: Callable[[T, Prior], Iterable[Fail | Bypassed | NoData]],
) -> Verdict:
    """Return what is said of each one; of a void nothing, without a history that it is missing."""
    if not concerned or claim.claim_frequency_code == VOID:
        return PASS
    if prior is None:
        return no_data(HISTORY, claim.day)
    return several([said for one in concerned for said in said_of(one, prior)])


def same_provider(
    claim: Claim, own: tuple[bytes, bytes], earlier: PastClaim, past: PastLine
) -> bool:
    """Tell whether one provider rendered both, or two of one group and specialty."""
    provider, specialty = own
    if provider == past.provider != b"":
        return True
    group = digest_of(claim.billing_provider.tax_id)
    return group == earlier.group != b"" and specialty == past.specialty != b""


def surgeries_before(
    claim: Claim, line: Line, prior: Prior, table: FeeScheduleView | None
) -> Iterator[Surgery | NoData]:
    """Yield the surgeries whose global period holds the line, the latest first."""
    if line.service_from is None or not prior.accepted:
        return
    if table is None:
        yield no_data(FEE_SCHEDULE, line.day)
        return
    today = line.service_from.toordinal()
    own = who_rendered(claim, line)
    found: list[Surgery | NoData] = []
    for earlier in others(claim, prior):
        for past in earlier.lines:
            day = today - past.first
            if not (0 < day <= LONGEST_PERIOD and past.procedure):
                continue
            if earlier.type != "professional" or not same_provider(claim, own, earlier, past):
                continue
            glob_days = table.glob_days(past.procedure, past.first)
            if glob_days is None:
                found.append(no_data(FEE_SCHEDULE, line.service_from.fromordinal(past.first)))
            elif day <= PERIODS.get(glob_days, 0):
                found.append(Surgery(past, glob_days, day))
    yield from sorted(found, key=lambda one: one.day if isinstance(one, Surgery) else today)
