"""Quality sampling sees what the other edits said: clean, bypassed and flagged claims are drawn."""

from typing import Any

import orjson
import pytest

from scrubber.contracts.outcome import OutcomeEvent
from scrubber.edits.ai_oversight.ai_qa_sample_selected import SamplingPlan, ai_qa_sample_selected
from scrubber.edits.edit import Edit
from scrubber.edits.ncci.reference_edition_missing import MustHave, reference_edition_missing
from scrubber.edits.verdict import bypassed, fail, no_data
from scrubber.pipeline.bootstrap import build_scrubber
from scrubber.pipeline.settings import SettingsError, read_settings
from tests.pipeline.test_engine import DAY, claim_says, common, event, pack, scrubber
from tests.twins import ALWAYS

AI = {
    "codes": [
        {"target": "/lines/0/procedure", "origin": "ai", "model": "m", "model_version": "3.2"}
    ]
}


def drawn(*others: Edit, **plan: Any) -> str:
    """Return the stratum in which the claim was drawn, or that it was not."""
    params = SamplingPlan(secret=b"s", **plan)
    given = pack(params={"ai-qa-sample-selected": ((ALWAYS, params),)})
    body = scrubber(*others, ai_qa_sample_selected, given=given).scrub(event(coding=AI)).body
    found = [one for one in body["findings"] if one["edit"] == "ai-qa-sample-selected"]
    return str(found[0]["evidence"]["stratum"]) if found else "not drawn"


@pytest.mark.parametrize(
    ("answer", "severity", "stratum"),
    [
        (bypassed("modifier 59"), "reject", "m/3.2/professional/MB/bypassed"),
        (fail("", value="1"), "review", "m/3.2/professional/MB/flagged"),
        (fail("", value="1"), "warn", "m/3.2/professional/MB/clean"),
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


def test_the_secret_is_a_setting_and_the_rate_travels_with_the_item() -> None:
    """Whoever estimates from what was drawn needs stratum, rate, period and plan of each."""
    events = [event(coding={**AI, "encounter_id": f"enc-{i}"}) for i in range(60)]
    drawing = build_scrubber(read_settings({"SCRUBBER_SAMPLING_SECRET": "sixteen-bytes-or"}))
    reviews = [
        OutcomeEvent.model_validate(orjson.loads(drawing.scrub(one).encode())).review
        for one in events
    ]
    drawn = [one.sampling for one in reviews if one and one.sample]
    assert 0 < len(drawn) < len(events)
    assert {(one.stratum, one.rate, one.period, one.plan) for one in drawn if one} == {
        ("m/3.2/professional/MB/flagged", 0.1, "2024-08", "default")
    }
    without = build_scrubber(read_settings({}))
    assert not any(without.scrub(one).body["review"]["sample"] for one in events)


def test_a_short_secret_is_refused() -> None:
    """A draw that can be guessed is no draw."""
    with pytest.raises(SettingsError, match="SCRUBBER_SAMPLING_SECRET: 15 bytes"):
        read_settings({"SCRUBBER_SAMPLING_SECRET": "fifteen-bytes-x"})


def test_who_closes_last_samples() -> None:
    """A table that the pack wants holds the claim, and the sample sees that."""
    params = {"ai-qa-sample-selected": ((ALWAYS, SamplingPlan(secret=b"s", flagged_rate=1.0)),)}
    params["reference-edition-missing"] = ((ALWAYS, MustHave(must_have=("hcpcs",))),)  # type: ignore[assignment]
    other = claim_says(no_data("hcpcs", DAY), **common("other", "review"))
    edits = (other, ai_qa_sample_selected, reference_edition_missing)
    body = scrubber(*edits, given=pack(params=params)).scrub(event(coding=AI)).body
    assert body["review"]["sampling"]["stratum"].endswith("/flagged")
