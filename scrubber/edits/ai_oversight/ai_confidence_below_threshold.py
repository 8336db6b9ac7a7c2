"""A code was assigned with low confidence."""

from datetime import date

from scrubber.claim.model import Claim
from scrubber.contracts.claim import CodeAssignment
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail


class ModelThreshold(Params):
    """The threshold of one model version; without `target_kind` for all of its codes."""

    model: str
    model_version: str
    threshold: float
    target_kind: str = ""


class Thresholds(Params):
    """How sure a model must be."""

    default_threshold: float = 0.9
    """For model versions without one of their own."""
    models: tuple[ModelThreshold, ...] = ()
    """Thresholds by model version, and by the kind of target (diagnoses, lines)."""


def _threshold(one: CodeAssignment, params: Thresholds) -> float:
    if not params.models:
        return params.default_threshold
    kind = one.target.split("/")[1] if one.target.startswith("/") else ""
    own = [
        known
        for known in params.models
        if (known.model, known.model_version) == (one.model, one.model_version)
        and known.target_kind in ("", kind)
    ]
    # The most specific says it.
    best = max(own, key=lambda known: known.target_kind, default=None)
    return params.default_threshold if best is None else best.threshold


@claim_edit(
    id="ai-confidence-below-threshold",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.codes[].confidence",
        "coding.codes[].origin",
        "coding.codes[].model",
        "coding.codes[].model_version",
        "coding.codes[].target",
    ),
    params=Thresholds(),
    source="Mission (people check uncertain AI coding)",
    checked=date(2026, 11, 24),
    message="{target}: {model} {model_version} gave confidence {confidence}, below {threshold}.",
    fix="A coder confirms or changes the code.",
)
def ai_confidence_below_threshold(claim: Claim, params: Thresholds) -> Verdict:
    """
    A code was assigned with low confidence.

    The scores of two versions are not comparable, so each version has its threshold. The lowest
    code counts, not the mean. Codes that a person accepted or changed have been looked at.

    Not checked here: a confidence that is missing or impossible (`ai-provenance-missing`).
    """
    if not claim.is_ai_coded:
        return PASS
    complaints = []
    for i, one in enumerate(claim.coding.codes):
        if one.origin != "ai":
            continue
        confidence = one.confidence
        if confidence is None or not 0 <= confidence <= 1:
            continue
        threshold = _threshold(one, params)
        if confidence < threshold:
            complaints.append(
                fail(
                    one.target or f"/coding/codes/{i}",
                    target=one.target,
                    model=one.model,
                    model_version=one.model_version,
                    confidence=str(confidence),
                    threshold=str(threshold),
                )
            )
    return tuple(complaints) or PASS
