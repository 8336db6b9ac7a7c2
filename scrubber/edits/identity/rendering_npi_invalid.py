"""A rendering provider NPI fails the check digit or is missing."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._providers import named, shown_fault
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

FIELDS = ("rendering_provider",)


@claim_edit(
    id="rendering-npi-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("rendering_provider.npi", "lines[].rendering_provider.npi"),
    status_code=("A7:562:82",),
    carc=("207",),
    source="837P 2310B NM109, 2420A NM109",
    checked=date(2026, 11, 24),
    message="Rendering NPI {value} on {where} is not a valid NPI.",
    fix="Correct the NPI of the person who performed the service.",
)
def rendering_npi_invalid(claim: Claim) -> Verdict:
    """
    A rendering provider NPI fails the check digit or is missing.

    A line may name its own rendering provider, which then counts for that line; the claim's is
    looked at once. A person who is not eligible for an NPI may be named without one, but not to
    Medicare.
    """
    complaints: list[Fail] = []
    for _, at, provider, lines in named(claim, FIELDS, FIELDS):
        if found := shown_fault(provider):
            severity: Severity | None = None if provider.npi or claim.is_medicare else "review"
            where = f"line {lines[0].number}" if lines else "the claim"
            complaints.append(
                fail(f"{at}/npi", *lines, severity=severity, value=found, where=where)
            )
    return several(complaints)
