"""The NPI of an attending or operating provider, or of a service facility."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.identity._providers import named, shown_fault
from scrubber.edits.verdict import Fail, Severity, Verdict, fail, several

FIELDS = ("attending_provider", "operating_provider", "service_facility")


@claim_edit(
    id="facility-provider-npi-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("attending_provider.npi", "operating_provider.npi", "service_facility.npi"),
    status_code=("A7:562:71", "A7:562:72", "A7:562:77"),
    source="837I 2310A/2310B NM109; 837P 2310C NM109",
    checked=date(2026, 11, 26),
    message="The {role} NPI {value} is not a valid NPI.",
    fix="Correct the NPI.",
)
def facility_provider_npi_invalid(claim: Claim) -> Verdict:
    """
    An attending, operating or service facility NPI fails the check digit.

    An operating provider without NPI is for a person to look at. A place that is no provider
    (a home, a school) has none.

    Not checked here: an attending provider without NPI (`attending-provider-missing`).
    """
    complaints: list[Fail] = []
    for role, at, provider, _ in named(claim, FIELDS):
        if (found := shown_fault(provider)) and (provider.npi or role == "operating"):
            severity: Severity | None = None if provider.npi else "review"
            complaints.append(fail(f"{at}/npi", severity=severity, role=role, value=found))
    return several(complaints)
