"""What a reviewer is told besides the findings: why, how urgent, how much is at stake, by when."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from scrubber.claim.model import Claim
from scrubber.edits.results import Failures
from scrubber.edits.verdict import Severity

PAID_PER_CHARGED = Decimal(
    "0.45"
)  # share of a charge that payers pay, until a payer's own is known
DENIAL_PRIOR = {"reject": Decimal("0.60"), "review": Decimal("0.30"), "warn": Decimal("0.05")}
OVERSIGHT_PRIOR = Decimal("0.05")
CENT, PERCENT_OF_PERCENT = Decimal("0.01"), Decimal("0.0001")
PRIORITIES = ((Decimal(5000), 1), (Decimal(1000), 2), (Decimal(200), 3), (Decimal(25), 4))
LOWEST_PRIORITY = 5
SAMPLE_PRIORITY = 4
SAMPLE_EDIT = "ai-qa-sample-selected"
#: Drawn or on trial, not suspected: these say little about a denial.
OVERSIGHT_EDITS = frozenset((SAMPLE_EDIT, "ai-canary-version-review", "ai-circuit-breaker-open"))

#: Queue and its service hours, by the family of the worst finding.
QUEUES = {
    "coverage": ("medical-necessity", 72),
    "diagnosis": ("coding", 24),
    "procedure": ("coding", 24),
    "ncci": ("coding", 24),
    "institutional": ("coding", 24),
    "ai_oversight": ("ai-oversight", 120),
    "lifecycle": ("billing", 24),
}
OTHER_QUEUE = ("billing", 24)


def review_block(claim: Claim, submitted_at: datetime, failures: list[Failures]) -> dict[str, Any]:
    """
    Return the outcome's `review`: everything in it follows from the claim and its findings.

    `dollars_at_risk` is the charge of the lines with a review finding, or the claim's total when
    one is about the whole claim; `expected_loss` weighs it with the chance of a denial.
    """
    reviews = [one for one in failures if one.severity == "review"]
    reasons = sorted({one.edit.id for one in reviews})
    dollars = _dollars(claim, reviews)
    chance = _denial_chance(frozenset([(one.edit.id, one.severity) for one in failures]))
    loss = (dollars * PAID_PER_CHARGED * chance).quantize(CENT, ROUND_HALF_UP)
    sample = next((one for one in reviews if one.edit.id == SAMPLE_EDIT), None)
    queue, hours = min(
        (QUEUES.get(one.edit.family, OTHER_QUEUE) for one in reviews),
        key=lambda place: (place[1], place[0]),
    )
    return {
        "reasons": reasons,
        "priority": _priority(loss, sample=sample is not None),
        "dollars_at_risk": str(dollars),
        "expected_loss": str(loss),
        "denial_probability": float(chance.quantize(PERCENT_OF_PERCENT, ROUND_HALF_UP)),
        "queue": queue,
        "due_at": (submitted_at + timedelta(hours=hours)).isoformat().replace("+00:00", "Z"),
        "sample": sample is not None,
        **({} if sample is None else {"sampling": _sampling(sample)}),
    }


def _sampling(sample: Failures) -> dict[str, Any]:
    """Return how the claim came to be drawn; who estimates from it needs the rate."""
    drawn = sample.found[0].evidence
    parts = {name: str(drawn[name]) for name in ("stratum", "period", "plan")}
    return parts | {"rate": float(str(drawn["rate"]))}


def _dollars(claim: Claim, reviews: list[Failures]) -> Decimal:
    numbers: set[int] = set()
    for one in reviews:
        for failure in one.found:
            if not failure.lines:
                return claim.total_charge or Decimal(0)
            numbers.update(failure.lines)
    charges = (line.charge for line in claim.lines if line.number in numbers)
    return sum((charge for charge in charges if charge), Decimal(0))


# Few sets of findings for many claims.
@lru_cache(maxsize=4096)
def _denial_chance(found: frozenset[tuple[str, Severity]]) -> Decimal:
    """Return the chance of a denial, by the edits with findings and their severities."""
    kept = Decimal(1)
    worst: dict[str, Decimal] = {}
    for edit_id, severity in found:
        prior = DENIAL_PRIOR.get(severity, Decimal(0))
        if edit_id in OVERSIGHT_EDITS:
            prior = OVERSIGHT_PRIOR
        worst[edit_id] = max(worst.get(edit_id, Decimal(0)), prior)
    for edit_id in sorted(worst):
        kept *= 1 - worst[edit_id]
    return 1 - kept


def _priority(loss: Decimal, *, sample: bool) -> int:
    priority = next((rank for limit, rank in PRIORITIES if loss >= limit), LOWEST_PRIORITY)
    return min(priority, SAMPLE_PRIORITY) if sample else priority
