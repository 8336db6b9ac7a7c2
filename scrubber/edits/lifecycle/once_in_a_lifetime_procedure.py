"""A removal is billed twice for the same patient."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from scrubber.claim.history import VOID
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.edits.edit import Params, history_edit
from scrubber.edits.lifecycle._earlier import HISTORY, others
from scrubber.edits.verdict import PASS, Fail, Verdict, fail, no_data, several

SIDES = ("LT", "RT")


class Removal(BaseModel):
    """Codes of one removal; `sided` where there is one on each side."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    codes: tuple[str, ...]
    sided: bool = False


class OnceOnly(Params):
    """The removals in use."""

    groups: tuple[Removal, ...] = (Removal(codes=("44950",)), Removal(codes=("58150",)))
    """The codes of each removal, and whether it has sides."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """All codes that stand for a removal."""
        return frozenset(code for group in self.groups for code in group.codes)


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
    if params.codes.isdisjoint([line.procedure for line in claim.lines]):
        return PASS
    removals = [
        (line, group)
        for line in claim.lines
        for group in params.groups
        if line.procedure in group.codes and line.service_from
    ]
    if not removals or claim.claim_frequency_code == VOID:
        return PASS
    if prior is None:
        return no_data(HISTORY, claim.day)
    said: list[Fail] = []
    for line, group in removals:
        day = _other_day(claim, line, group, prior)
        if day:
            said.append(
                fail(
                    line.at("procedure"),
                    line,
                    line=line.number,
                    procedure=line.procedure,
                    date=date.fromordinal(day),
                )
            )
    return several(said)
