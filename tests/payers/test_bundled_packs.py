"""Each deviation of a bundled pack changes what it says, on its days and for its payer."""

from datetime import date
from typing import Any

import pytest

from scrubber.claim.model import Claim
from scrubber.edits.registry import all_edits
from scrubber.messages import render
from scrubber.payers.load import pack_folders, read_packs
from scrubber.payers.select import load_packs
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import run
from scrubber.reference.shelf import Shelf
from tests.twins import claim_of

EDITS = {edit.id: edit for edit in all_edits()}
PACKS = load_packs(None, all_edits())
DME = "18003"


def claim(base: str, received: str = "2024-08-20", **changes: Any) -> Claim:
    """Return a base claim with changes; `__` stands for a dot."""
    changed = {key.replace("__", "."): value for key, value in changes.items()}
    return claim_of(base, {"with": changed}, "bundled-1", received)


def said(one: Claim, edit: str, rows: dict[str, Any] | None = None) -> list[str]:
    """Return what an edit says under the claim's pack: severities of findings, or no data."""
    plan = Plan(one.type, PACKS.pack_for(one), (EDITS[edit],), Shelf.of_rows(rows or {}))
    results = run(plan, one, None)
    lacking = ["no data" for needs in results.lacking.by_edit.values() for _ in needs]
    return [each["severity"] for each in render.findings(results.failures)] + lacking


def served(base: str, day: str, procedure: str, **changes: Any) -> Claim:
    """Return a claim whose first line is for this service on this day."""
    lines = {
        "lines[0].procedure": procedure,
        "lines[0].service_from": day,
        "lines[0].service_to": day,
        "lines[0].revenue_code": "0360",
        "statement_from": day,
        "statement_to": day,
    }
    return claim(base, day, **lines, **changes)


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (claim("professional"), "medicare-part-b"),
        (claim("professional", **{"payers[0].payer_id": DME}), "medicare-dme"),
        (claim("institutional"), "medicare-part-a"),
        (claim("professional", **{"payers[0].filing_indicator": "MC", "billing_provider.address.state": "TX"}), "texas-medicaid"),
        (claim("professional", **{"payers[0].filing_indicator": "MC"}), "base"),
        (claim("professional", **{"payers[0].filing_indicator": "WC", "billing_provider.address.state": "TX"}), "texas-workers-compensation"),
        (claim("professional", **{"payers[0].filing_indicator": "CI", "payers[0].payer_id": "87726"}), "unitedhealthcare-commercial"),
        (claim("professional", **{"payers[0].filing_indicator": "16", "payers[0].payer_id": "87726"}), "base"),
        (claim("professional", **{"payers[0].filing_indicator": "CI", "payers[0].payer_id": "SYNCI"}), "example-payers"),
    ],
)  # fmt: skip
def test_a_claim_has_the_pack_of_its_payer(one: Claim, name: str) -> None:
    """By payer, kind of payer, claim type and state."""
    assert PACKS.pack_for(one).name.partition("@")[0] == name


@pytest.mark.parametrize(
    ("base", "payer", "bill", "procedure", "first", "last"),
    [
        ("institutional", "05101", "0131", "15823", "2020-07-01", None),
        ("institutional", "05101", "0131", "22551", "2021-07-01", None),
        ("institutional", "05101", "0131", "64490", "2023-07-01", None),
        ("institutional", "05101", "0131", "64492", "2023-07-01", "2024-08-04"),
        ("professional", DME, "", "K0823", None, None),
        ("professional", DME, "", "K0800", "2022-04-13", None),
        ("professional", DME, "", "E0277", "2020-01-01", None),
        ("professional", DME, "", "L5857", "2020-12-01", None),
        ("professional", DME, "", "L1833", "2022-10-10", "2024-08-11"),
        ("professional", DME, "", "L0631", "2024-08-12", None),
    ],
)
def test_medicare_asks_for_authorizations_from_their_day_on(
    base: str, payer: str, bill: str, procedure: str, first: str | None, last: str | None
) -> None:
    """The day itself, the day before, and where it ended the last day and the next."""

    def asked(day: date) -> bool:
        changes = {"payers[0].payer_id": payer} | ({"type_of_bill": bill} if bill else {})
        one = served(base, day.isoformat(), procedure, **changes)
        return said(one, "prior-authorization-missing") == ["review"]

    begins = date.fromisoformat(first) if first else date(2024, 8, 14)
    assert asked(begins)
    if first and first != "2020-01-01":  # before its first day the pack is not in force
        before = date.fromordinal(begins.toordinal() - 1)
        assert not asked(before)
    if last:
        ends = date.fromisoformat(last)
        assert asked(ends)
        assert not asked(date.fromordinal(ends.toordinal() + 1))


def test_only_outpatient_departments_are_asked() -> None:
    """A critical access hospital is not paid under OPPS; nor is a practitioner asked."""
    for bill, result in (("0131", ["review"]), ("0851", [])):
        one = served("institutional", "2024-08-14", "64490", type_of_bill=bill)
        assert said(one, "prior-authorization-missing") == result
    assert said(served("professional", "2024-08-14", "64490"), "prior-authorization-missing") == []


def test_original_medicare_wants_no_referral() -> None:
    """For another payer nobody knows."""
    assert said(claim("professional"), "referral-missing") == []
    other = claim("professional", **{"payers[0].filing_indicator": "16"})
    assert said(other, "referral-missing") == ["no data"]


@pytest.mark.parametrize("indicator", ["MC", "WC"])
def test_texas_wants_claims_within_95_days(indicator: str) -> None:
    """14 August 2024 and 95 days are Sunday 17 November, so Monday is in time and Tuesday is not."""
    payer = {"payers[0].filing_indicator": indicator, "billing_provider.address.state": "TX"}
    for received, result in (
        ("2024-11-18", ["warn"]),
        ("2024-11-19", ["review"]),
    ):
        assert said(claim("professional", received, **payer), "timely-filing-exceeded") == result
    elsewhere = payer | {"billing_provider.address.state": "NE"}
    assert said(claim("professional", **elsewhere), "timely-filing-exceeded") == ["no data"]


def test_a_commercial_payer_rejects_stand_alone_add_ons() -> None:
    """It follows Medicare in them; another commercial payer's go to a person."""
    rows = {"ncci-aoc": [{"add_on": "J1885", "primary": "99999", "type": "1"}]}
    for payer_id, severity in (("87726", "reject"), ("60054", "review")):
        payer = {"payers[0].filing_indicator": "CI", "payers[0].payer_id": payer_id}
        found = said(claim("professional", **payer), "add-on-without-primary", rows)
        assert found == [severity]


def test_every_deviation_says_why_and_where() -> None:
    """Words, not marks; and the example payers are those of the synthetic claims."""
    for one in read_packs(pack_folders(None), all_edits()):
        for section in type(one.document.edits).model_fields:
            for change in getattr(one.document.edits, section):
                assert len(change.reason.split()) >= 3
                assert len(change.source) >= 10
