"""A model version is not approved for automatic coding."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.edits.ai_oversight._versions import (
    REGISTRY,
    ModelRegistry,
    ModelVersion,
    unattended,
)
from scrubber.edits.edit import EVERY_TYPE, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail, no_data, several


def _fault(claim: Claim, known: ModelVersion | None) -> str:
    """Return why the version may not code the claim alone, `""` when it may."""
    if known is None:
        return "not in the registry"
    if known.status == "retired":
        return "retired"
    if known.approved_from and claim.received < known.approved_from:
        return "not yet approved"
    if known.approved_to and claim.received > known.approved_to:
        return "no longer approved"
    specialty = claim.rendering_provider.taxonomy or claim.billing_provider.taxonomy
    for asked, own, name in (
        (known.claim_types, claim.type, "claim type"),
        (known.payers, claim.destination.payer_id, "payer"),
        (known.specialties, specialty, "specialty"),
    ):
        if asked and own not in asked:
            return f"not approved ({name})"
    return ""


@claim_edit(
    id="ai-model-version-not-approved",
    severity="review",
    status="active",
    added="next",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.codes[].model",
        "coding.codes[].model_version",
        "coding.codes[].origin",
        "type",
    ),
    params=ModelRegistry(),
    source="Mission (compliance verification of AI coding)",
    checked=date(2026, 11, 26),
    message="{model} {model_version} is {status} for this claim.",
    fix="Approve the version in the registry, or have a coder confirm the codes.",
)
def ai_model_version_not_approved(claim: Claim, params: ModelRegistry) -> Verdict:
    """
    A model version is not approved for automatic coding.

    Software may code alone only where somebody has approved the version for such claims, on the
    day they are submitted. Codes that a person confirmed or changed have been looked at. Without
    a registry nobody can say what is approved.

    Not checked here: a version on trial (`ai-canary-version-review`).
    """
    versions = unattended(claim)
    if not versions:
        return PASS
    if not params.models:
        return no_data(REGISTRY, claim.day)
    complaints = []
    for (model, version), place in versions.items():
        status = _fault(claim, params.by_version.get((model, version)))
        if status:
            complaints.append(
                fail(
                    f"/coding/codes/{place}",
                    model=model,
                    model_version=version,
                    status=status,
                )
            )
    return several(complaints)
