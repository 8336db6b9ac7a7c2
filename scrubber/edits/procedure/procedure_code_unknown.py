"""A procedure code is in no loaded code table."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import EVERY_TYPE, line_edit
from scrubber.edits.procedure._code_system import code_system
from scrubber.edits.verdict import PASS, Severity, Verdict, fail, no_data
from scrubber.reference.dated_codes import DatedCodeView


@line_edit(
    id="procedure-code-unknown",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "lines[].procedure",
        "lines[].qualifier",
        "lines[].service_from",
        "payers[].filing_indicator",
        "type",
    ),
    data=("hcpcs", "ioce", "opps-addendum-b"),
    partial_data=True,
    status_code=("A7:454",),
    carc=("181",),
    source="I/OCE edit 6; 45 CFR 162.1002",
    checked=date(2026, 11, 24),
    message="Line {line}: {procedure} is not a known code.",
    fix="Look the code up in the current code book.",
)
def procedure_code_unknown(
    claim: Claim,
    line: Line,
    level_2: DatedCodeView | None,
    outpatient: DatedCodeView | None,
    addendum: DatedCodeView | None,
) -> Verdict:
    """
    A procedure code is in no loaded code table.

    HCPCS Level II is public, so a code that no table holds was mistyped, unless it is newer than
    they are. CPT and CDT lists are licensed: without one nobody can say that a code is unknown.
    The tables of outpatient hospitals hold most CPT codes, and what they hold is known.
    """
    system = code_system(line)
    if not system:
        return PASS
    code, day = line.procedure, line.day
    if outpatient is not None and outpatient.status(code) != "unknown":
        return PASS
    if addendum is not None and addendum.status(code) != "unknown":
        return PASS
    if system != "hcpcs":
        return no_data(system, day)
    if level_2 is not None and level_2.status(code) != "unknown":
        return PASS
    loaded = level_2 or outpatient
    if loaded is None or not loaded.covers(claim.received):
        return no_data("hcpcs", day if loaded is None else claim.received)
    severity: Severity | None = None if claim.is_medicare else "review"
    return fail(line.at("procedure"), line, severity=severity, line=line.number, procedure=code)
