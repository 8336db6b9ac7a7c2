"""The same provider bills two visits on one day."""

from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import line_pair_edit
from scrubber.edits.lifecycle._ncci import reports
from scrubber.edits.lifecycle._visits import FIELDS, VisitCodes
from scrubber.edits.proposed import NOTHING, Proposed
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.reference.ncci_ptp import PtpView

SEPARATE = frozenset(("24", "25", "27", "57"))


def _second_visits(
    _claim: Claim, lines: tuple[Line, ...], pairs: PtpView | None, params: VisitCodes
) -> Proposed:
    """Return each further visit of a provider beside the first one; not what NCCI reports."""
    visits = params.among(lines)
    if len(visits) < 2:  # noqa: PLR2004 (two visits)
        return NOTHING
    first: dict[tuple[str, object], Line] = {}
    found = []
    for line in sorted(visits, key=lambda visit: visit.number):
        other = first.setdefault((line.rendering_npi, line.service_from), line)
        if other is not line and not reports(pairs, line, other):
            found.append((line, other, None))
    return Proposed(found)


@line_pair_edit(
    id="multiple-visits-same-day",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=FIELDS,
    data=("ncci-ptp-practitioner",),
    partial_data=True,
    params=VisitCodes(),
    pairs=_second_visits,
    status_code=("A7:454",),
    carc=("B14",),
    source="Medicare Claims Processing Manual ch. 12 section 30.6.7.B",
    checked=date(2026, 11, 26),
    message="Lines {line} and {other} are two visits on {date} by one provider.",
    fix="Bill one visit at the combined level, or document two separate encounters.",
)
def multiple_visits_same_day(
    _claim: Claim, line: Line, other: Line, _row: None, _params: VisitCodes
) -> Verdict:
    """
    The same provider bills two visits on one day.

    One provider sees a patient once a day, at one level; a second encounter is paid when it
    was for something else, and a modifier says so on either of the two. Prolonged, critical
    care and add-on codes are no visits here.

    Not checked here: pairs that the NCCI table names.
    """
    if not SEPARATE.isdisjoint((*line.modifiers, *other.modifiers)):
        return PASS
    return fail(
        line.at("procedure"),
        other,
        line,
        line=line.number,
        other=other.number,
        date=line.day,
    )
