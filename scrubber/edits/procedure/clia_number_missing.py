"""A laboratory line names no CLIA certificate."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.code_lists import CodeListView

WAIVED = "waived"
NUMBER_LENGTH = 10


@line_edit(
    id="clia-number-missing",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "clia_number",
        "lines[].clia_number",
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "payers[].filing_indicator",
    ),
    data=("clia-tests",),
    partial_data=True,
    carc=("16",),
    source=(
        "42 CFR 493; Medicare Claims Processing Manual ch. 16 section 70; 837P 2300/2400 REF*X4"
    ),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} needs the CLIA number of the performing laboratory.",
    fix="Add the certificate number, and QW for a waived test.",
)
def clia_number_missing(claim: Claim, line: Line, tests: CodeListView | None) -> Verdict:
    """
    A laboratory line names no CLIA certificate.

    A laboratory is paid for tests that its CLIA certificate covers; the number, ten characters
    with D in the third place, is on the claim or the line. A test that a certificate of waiver
    covers (in the list: `waived`) says so with QW. A reference laboratory's test (modifier 90)
    has that laboratory's number on the line.
    """
    if claim.destination.filing_indicator != "MB":
        return PASS
    if tests is None:
        return no_data("clia-tests", line.day)
    value = tests.of(line.procedure)
    if value is None:
        return PASS
    number = line.clia_number or ("" if "90" in line.modifiers else claim.clia_number)
    if len(number) != NUMBER_LENGTH or number[2] != "D":
        at = "clia_number"
    elif value == WAIVED and "QW" not in line.modifiers:
        at = "modifiers"
    else:
        return PASS
    return fail(line.at(at), line, line=line.number, procedure=line.procedure)
