"""A pack in shadow is heard and changes nothing; a pack may let edits count as Medicare's."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from scrubber.claim.history import EMPTY
from scrubber.claim.model import Claim, Line
from scrubber.claim.prior import Prior
from scrubber.contracts.outcome import OutcomeEvent
from scrubber.edits.edit import Edit, claim_edit, history_edit, line_pair_edit
from scrubber.edits.proposed import Proposed
from scrubber.edits.verdict import PASS, Verdict, fail
from scrubber.payers.document import Applies
from scrubber.payers.pack import PayerPack, Period
from scrubber.payers.select import PackShelf, Shelved
from scrubber.pipeline.outcome import remembered
from scrubber.pipeline.scrub import Scrubber
from scrubber.reference.shelf import Shelf
from tests.pipeline.test_engine import BAD, DAY, claim_says, common, event, outcome, pack
from tests.twins import base_claim

ALWAYS = (Period(None, None),)
SOFT = claim_says(BAD, **common("soft", "warn"))
HARD = claim_says(BAD, **common("hard"))


def with_shadow(shadow: PayerPack, *edits: Edit, applies: Applies | None = None) -> Scrubber:
    """Return a scrubber on which a pack looks on, for every Medicare claim unless said."""
    shelved = (
        Shelved("base", DAY, Applies(), pack()),
        Shelved("new", DAY, applies or Applies(filing_indicators=("MB",)), shadow, shadow=True),
    )
    return Scrubber(edits, "test", PackShelf(shelved), Shelf.of_rows({}))


def shadow_pack(**changes: Any) -> PayerPack:
    """Return the pack that looks on."""
    return replace(pack(**changes), name="new@2024-08-14")


def payer(indicator: str) -> dict[str, Any]:
    """Return the base claim's payer with another filing indicator."""
    first: dict[str, Any] = orjson.loads(base_claim("professional"))["payers"][0]
    return first | {"filing_indicator": indicator}


def test_what_a_shadow_would_have_done_stands_beside_the_outcome() -> None:
    """Findings that differ, and the disposition; all else but the versions is as without it."""
    shadow = shadow_pack(off={"hard": ALWAYS}, severities={"soft": ((ALWAYS[0], "review"),)})
    found = with_shadow(shadow, HARD, SOFT).scrub(event())
    alone = outcome(HARD, SOFT)
    body = orjson.loads(found.encode())
    said = body.pop("shadow")
    assert said["payer_pack"] == "new@2024-08-14"
    assert said["disposition"] == "review"
    assert [(one["edit"], one["severity"]) for one in said["added"]] == [("soft", "review")]
    assert [(one["edit"], one["severity"]) for one in said["removed"]] == [
        ("hard", "reject"),
        ("soft", "warn"),
    ]
    assert found.disposition == alone.disposition == "rejected"
    for name in ("outcome_id", "versions"):
        del body[name]
    plain = orjson.loads(alone.encode())
    assert body == {name: plain[name] for name in body}


def test_an_outcome_with_a_shadow_is_the_same_each_time() -> None:
    """The versions name the pack, so that another one is another outcome; the schema takes it."""
    scrubber = with_shadow(shadow_pack(off={"hard": ALWAYS}), HARD)
    first, again = (scrubber.scrub(event()).encode() for _ in range(2))
    assert first == again
    versions = orjson.loads(first)["versions"]
    assert versions["shadow_pack"] == "new@2024-08-14"
    assert versions["payer_pack"] == "base@2024-01-01"
    other = with_shadow(replace(pack(), name="new@2024-08-15"), HARD).scrub(event())
    assert other.outcome_id != orjson.loads(first)["outcome_id"]
    assert OutcomeEvent.model_validate_json(first).shadow is not None


def test_a_history_does_not_see_the_shadow() -> None:
    """What is remembered, and by which versions a claim is judged, is as without it."""
    seen: list[bytes] = []

    def looks_back(_claim: Claim, prior: Prior | None) -> Verdict:
        """Looks back."""
        assert prior is not None
        seen.append(prior.editions)
        return PASS

    edit = history_edit(**common("looks-back"))(looks_back)
    prior = Prior(EMPTY, date(2020, 1, 1))
    shadowed = with_shadow(shadow_pack(), edit).scrub(event(), prior)
    alone = with_shadow(shadow_pack(), edit, applies=Applies(filing_indicators=("CI",)))
    plain = alone.scrub(event(), prior)
    assert "shadow" not in plain.body
    assert "shadow_pack" not in orjson.loads(plain.encode())["versions"]
    assert len(set(seen)) == 1
    assert shadowed.versions == plain.versions
    one, other = remembered(EMPTY, shadowed), remembered(EMPTY, plain)
    assert one.claims[0].lines == other.claims[0].lines


def test_a_pack_lets_a_preview_decide_for_its_dates() -> None:
    """It rejects with its own severity, or with the pack's; a severity of one complaint counts."""
    edit = claim_says(BAD, **common("says", "reject", "preview"))
    later = (Period(date(2024, 8, 15), None),)
    assert outcome(edit).disposition == "clean"
    assert outcome(edit, given=pack(on={"says": ALWAYS})).disposition == "rejected"
    assert outcome(edit, given=pack(on={"says": later})).disposition == "clean"
    softer = pack(on={"says": ALWAYS}, severities={"says": ((ALWAYS[0], "review"),)})
    assert outcome(edit, given=softer).disposition == "review"


@pytest.mark.parametrize(("indicator", "named", "rejects"), [
    ("CI", "medicare-only", True), ("CI", "another", False), ("MB", "another", True),
])  # fmt: skip
def test_a_payer_that_follows_medicare_counts_as_it(
    indicator: str, named: str, *, rejects: bool
) -> None:
    """For the edits that the pack names, and for no other."""

    def medicare_only(claim: Claim) -> Verdict:
        """Medicare only."""
        return BAD if claim.is_medicare else PASS

    edit = claim_edit(**common("medicare-only"))(medicare_only)
    shelved = Shelved("base", DAY, Applies(), pack(as_medicare={named: ALWAYS}))
    scrubber = Scrubber((edit,), "test", PackShelf([shelved]), Shelf.of_rows({}))
    found = scrubber.scrub(event(payers=[payer(indicator)]))
    assert (found.disposition == "rejected") == rejects


def test_pairs_are_proposed_as_for_medicare_too() -> None:
    """The search for pairs sees the same claim as the edit."""

    def search(claim: Claim, lines: tuple[Line, ...]) -> Any:
        return Proposed(((lines[0], lines[1], None),) if claim.is_medicare else (), None)

    def paired(claim: Claim, line: Line, other: Line, _row: None) -> Verdict:
        """Paired."""
        return fail(line.at("procedure"), line, other, value="1") if claim.is_medicare else PASS

    edit = line_pair_edit(**common("paired"), pairs=search)(paired)
    claim = event(payers=[payer("CI")])
    for given, disposition in (
        (pack(), "clean"),
        (pack(as_medicare={"paired": ALWAYS}), "rejected"),
    ):
        shelved = Shelved("base", DAY, Applies(), given)
        found = Scrubber((edit,), "test", PackShelf([shelved]), Shelf.of_rows({})).scrub(claim)
        assert found.disposition == disposition
