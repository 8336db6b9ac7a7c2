"""Who has no profile is told once, with the number of edits that could not look."""

from scrubber.edits.coverage.ncd_lab_diagnosis_not_covered import ncd_lab_diagnosis_not_covered
from scrubber.edits.coverage.payer_profile_missing import payer_profile_missing
from scrubber.edits.coverage.prior_authorization_missing import prior_authorization_missing
from scrubber.edits.coverage.referral_missing import referral_missing
from tests.pipeline.test_engine import outcome, unanswered

#: Two that want a profile, the first of them on each line, and one that wants a table.
LACKING = (prior_authorization_missing, referral_missing, ncd_lab_diagnosis_not_covered)


def test_edits_that_want_a_profile_are_counted_once_each() -> None:
    """A table that is missing is none of them; the claim stays clean."""
    found = outcome(*LACKING, payer_profile_missing)
    assert found.disposition == "clean"
    assert [one["message"] for one in found.body["findings"]] == [
        "No rule profile for payer 05102; 2 payer edits did not run."
    ]
    assert [one["edit"] for one in unanswered(found)] == [
        "ncd-lab-diagnosis-not-covered",
        "prior-authorization-missing",
        "referral-missing",
    ]
