"""There is no rule profile for the payer."""

from collections.abc import Iterable
from datetime import date

from scrubber.claim.model import NO_PAYER, Claim
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Need, Results
from scrubber.edits.verdict import PASS, Verdict, fail

PROFILE = "payer-profile"


class Profile(Params):
    """Whether the payer's own requirements were looked up."""

    known: bool = False
    """The pack is the payer's profile: it names the payer, or says `is_profile`."""


@closing_edit(
    id="payer-profile-missing",
    severity="info",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    fields=("payers[].payer_id", "payers[].responsibility"),
    params=Profile(),
    source="Product principle (no data is never pass)",
    checked=date(2026, 11, 26),
    message="No rule profile for payer {payer_id}; {count} payer edits did not run.",
    fix="Add a profile, or confirm an empty one.",
)
def payer_profile_missing(claim: Claim, results: Results, params: Profile) -> Verdict:
    """
    There is no rule profile for the payer.

    What a payer asks for besides the common rules stands in its payer pack. Without one the edits
    that need it have no data, and the claim may come back for what nobody looked at. A pack that
    names the payer and states nothing confirms that there is nothing to state.
    """
    payer = claim.destination
    if params.known or payer is NO_PAYER:
        return PASS
    count = _without_profile(results.lacking.pattern.by_edit.values())
    return fail(payer.at("payer_id"), payer_id=payer.payer_id or "the payer", count=count)


def _without_profile(needs: Iterable[tuple[Need, ...]]) -> int:
    return sum(any(kind == PROFILE for kind, _ in some) for some in needs)
