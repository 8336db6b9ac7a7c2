"""A model version is stopped."""

from datetime import date
from functools import cached_property
from typing import Literal

from scrubber.claim.model import Claim
from scrubber.edits.ai_oversight._draw import Draw, drawn
from scrubber.edits.ai_oversight._versions import Version, unattended
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

SALT = "breaker"


class Breaker(Params):
    """The state of one model version, since a day of submission, with a reason of the list."""

    model: str
    model_version: str
    state: Literal["open", "half_open", "closed"]
    since: date
    reason: str


class Breakers(Draw):
    """Which model versions are stopped."""

    breakers: tuple[Breaker, ...] = ()
    """Each with model, version, state (open, half_open, closed), since and reason."""
    half_open_share: float = 0.1
    """The share of a half-open version's claims that passes."""

    @cached_property
    def by_version(self) -> dict[Version, Breaker]:
        """The breakers by model and version."""
        return {(one.model, one.model_version): one for one in self.breakers}


@claim_edit(
    id="ai-circuit-breaker-open",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.codes[].model",
        "coding.codes[].model_version",
        "coding.codes[].origin",
    ),
    params=Breakers(),
    source="Mission (people oversee AI coding)",
    checked=date(2026, 11, 26),
    message="{model} {model_version} is stopped since {since} ({reason}).",
    fix="Review by hand until the version is released.",
)
def ai_circuit_breaker_open(claim: Claim, params: Breakers) -> Verdict:
    """
    A model version is stopped.

    A version that errs too often, or that somebody stopped, codes nothing alone: people look at
    every claim submitted since. Half open, a share of its claims passes again. Codes that a
    person confirmed or changed have been looked at.

    Not decided here: when a breaker opens; it is stated by people, and by the oversight of a
    version's audits and denials.
    """
    if not params.breakers:
        return PASS
    complaints = []
    for (model, version), place in unattended(claim).items():
        known = params.by_version.get((model, version))
        if known is None or known.state == "closed" or claim.received < known.since:
            continue
        share = params.half_open_share if known.state == "half_open" and params.secret else 0
        if not drawn(claim, share, params.secret, SALT):
            complaints.append(
                fail(
                    f"/coding/codes/{place}",
                    model=model,
                    model_version=version,
                    since=known.since,
                    reason=known.reason,
                )
            )
    return several(complaints)
