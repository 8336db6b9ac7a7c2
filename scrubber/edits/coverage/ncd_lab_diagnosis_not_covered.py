"""A laboratory test with a national diagnosis list has no listed diagnosis."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.coverage._articles import SHOWN, diagnoses_of, notice_on
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several
from scrubber.reference.lab_ncd import LabNcdView


@line_edit(
    id="ncd-lab-diagnosis-not-covered",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].diagnosis_pointers",
        "diagnoses[].code",
        "lines[].service_from",
        "payers[].filing_indicator",
    ),
    data=("lab-ncd",),
    can_bypass=True,
    carc=("50",),
    source="Medicare NCD Manual ch. 1 part 3 sections 190.12 to 190.34",
    checked=date(2026, 11, 26),
    message=("Line {line}: no diagnosis on the claim is covered for {procedure} under NCD {ncd}."),
    fix="Check the order for the covered reason; otherwise use the notice modifiers.",
    when=("claim.is_medicare",),
)
def ncd_lab_diagnosis_not_covered(claim: Claim, line: Line, table: LabNcdView) -> Verdict:
    """
    A laboratory test with a national diagnosis list has no listed diagnosis.

    For some tests Medicare lists the diagnoses that support them, for some those that do not, and
    for some both; the lists hold in every state and change each quarter.
    """
    if not claim.is_medicare or not table.lists(line.procedure):
        return PASS
    codes = diagnoses_of(claim, line)
    return several(
        notice_on(line)
        or fail(
            line.at("procedure"),
            line,
            line=line.number,
            procedure=line.procedure,
            ncd=one.ncd,
            diagnoses=codes,
            supporting=tuple(sorted(one.covered)[:SHOWN]),
        )
        for one in table.of(line.procedure)
        if (one.covered and one.covered.isdisjoint(codes)) or not one.noncovered.isdisjoint(codes)
    )
