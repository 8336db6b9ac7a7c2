"""The NDC does not belong to the drug code."""

import re
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.ndc_crosswalk import NdcView

NDC = re.compile("[0-9]{11}")
CROSSWALK = "ndc-crosswalk"


@line_edit(
    id="ndc-procedure-mismatch",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].ndc.code", "lines[].service_from"),
    data=("ndc-crosswalk",),
    partial_data=True,
    status_code=("A8:218", "A8:507"),
    carc=("16",),
    source="CMS ASP NDC to HCPCS crosswalk",
    checked=date(2026, 11, 26),
    message="Line {line}: NDC {ndc} belongs to {expected}, not {procedure}.",
    fix="Correct the NDC or the drug code.",
    when=("line.ndc",),
)
def ndc_procedure_mismatch(_claim: Claim, line: Line, table: NdcView | None) -> Verdict:
    """
    The NDC does not belong to the drug code.

    CMS lists which packages are billed under which code, each quarter anew. It knows the drugs of
    Part B alone: a package that it does not list may be any drug.

    Not checked here: an NDC of another form (`ndc-format-invalid`).
    """
    if line.ndc is None or not line.procedure:
        return PASS
    ndc = line.ndc.code.replace("-", "")
    if not NDC.fullmatch(ndc):
        return PASS
    expected = table.codes(ndc) if table else ()
    if not expected:
        return no_data(CROSSWALK, line.day)
    if line.procedure in expected:
        return PASS
    return fail(
        line.at("ndc/code"),
        line,
        line=line.number,
        ndc=ndc,
        expected=expected,
        procedure=line.procedure,
    )
