"""A similar claim for the same patient, provider and date exists."""

from collections.abc import Iterator
from datetime import date

from scrubber.claim.duplicate_keys import bill_key
from scrubber.claim.history import PastLine, digest_of, member_digest, past_line
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior, Service
from scrubber.edits.edit import history_edit
from scrubber.edits.lifecycle._earlier import HISTORY
from scrubber.edits.lifecycle._likeness import EXACT, allowance, services_of
from scrubber.edits.verdict import Bypassed, Fail, Verdict, bypassed, fail, no_data, several

#: Modifiers that tell a repeat, a side, a separate encounter or a separate service.
TELL_APART = frozenset(("76", "77", "91", "RT", "LT", "59", "XE", "XP", "XS", "XU", "27"))
LATE_CHARGES = "5"
NAMES = {
    "dates": ("first", "last"),
    "provider": ("provider",),
    "modifiers": ("modifiers",),
    "place of service": ("place",),
    "units": ("units",),
    "charge": ("charge",),
}


def _lines(claim: Claim, prior: Prior) -> Iterator[Fail | Bypassed]:
    billing = digest_of(claim.billing_provider.npi)
    for line in claim.lines:
        like = [
            one
            for one in services_of(claim, prior, line)
            if one.claim.billing == billing and _overlaps(line, one.line)
        ]
        if like:
            yield from _line(claim, line, like)


def _overlaps(line: Line, past: PastLine) -> bool:
    if line.service_from is None or line.service_to is None:
        return False
    return line.service_from.toordinal() <= past.last and past.first <= line.service_to.toordinal()


def _line(claim: Claim, line: Line, like: list[Service]) -> Iterator[Fail | Bypassed]:
    own = past_line(claim, line)
    if any(EXACT(past) == EXACT(own) for _, past in like):
        return
    reason = ""
    for earlier, past in reversed(like):
        reason = allowance(claim, earlier) or _told_apart(own, past)
        if not reason:
            differs = tuple(
                name
                for name, parts in NAMES.items()
                if any(getattr(own, part) != getattr(past, part) for part in parts)
            )
            yield fail(
                line.at("procedure"),
                line,
                line=line.number,
                date=date.fromordinal(earlier.received),
                fields=differs,
            )
            return
    yield bypassed(reason, line)


def _told_apart(own: PastLine, past: PastLine) -> str:
    marks = set(own.modifiers.split()) ^ set(past.modifiers.split())
    told = sorted(marks & TELL_APART)
    return f"modifier {told[0]}" if told else ""


def _bills(claim: Claim, prior: Prior) -> Iterator[Fail | Bypassed]:
    start, end = claim.statement_from, claim.statement_to
    if start is None or end is None or not claim.bill_type:
        return
    billing, member = digest_of(claim.billing_provider.npi), member_digest(claim)
    like = [
        one
        for one in prior.accepted
        if one.submission_id != claim.submission_id
        and one.type == claim.type
        and one.bill_type[1:3] == claim.bill_type[1:3]
        and one.billing == billing
        and one.member == member
        and one.first <= end.toordinal()
        and start.toordinal() <= one.last
    ]
    if not like or any(one.key == bill_key(claim) for one in like):
        return
    earlier = like[-1]
    reason = allowance(claim, earlier) or _allowed_bill(claim)
    if reason:
        yield bypassed(reason)
        return
    lines = claim.lines
    yield fail(
        "/statement_from",
        *lines,
        line=lines[0].number if lines else 0,
        date=date.fromordinal(earlier.received),
        fields=("dates",)
        if (earlier.first, earlier.last) != (start.toordinal(), end.toordinal())
        else ("lines or charges",),
    )


def _allowed_bill(claim: Claim) -> str:
    if claim.claim_frequency_code == LATE_CHARGES:
        return "late charges"
    return "condition code G0" if "G0" in claim.condition_codes else ""


@history_edit(
    id="suspect-duplicate-claim",
    severity="review",
    status="active",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "payers[].subscriber.member_id",
        "billing_provider.npi",
        "lines[].service_from",
        "lines[].service_to",
        "lines[].procedure",
        "lines[].modifiers",
        "statement_from",
        "statement_to",
        "type_of_bill",
        "claim_frequency_code",
    ),
    can_bypass=True,
    status_code=("A3:54",),
    carc=("18",),
    source="Medicare Claims Processing Manual ch. 1 section 120.2 (CR 8121)",
    checked=date(2026, 11, 26),
    message="Line {line} resembles a line accepted on {date}; it differs in {fields}.",
    fix="Check whether this is a correction (use 7) or a second service (add the modifier).",
)
def suspect_duplicate_claim(claim: Claim, prior: Prior | None) -> Verdict:
    """
    A similar claim for the same patient, provider and date exists.

    The same procedure of one patient, billing provider and day, or a hospital bill of the same
    kind for overlapping days, was accepted before with another charge, unit, place, provider
    or modifier. It may be a correction that should be a replacement, or a second service that
    no modifier marks.

    A history that does not reach back to the service can still hold the other claim.

    Not checked here: lines and bills that are equal in all (`exact-duplicate-claim`).
    """
    if prior is None:
        return no_data(HISTORY, claim.day)
    complaints: list[Fail | Bypassed] = []
    if prior.accepted:
        search = _bills if claim.type == "institutional" else _lines
        complaints = list(search(claim, prior))
    if not complaints and prior.since > claim.day:
        return no_data(HISTORY, claim.day)
    return several(complaints)
