"""The stay: its days, and the patient's age when it began."""

from scrubber.claim.calendar import completed_years
from scrubber.claim.model import Claim
from scrubber.edits.institutional._bill import frequency_of

STILL_A_PATIENT = "30"
ENDED = ("1", "4")  # admission through discharge; last claim
GOES_ON = ("2", "3")  # first claim; one between


def status_contradicts_frequency(claim: Claim) -> bool:
    """Tell whether the patient is still there on a last bill, or gone on one that goes on."""
    status = claim.admission.discharge_status
    if not status:
        return False
    return frequency_of(claim) in (ENDED if status == STILL_A_PATIENT else GOES_ON)


def stay_days(claim: Claim) -> int | None:
    """
    Return the days of the stay that the statement covers.

    `None` without its dates, and where nobody can say whether the patient left. The day of
    discharge does not count, but a stay of one day is one; the last day of a patient who stays
    does. Days of the payment window before the admission are no days of the stay.
    """
    first, last = claim.statement_from, claim.statement_to
    if first is None or last is None or status_contradicts_frequency(claim):
        return None
    if claim.admission.date and claim.admission.date > first:
        first = claim.admission.date
    days = (last - first).days
    return days + 1 if claim.admission.discharge_status == STILL_A_PATIENT else max(days, 1)


def age_at_admission(claim: Claim) -> int | None:
    """Return the completed years on the day of admission; `None` without one of the two days."""
    born, admitted = claim.patient.birth_date, claim.admission.date
    return None if born is None or admitted is None else completed_years(born, admitted)
