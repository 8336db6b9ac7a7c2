"""The check of an AI code was done by the same model or coder."""

from datetime import date
from functools import cached_property
from typing import Literal

from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import Fail, NoData, Verdict, fail, no_data, several


class Actor(Params):
    """Somebody who accepts codes: a person, or an account of a model."""

    id: str
    kind: Literal["person", "model"]
    model: str = ""


class Actors(Params):
    """Who accepts codes."""

    actors: tuple[Actor, ...] = ()
    """Each with its id (the claim's `coder`), its kind, and the model that it is an account of."""

    @cached_property
    def by_id(self) -> dict[str, Actor]:
        """The actors by their ids."""
        return {one.id: one for one in self.actors}


@claim_edit(
    id="ai-self-review",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.codes[].origin",
        "coding.codes[].coder",
        "coding.codes[].model",
        "coding.codes[].model_version",
    ),
    params=Actors(),
    source="Mission (independent oversight; small organisations lack staff)",
    checked=date(2026, 11, 26),
    message="{target} was set and checked by {actor}.",
    fix="Have another person check it.",
)
def ai_self_review(claim: Claim, params: Actors) -> Verdict:
    """
    The check of an AI code was done by the same model or coder.

    A model that accepts its own codes has checked nothing. The registry says who is a person and
    which accounts are a model's; who is not in it may be either.

    Not checked here: who audited a code that a person set, which only the audit itself knows.
    """
    complaints: list[Fail | NoData] = []
    for i, one in enumerate(claim.coding.codes):
        if one.origin != "ai_accepted" or not one.coder:
            continue
        known = params.by_id.get(one.coder)
        own = known.model == one.model if known and known.kind == "model" else False
        if own or one.coder == one.model:
            at = one.target or f"/coding/codes/{i}"
            complaints.append(fail(at, target=one.target, actor=one.coder))
        elif known is None:
            complaints.append(no_data("actor-registry", claim.day))
    return several(complaints)
