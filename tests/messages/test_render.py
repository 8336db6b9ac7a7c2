"""Findings say what is wrong in words, and nothing of a patient comes out with them."""

from datetime import date
from decimal import Decimal

import pytest

from scrubber.edits.registry import all_edits
from scrubber.edits.results import Failures
from scrubber.edits.verdict import Evidence, fail
from scrubber.messages.render import findings, shown_value

EDIT = next(edit for edit in all_edits() if edit.id == "billing-npi-invalid")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("value", "1234567890", "1234567890"),
        ("value", "SMITH JOE", "(9 characters)"),
        ("value", "SMITH", "(5 characters)"),
        ("value", "", ""),
        ("code", "E119", "E119"),
        ("code", "SMITH", "(5 characters)"),
        ("procedure", "99213", "99213"),
        ("procedure", "J1885", "J1885"),
        ("procedure", "0191T", "0191T"),
        ("procedure", "9921325", "9921325"),
        ("procedure", "SAMPLE", "(6 characters)"),
        ("sum", Decimal("149.99"), "149.99"),
        ("date", date(2024, 8, 14), "2024-08-14"),
        ("candidates", ("M5450", "M5451"), "M5450, M5451"),
        ("candidates", (), "none"),
    ],
)
def test_a_value_is_shown_when_it_has_the_shape_of_its_kind(
    key: str, value: Evidence, shown: str
) -> None:
    """Anything else is its length: a name typed into the wrong field does not come out again."""
    assert shown_value(key, value) == shown


def test_a_finding_fills_its_template_from_masked_evidence() -> None:
    """Message and evidence agree; the edit's own words are carried along."""
    found = fail("/billing_provider/npi", value="PAT SAMPLE", reason="odd")
    assert findings([Failures(EDIT, "reject", (found,))]) == [
        {
            "edit": "billing-npi-invalid",
            "result": "fail",
            "severity": "reject",
            "path": "/billing_provider/npi",
            "lines": (),
            "message": "Billing NPI (10 characters) is not a valid NPI (odd).",
            "fix": EDIT.fix,
            "source": EDIT.source,
            "status_code": ("A7:562:85",),
            "carc": ("207",),
            "evidence": {"value": "(10 characters)", "reason": "odd"},
        }
    ]
