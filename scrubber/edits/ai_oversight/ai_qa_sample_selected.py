"""The claim was drawn for quality audit."""

import hmac
from datetime import date

from pydantic import Field

from scrubber.claim.compile import ASSIGNED_BY_AI
from scrubber.claim.model import Claim
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Results
from scrubber.edits.verdict import PASS, Bypassed, Fail, Verdict, fail

FULL = 1 << 64


class SamplingPlan(Params):
    """One period's plan for drawing claims; strata are version/type/indicator/state."""

    seed: str = ""
    """The period's seed, secret until the period ends; empty draws nothing."""
    default_rate: float = 0.25
    """For clean and bypassed strata that the plan does not list."""
    flagged_rate: float = 0.10
    """For claims that go to review anyway."""
    rates: dict[str, float] = Field(default_factory=dict)
    """The rate of each stratum: min(1, max(0.05, 30 / claims of the last period))."""


@closing_edit(
    id="ai-qa-sample-selected",
    severity="review",
    status="active",
    added="0.1.0",
    applies_to=EVERY_TYPE,
    when=("claim.is_ai_coded",),
    fields=(
        "coding.encounter_id",
        "coding.codes[].model_version",
        "coding.codes[].origin",
        "type",
        "payers[].filing_indicator",
    ),
    params=SamplingPlan(),
    source=(
        "Mission (audit AI-assigned codes); statistical sampling practice of OIG self-"
        "audit guidance"
    ),
    checked=date(2026, 11, 24),
    message="Drawn for audit (stratum {stratum}, rate {rate}).",
    fix="A coder codes the encounter without seeing the AI codes, then compares.",
)
def ai_qa_sample_selected(claim: Claim, results: Results, params: SamplingPlan) -> Verdict:
    """
    The claim was drawn for quality audit.

    A keyed hash of the encounter decides, so a replay draws the same claims. Clean claims are
    drawn too, and claims that go to review anyway at a rate of their own: an estimate from
    findings alone would say nothing of confident mistakes. Without a seed nothing is drawn.
    """
    if not params.seed or not claim.is_ai_coded:
        return PASS
    versions = [one for one in claim.coding.codes if one.origin in ASSIGNED_BY_AI]
    severities = {one.severity for one in results.said if isinstance(one.verdict, Fail)}
    if "reject" in severities:
        return PASS
    passed = any(isinstance(one.verdict, Bypassed) for one in results.said)
    state = "flagged" if "review" in severities else "bypassed" if passed else "clean"
    payer_class = claim.destination.filing_indicator
    stratum = f"{versions[0].model_version}/{claim.type}/{payer_class}/{state}"
    default = params.flagged_rate if state == "flagged" else params.default_rate
    rate = params.rates.get(stratum, default)
    unit = claim.coding.encounter_id or claim.submission_id
    digest = hmac.digest(params.seed.encode(), unit.encode(), "sha256")
    if int.from_bytes(digest[:8]) >= rate * FULL:
        return PASS
    return fail("", stratum=stratum, rate=str(rate))
