"""The same provider bills two visits on one day."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.model import Claim, Line
from scrubber.edits.edit import day_edit
from scrubber.edits.lifecycle._ncci import reports
from scrubber.edits.lifecycle._visits import VisitCodes
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, several
from scrubber.reference.ncci_ptp import PtpView

SEPARATE = frozenset(("24", "25", "27", "57"))


def _second_visits(visits: list[Line], pairs: PtpView | None) -> Iterator[Fail]:
    first: dict[tuple[str, object], Line] = {}
    for line in sorted(visits, key=lambda visit: visit.number):
        other = first.setdefault((line.rendering_npi, line.service_from), line)
        if other is line or SEPARATE.intersection((*line.modifiers, *other.modifiers)):
            continue
        if not reports(pairs, line, other):
            yield fail(
                line.at("procedure"),
                other,
                line,
                line=line.number,
                other=other.number,
                date=line.day,
            )


@day_edit(
    id="multiple-visits-same-day",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional",),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "rendering_provider.npi",
        "lines[].rendering_provider.npi",
    ),
    data=("ncci-ptp-practitioner",),
    partial_data=True,
    params=VisitCodes(),
    status_code=("A7:454",),
    carc=("B14",),
    source="Medicare Claims Processing Manual ch. 12 section 30.6.7.B",
    checked=date(2026, 11, 26),
    message="Lines {line} and {other} are two visits on {date} by one provider.",
    fix="Bill one visit at the combined level, or document two separate encounters.",
)
def multiple_visits_same_day(
    _claim: Claim, lines: tuple[Line, ...], pairs: PtpView | None, params: VisitCodes
) -> Verdict:
    """
    The same provider bills two visits on one day.

    One provider sees a patient once a day, at one level; a second encounter is paid when it
    was for something else, and a modifier says so on either of the two. Prolonged, critical
    care and add-on codes are no visits here.

    Not checked here: pairs that the NCCI table names.
    """
    if len(lines) < 2:  # noqa: PLR2004 (two visits)
        return PASS
    is_visit = params.is_visit
    visits = [line for line in lines if is_visit(line.procedure)]
    if len(visits) < 2:  # noqa: PLR2004
        return PASS
    return several(_second_visits(visits, pairs))
