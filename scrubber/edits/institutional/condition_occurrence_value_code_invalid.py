"""A condition, occurrence or value code is malformed."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.edit import claim_edit
from scrubber.edits.verdict import (
    PASS,
    Bypassed,
    Fail,
    NoData,
    Severity,
    Verdict,
    fail,
    no_data,
    several,
)
from scrubber.reference.nubc_codes import NubcKind, NubcView, key_of

CODE_LENGTH = 2
Entry = tuple[NubcKind, str, str, tuple[object, ...], str]


def _entries(claim: Claim) -> Iterator[Entry]:
    """Yield kind, place, code, what makes an entry another one, and what it lacks."""
    for i, code in enumerate(claim.condition_codes):
        yield "condition", f"/condition_codes/{i}", code, (), ""
    for i, (code, day) in enumerate(claim.occurrence_codes):
        yield "occurrence", f"/occurrence_codes/{i}", code, (day,), "" if day else "date"
    for i, (code, first, last) in enumerate(claim.occurrence_spans):
        yield "span", f"/occurrence_spans/{i}", code, (first, last), "" if first else "first day"
    for i, (code, amount) in enumerate(claim.value_codes):
        # Each value code states an amount of its own: none repeats another.
        yield "value", f"/value_codes/{i}", code, (i,), "amount" if amount is None else ""


@claim_edit(
    id="condition-occurrence-value-code-invalid",
    severity="reject",
    status="active",
    added="next",
    applies_to=("institutional",),
    fields=("condition_codes", "occurrence_codes", "occurrence_spans", "value_codes"),
    data=("nubc-codes",),
    partial_data=True,
    status_code=("A7:460", "A7:719", "A7:721", "A7:725"),
    carc=("16",),
    source="837I 2300 HI*BG, BH, BI, BE",
    checked=date(2026, 11, 26),
    message="{kind} code {code} is {problem}.",
    fix="Correct the code, date or amount.",
)
def condition_occurrence_value_code_invalid(claim: Claim, listed: NubcView | None) -> Verdict:
    """
    A condition, occurrence or value code is malformed.

    Two letters or digits, with a date where it is an occurrence, a first day where it is a span,
    and an amount where it is a value. The same condition, occurrence or span twice is a note. The
    lists are licensed: whether a code is on them, only a user who loaded them is told.
    """
    if not (
        claim.condition_codes
        or claim.occurrence_codes
        or claim.occurrence_spans
        or claim.value_codes
    ):
        return PASS
    complaints: list[Fail | Bypassed | NoData] = []
    seen: set[tuple[object, ...]] = set()
    for kind, place, code, others, lacking in _entries(claim):
        severity: Severity | None = None
        if not (len(code) == CODE_LENGTH and code.isascii() and code.isalnum()):
            problem = "not two letters or digits"
        elif lacking:
            problem = f"without {lacking}"
        elif (kind, code, *others) in seen:
            severity, problem = "warn", "repeated"
        elif listed is not None and listed.status(key_of(kind, code)) != "in_force":
            severity, problem = "review", "not on the loaded list"
        else:
            seen.add((kind, code, *others))
            continue
        complaints.append(fail(place, severity=severity, kind=kind, code=code, problem=problem))
    if listed is None:
        complaints.append(no_data("nubc-codes", claim.day))
    return several(complaints)
