"""A field has the wrong shape."""

from datetime import date

from scrubber.contracts.decode import Fault
from scrubber.edits.edit import EVERY_TYPE, event_edit
from scrubber.edits.verdict import Verdict, fail


@event_edit(
    id="claim-schema-invalid",
    severity="reject",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=("type", "lines", "payers", "diagnoses", "total_charge"),
    status_code=("A7:481",),
    source="Product claim schema; 837 TR3 (005010X222A1, X223A2, X224A2) structure",
    checked=date(2026, 11, 24),
    message="Field {pointer} is {found}, expected {expected}.",
    fix="Correct the export mapping for the named field.",
)
def claim_schema_invalid(fault: Fault) -> Verdict:
    """
    A field has the wrong shape or the claim type is unknown.

    Every fault gives a finding of its own; no other edit runs, since a claim of the wrong shape
    cannot be asked. Unknown fields are no fault and travel along.
    """
    return fail(fault.pointer, pointer=fault.pointer, found=fault.found, expected=fault.expected)
