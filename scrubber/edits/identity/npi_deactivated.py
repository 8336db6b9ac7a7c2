"""NPIs that were switched off."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.claim.npi import npi_fault
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.identity._providers import last_day, named
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several
from scrubber.reference.npi_register import NpiView

FIELDS = ("billing_provider", "rendering_provider", "attending_provider")


@claim_edit(
    id="npi-deactivated",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=(
        "billing_provider.npi",
        "rendering_provider.npi",
        "lines[].rendering_provider.npi",
        "attending_provider.npi",
        "lines[].service_from",
    ),
    data=("nppes",),
    status_code=("A7:562:85",),
    carc=("208",),
    source="45 CFR 162.410; NPPES data dissemination",
    checked=date(2026, 11, 26),
    message="NPI {npi} ({role}) was deactivated on {date}, before service date {service_date}.",
    fix="Check the NPI in NPPES; bill under the active NPI.",
)
def npi_deactivated(claim: Claim, register: NpiView) -> Verdict:
    """
    An NPI was not active on the service date.

    The last day of service counts, and a number that was switched on again by then is active.
    A number that the register lacks may be younger than it: nobody can tell.

    Not checked here: a number that is no NPI (`billing-npi-invalid`, `rendering-npi-invalid`).
    """
    said: list[Fail | NoData] = []
    for role, at, provider, lines in named(claim, FIELDS, FIELDS[1:2]):
        npi = provider.npi
        if npi_fault(npi):
            continue
        found = register.find(npi)
        if found is None:
            said.append(no_data("nppes", claim.day))
        elif found.deactivated is not None and found.is_off(day := last_day(claim)):
            said.append(
                fail(
                    f"{at}/npi",
                    *lines,
                    npi=npi,
                    role=role,
                    date=found.deactivated,
                    service_date=day,
                )
            )
    return several(said)
