"""A code has no record of who or what assigned it."""

from datetime import date
from typing import Literal

from scrubber.claim.compile import ASSIGNED_BY_AI
from scrubber.claim.model import Claim
from scrubber.contracts.claim import CodeAssignment
from scrubber.edits.edit import EVERY_TYPE, Params, claim_edit
from scrubber.edits.verdict import PASS, Verdict, fail

BY_A_PERSON = frozenset(("human", "ai_accepted", "ai_modified"))
ORIGINS = ASSIGNED_BY_AI | BY_A_PERSON | {"rules"}


class Provenance(Params):
    """For which claims and codes the provenance must be there."""

    required: Literal["when-ai", "always", "off"] = "when-ai"
    """Claims with AI-assigned codes, all claims, or none."""
    targets: tuple[Literal["diagnosis", "procedure"], ...] = ("diagnosis", "procedure")
    """Which codes need an entry."""


def _missing(one: CodeAssignment) -> str:
    """Return what an entry lacks, `""` when it is complete."""
    if one.origin not in ORIGINS:
        return "a known origin"
    if one.origin in ASSIGNED_BY_AI:
        if not one.model or not one.model_version:
            return "model and version"
        if one.confidence is None or not 0 <= one.confidence <= 1:
            return "a confidence between 0 and 1"
    return "coder" if one.origin in BY_A_PERSON and not one.coder else ""


def _targets(claim: Claim, params: Provenance) -> list[str]:
    targets = []
    if "diagnosis" in params.targets:
        targets += [f"/diagnoses/{one.index}/code" for one in claim.diagnoses]
    if "procedure" in params.targets:
        targets += [f"/lines/{line.index}/procedure" for line in claim.lines if line.procedure]
    return targets


@claim_edit(
    id="ai-provenance-missing",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    fields=(
        "coding.codes[].target",
        "coding.codes[].origin",
        "coding.codes[].model",
        "coding.codes[].model_version",
        "coding.codes[].confidence",
        "coding.codes[].coder",
        "diagnoses[].code",
        "lines[].procedure",
    ),
    params=Provenance(),
    source="Mission (audit of AI-assigned codes); 45 CFR 164.312(b) audit controls",
    checked=date(2026, 11, 24),
    message="{target} has no complete provenance ({missing}).",
    fix="Have the coding system send origin, model version and confidence for each code.",
)
def ai_provenance_missing(claim: Claim, params: Provenance) -> Verdict:
    """
    A code has no record of who or what assigned it.

    An audit of assigned codes needs to know who or what assigned each, with which version and
    how sure it was. Claims that people alone have coded are not held.
    """
    codes = claim.coding.codes
    if params.required != "always" and (params.required == "off" or not claim.is_ai_coded):
        return PASS
    complaints = [
        fail(f"/coding/codes/{i}", target=one.target, missing=missing)
        for i, one in enumerate(codes)
        if (missing := _missing(one))
    ]
    known = {one.target for one in codes}
    complaints += [
        fail(target, target=target, missing="who assigned it")
        for target in _targets(claim, params)
        if target not in known
    ]
    return tuple(complaints) or PASS
