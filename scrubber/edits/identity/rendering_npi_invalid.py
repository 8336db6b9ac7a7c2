"""A rendering provider NPI fails the check digit or is missing."""

from datetime import date

from scrubber.claim.model import NO_PROVIDER, Claim
from scrubber.claim.npi import npi_fault
from scrubber.contracts.claim import Provider
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Severity, Verdict, fail


def _fault(provider: Provider) -> str:
    """Return what to show of an NPI that is not valid, `""` for a valid one."""
    if not provider.npi:
        return "missing"
    return provider.npi if npi_fault(provider.npi) else ""


def _severity(claim: Claim, provider: Provider) -> Severity | None:
    return None if provider.npi or claim.is_medicare else "review"


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
    complaints = []
    rendering = claim.rendering_provider
    if rendering is not NO_PROVIDER and (found := _fault(rendering)):
        complaints.append(
            fail(
                "/rendering_provider/npi",
                severity=_severity(claim, rendering),
                value=found,
                where="the claim",
            )
        )
    for line in claim.lines:
        own = line.rendering_provider
        if own is not NO_PROVIDER and (found := _fault(own)):
            complaints.append(
                fail(
                    line.at("rendering_provider/npi"),
                    line,
                    severity=_severity(claim, own),
                    value=found,
                    where=f"line {line.number}",
                )
            )
    return tuple(complaints) or PASS
