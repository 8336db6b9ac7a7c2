"""A drug line has no NDC where the payer wants one."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data

MEDICAID = "MC"


class NdcRule(Params):
    """Whether the payer wants to know the package of a drug."""

    ndc_required: bool | None = None
    """`None` while no pack says it."""
    drug_prefixes: tuple[str, ...] = ("J",)
    """The beginnings of the codes that are drugs."""


@line_edit(
    id="ndc-missing",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].charge",
        "lines[].ndc.code",
        "payers[].filing_indicator",
        "payers[].payer_id",
        "type_of_bill",
    ),
    params=NdcRule(),
    status_code=("A6:218",),
    carc=("16",),
    source="42 CFR 447.520; 837P/837I 2410 LIN",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} needs an NDC for payer {payer_id}.",
    fix="Add the NDC from the package used, with quantity and unit.",
)
def ndc_missing(claim: Claim, line: Line, params: NdcRule) -> Verdict:
    """
    A drug line has no NDC where the payer wants one.

    Medicaid programs collect rebates by package, and other payers price by it; a payer's pack says
    who wants the NDC. Programs exempt vaccines and discounted stock, so without a pack a Medicaid
    line goes to a person.
    """
    if not line.procedure.startswith(params.drug_prefixes) or claim.is_inpatient:
        return PASS
    if not line.charge or line.charge < 0 or (line.ndc is not None and line.ndc.code):
        return PASS
    required = params.ndc_required
    if required is None:
        if claim.destination.filing_indicator != MEDICAID:
            return no_data("payer-profile", line.day)
    elif not required:
        return PASS
    return fail(
        line.at("ndc/code"),
        line,
        severity=None if required else "review",
        line=line.number,
        procedure=line.procedure,
        payer_id=claim.destination.payer_id or "the payer",
    )
