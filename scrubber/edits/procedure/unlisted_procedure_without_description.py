"""An unlisted or not-otherwise-classified code has no description."""

from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import Params, line_edit
from scrubber.edits.procedure._code_system import code_system
from scrubber.edits.verdict import PASS, Verdict, fail, no_data
from scrubber.reference.code_lists import CodeListView

SHORTEST_DESCRIPTION = 5
#: CPT's unlisted codes end so; which of those that do are unlisted, a licensed list tells.
LAST_DIGITS = ("6", "7", "8", "9")
OTHERS = ("92700", "99600")
NOTE = "note"


class Unlisted(Params):
    """Codes that say nothing of the service."""

    unlisted: tuple[str, ...] = (
        "A4641", "A4649", "A4913", "A9699", "A9999", "B9998", "B9999", "E1399", "J3490", "J3590",
        "J3591", "J7199", "J7599", "J7699", "J7799", "J7999", "J8499", "J8999", "J9999", "K0108",
        "L0999", "L1499", "L2999", "L3999", "L5999", "L7499", "L8499", "L8699", "Q4100", "V2799",
    )  # fmt: skip
    """Codes of HCPCS Level II that need a description."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes, to look one up."""
        return frozenset(self.unlisted)


def _described(line: Line) -> bool:
    return len(line.description) >= SHORTEST_DESCRIPTION


@line_edit(
    id="unlisted-procedure-without-description",
    severity="reject",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=("lines[].procedure", "lines[].description", "payers[].filing_indicator", "type"),
    data=("unlisted-codes",),
    partial_data=True,
    params=Unlisted(),
    status_code=("A6:306",),
    carc=("16",),
    source=("837P 2400 SV101-7, 837I SV202-7 situational rule; I/OCE edit 66 (manual pricing)"),
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} needs a short description of the service.",
    fix="Describe the service, drug, dose or item in up to 80 characters.",
)
def unlisted_procedure_without_description(
    claim: Claim, line: Line, table: CodeListView | None, params: Unlisted
) -> Verdict:
    """
    An unlisted or not-otherwise-classified code has no description.

    Nobody can price what a code does not name. Medicare returns the line of a physician or supplier
    without a description; for others, and for codes that only say "not otherwise specified" and
    are billed every day without one, it is a note. The list of the user adds CPT's unlisted codes,
    and codes of that kind with the value `note`.

    Not checked here: the NDC of an unlisted drug (`ndc-missing`).
    """
    code = line.procedure
    listed = code in params.codes
    value = table.of(code) if table and not listed else None
    if not listed and value is None:
        if (
            table is None
            and (code[-1:] in LAST_DIGITS or code in OTHERS)
            and code_system(line) == "cpt"
        ):
            return PASS if _described(line) else no_data("unlisted-codes", line.day)
        return PASS
    if _described(line):
        return PASS
    needed = (
        claim.destination.filing_indicator == "MB"
        and claim.type == "professional"
        and value != NOTE
    )
    return fail(
        line.at("description"),
        line,
        severity=None if needed else "warn",
        line=line.number,
        procedure=code,
    )
