"""Quality sampling sees what the other edits said: clean, bypassed and flagged claims are drawn."""

from typing import Any

import pytest

from scrubber.edits.ai_oversight.ai_qa_sample_selected import SamplingPlan, ai_qa_sample_selected
from scrubber.edits.edit import Edit
from scrubber.edits.verdict import bypassed, fail
from tests.pipeline.test_engine import claim_says, common, event, pack, scrubber
from tests.twins import ALWAYS

AI = {"codes": [{"target": "/lines/0/procedure", "origin": "ai", "model_version": "3.2"}]}


def drawn(*others: Edit, **plan: Any) -> str:
    """Return the stratum in which the claim was drawn, or that it was not."""
    params = SamplingPlan(seed="s", **plan)
    given = pack(params={"ai-qa-sample-selected": ((ALWAYS, params),)})
    body = scrubber(*others, ai_qa_sample_selected, given=given).scrub(event(coding=AI)).body
    found = [one for one in body["findings"] if one["edit"] == "ai-qa-sample-selected"]
    return str(found[0]["evidence"]["stratum"]) if found else "not drawn"


@pytest.mark.parametrize(
    ("answer", "severity", "stratum"),
    [
        (bypassed("modifier 59"), "reject", "3.2/professional/MB/bypassed"),
        (fail("", value="1"), "review", "3.2/professional/MB/flagged"),
        (fail("", value="1"), "warn", "3.2/professional/MB/clean"),
        (fail("", value="1"), "reject", "not drawn"),
    ],
)
def test_the_stratum_follows_from_the_other_findings(
    answer: object, severity: Any, stratum: str
) -> None:
    """A rejected claim goes back to its sender and is no sample."""
    other = claim_says(answer, **common("other", severity))
    assert drawn(other, default_rate=1.0, flagged_rate=1.0) == stratum


def test_flagged_claims_have_a_rate_of_their_own() -> None:
    """They go to a person anyway; a tenth is audited blind before."""
    other = claim_says(fail("", value="1"), **common("other", "review"))
    assert drawn(other, default_rate=1.0, flagged_rate=0.0) == "not drawn"


def test_a_draw_can_be_repeated() -> None:
    """The claim's encounter and the seed decide, nothing else."""
    assert drawn(default_rate=0.5) == drawn(default_rate=0.5)
