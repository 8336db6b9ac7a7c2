"""A service date lies after the patient died."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, bypassed, fail

RENTAL = "RR"


class AfterDeath(Params):
    """What a payer pays for after a death."""

    procedures: tuple[str, ...] = ()
    """Codes of services to the dead: post-mortem examinations, recovery of organs."""
    rental_to_month_end: bool = False
    """Rented equipment (modifier RR) is paid to the end of the month of death."""


@line_edit(
    id="service-after-death",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "patient.death_date",
        "payers[].subscriber.death_date",
        "payers[].relationship",
        "lines[].service_from",
    ),
    can_bypass=True,
    params=AfterDeath(),
    status_code=("A8:187",),
    carc=("13",),
    source="CARC 13; 837P 2000B/2000C PAT06",
    checked=date(2026, 11, 26),
    message="Line {line} is dated after the patient's death.",
    fix="Check that the claim is filed for the right patient and date.",
)
def service_after_death(claim: Claim, line: Line, params: AfterDeath) -> Verdict:
    """
    A service date lies after the patient died.

    The claim may be another patient's, or the date mistyped. Payers pay for few things after a
    death; their packs name them.
    """
    died = claim.patient.death_date
    if died is None or line.service_from is None or line.service_from <= died:
        return PASS
    if line.procedure in params.procedures:
        return bypassed(f"{line.procedure} is a service after death", line)
    if (
        params.rental_to_month_end
        and RENTAL in line.modifiers
        and (line.service_from.year, line.service_from.month) == (died.year, died.month)
    ):
        return bypassed("the rental is paid to the end of the month", line)
    return fail(line.at("service_from"), line, line=line.number)
