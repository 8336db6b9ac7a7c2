"""A removal is billed twice for the same patient."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property

from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Params, history_edit
from scrubber.edits.lifecycle._earlier import each, others
from scrubber.edits.lifecycle._groups import CodeGroup, codes_of, lines_of
from scrubber.edits.verdict import Fail, Verdict, fail

SIDES = ("LT", "RT")


class Removal(CodeGroup):
    """Codes of one removal; `sided` where there is one on each side."""

    sided: bool = False


class OnceOnly(Params):
    """The removals in use."""

    groups: tuple[Removal, ...] = (Removal(codes=("44950",)), Removal(codes=("58150",)))
    """The codes of each removal, and whether it has sides."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes that stand for a removal."""
        return codes_of(self.groups)


def _said_of(claim: Claim, line: Line, group: Removal, prior: Prior) -> Iterator[Fail]:
    if day := _other_day(claim, line, group, prior):
        yield fail(
            line.at("procedure"),
            line,
            line=line.number,
            procedure=line.procedure,
            date=date.fromordinal(day),
        )


def _other_day(claim: Claim, line: Line, group: Removal, prior: Prior) -> int:
    """Return the last other day on which the same was removed, 0 for none."""
    today = line.day.toordinal()
    side = _side(line.modifiers)
    days = [
        past.first
        for earlier in others(claim, prior)
        for past in earlier.lines
        if past.procedure in group.codes
        and past.first not in (0, today)
        and (not group.sided or _side(past.modifiers.split()) == side)
    ]
    return max(days, default=0)


def _side(modifiers: Iterable[str]) -> str:
    return " ".join(sorted(set(modifiers).intersection(SIDES)))


@history_edit(
    id="once-in-a-lifetime-procedure",
    severity="review",
    status="preview",
    added="next",
    applies_to=("professional", "institutional"),
    fields=(
        "lines[].procedure",
        "lines[].modifiers",
        "lines[].service_from",
        "payers[].subscriber.member_id",
    ),
    params=OnceOnly(),
    carc=("149",),
    source="Payer clinical edits",
    checked=date(2026, 11, 26),
    message="Line {line}: {procedure} was already billed on {date}.",
    fix="Check the code, the patient and the earlier claim.",
)
def once_in_a_lifetime_procedure(claim: Claim, prior: Prior | None, params: OnceOnly) -> Verdict:
    """
    A removal is billed twice for the same patient.

    What was taken out cannot be taken out again. The code, the patient or the earlier claim is
    wrong. A line of the same day is the same service, sent to another payer or twice.
    """
    removals = lines_of(claim, params.groups, params.codes)
    return each(claim, prior, removals, lambda one, prior: _said_of(claim, *one, prior))
