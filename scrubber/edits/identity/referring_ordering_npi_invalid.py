"""The NPI of a referring, ordering or supervising provider."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.identity._providers import named, shown_fault
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

FIELDS = ("referring_provider", "ordering_provider", "supervising_provider")


@claim_edit(
    id="referring-ordering-npi-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "referring_provider.npi",
        "ordering_provider.npi",
        "lines[].ordering_provider.npi",
        "supervising_provider.npi",
    ),
    status_code=("A7:562:DN", "A7:562:DK", "A7:562:DQ"),
    source="837P 2310A/2310D/2420E NM109",
    checked=date(2026, 11, 26),
    message="The {role} NPI {value} is not a valid NPI.",
    fix="Correct the NPI; it must be the individual's NPI, not the group's.",
)
def referring_ordering_npi_invalid(claim: Claim) -> Verdict:
    """
    A referring, ordering or supervising NPI fails the check digit.

    Medicare takes none of them without an NPI. For other payers its absence is a note: a person
    who is not eligible for an NPI, or works abroad, has none.

    Not checked here: a service that names nobody who ordered it (`ordering-provider-missing`).
    """
    complaints: list[Fail] = []
    for role, at, provider, lines in named(claim, FIELDS, ("ordering_provider",)):
        if found := shown_fault(provider):
            severity: Severity | None = None if provider.npi or claim.is_medicare else "warn"
            complaints.append(fail(f"{at}/npi", *lines, severity=severity, role=role, value=found))
    return several(complaints)
