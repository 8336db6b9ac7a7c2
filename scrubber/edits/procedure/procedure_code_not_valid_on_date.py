"""A procedure code was not in force on the service date."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.procedure._code_system import code_system
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.dated_codes import DatedCodeView


@line_edit(
    id="procedure-code-not-valid-on-date",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].service_from",
        "lines[].service_to",
        "payers[].filing_indicator",
        "type",
    ),
    data=("hcpcs", "ioce"),
    partial_data=True,
    status_code=("A7:454", "A7:187"),
    carc=("181",),
    source=(
        "Medicare Claims Processing Manual ch. 23 section 20 (no grace period since "
        "2005); I/OCE edits 6 and 124"
    ),
    checked=date(2026, 11, 24),
    message="Line {line}: {procedure} is not valid on {date} (valid {from} to {to}).",
    fix="Use the replacement code of that period.",
)
def procedure_code_not_valid_on_date(
    claim: Claim, line: Line, level_2: DatedCodeView | None, outpatient: DatedCodeView | None
) -> Verdict:
    """
    A procedure code was not in force on the service date.

    Codes begin and end on a day, without a grace period. The hospital table adds codes late,
    and private payers keep deleted ones: there a person looks.
    """
    system = code_system(line)
    if system not in ("hcpcs", "cpt"):
        return PASS
    if system == "hcpcs":
        if level_2 is None:
            return no_data("hcpcs", line.day)
        view, decides = level_2, claim.is_medicare
    elif outpatient is None:
        return no_data("ioce", line.day)
    else:
        view, decides = outpatient, claim.is_medicare and claim.type == "institutional"
    if view.status(line.procedure) != "other_dates":
        return PASS
    start, end = view.window(line.procedure)
    through = line.service_to or line.day
    if (start is None or start <= through) and (end is None or through <= end):
        return PASS
    return fail(
        line.at("procedure"),
        line,
        severity=None if decides else "review",
        line=line.number,
        procedure=line.procedure,
        date=line.day,
        to=end or "open",
        from_=start or "open",
    )
