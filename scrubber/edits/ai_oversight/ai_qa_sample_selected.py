"""The claim was drawn for quality audit."""

from datetime import date

from pydantic import Field

from scrubber.claim.compile import ASSIGNED_BY_AI
from scrubber.claim.model import Claim
from scrubber.edits.ai_oversight._draw import Draw, drawn, period
from scrubber.edits.edit import EVERY_TYPE, Params, closing_edit
from scrubber.edits.results import Results
from scrubber.edits.verdict import PASS, Verdict, fail


class Plan(Params):
    """The rates that hold from one day of submission on, until the next plan's first day."""

    name: str
    since: date
    rates: dict[str, float] = Field(default_factory=dict)


class SamplingPlan(Draw):
    """How claims are drawn; strata are model/version/type/indicator/state."""

    default_rate: float = 0.25
    """For clean and bypassed strata that the plan does not list."""
    flagged_rate: float = 0.10
    """For claims that go to review anyway, where the plan does not list the stratum."""
    plans: tuple[Plan, ...] = ()
    """Each with name, first day of submission, and the rate of each stratum, which is
    min(1, max(0.05, 30 / claims of the last period)). A rate that is raised within a month is a
    new plan, so that what was drawn before can be drawn again."""

    def plan_of(self, day: date) -> Plan:
        """Return the plan of a day: the last that has begun."""
        begun = [plan for plan in self.plans if plan.since <= day]
        return max(begun, key=lambda plan: plan.since, default=NO_PLAN)


NO_PLAN = Plan(name="default", since=date.min)


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

    A keyed hash of the encounter decides, so a replay draws the same claims, and whoever is
    told the month's seed afterwards can draw again. Clean claims are drawn too, and claims that
    go to review anyway at a rate of their own: an estimate from findings alone would say nothing
    of confident mistakes. A rejected claim goes back and is no sample. Without a secret nothing
    is drawn.
    """
    if not params.secret or not claim.is_ai_coded:
        return PASS
    severities = {one.severity for one in results.failures}
    if "reject" in severities:
        return PASS
    flagged = "review" in severities
    state = "flagged" if flagged else "bypassed" if results.bypasses else "clean"
    coded = next(one for one in claim.coding.codes if one.origin in ASSIGNED_BY_AI)
    payer_class = claim.destination.filing_indicator
    stratum = f"{coded.model}/{coded.model_version}/{claim.type}/{payer_class}/{state}"
    plan = params.plan_of(claim.received)
    rate = plan.rates.get(stratum, params.flagged_rate if flagged else params.default_rate)
    if not drawn(claim, rate, params.secret):
        return PASS
    return fail("", stratum=stratum, rate=str(rate), period=period(claim), plan=plan.name)
