"""A claim was coded by a model version on trial."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.ai_oversight._draw import Draw, drawn
from scrubber.edits.ai_oversight._versions import ModelRegistry, unattended
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, several

SALT = "canary"


class Trials(ModelRegistry, Draw):
    """The registry, and the secret of the draw."""


@claim_edit(
    id="ai-canary-version-review",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.codes[].model",
        "coding.codes[].model_version",
        "coding.codes[].origin",
        "coding.encounter_id",
    ),
    params=Trials(),
    source="Mission (detect systematic errors early)",
    checked=date(2026, 11, 26),
    message="{model} {model_version} is on trial; a coder checks this claim.",
    fix="Confirm or change the codes; the answer trains the decision on the version.",
)
def ai_canary_version_review(claim: Claim, params: Trials) -> Verdict:
    """
    A claim was coded by a model version on trial.

    A new version proves itself on claims that people check as well: on all of them, or on the
    share that the registry gives it. A share cannot be drawn without the secret of the draw;
    then all are checked.
    """
    if not params.models:
        return PASS
    complaints = []
    for (model, version), place in unattended(claim).items():
        known = params.by_version.get((model, version))
        if known is None or known.status != "canary":
            continue
        if not params.secret or drawn(claim, known.share, params.secret, SALT):
            complaints.append(fail(f"/coding/codes/{place}", model=model, model_version=version))
    return several(complaints)
