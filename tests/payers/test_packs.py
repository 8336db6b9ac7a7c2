"""Packs change edits for their payer and dates; what they cannot mean is an error at start."""

from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim
from scrubber.contracts.decode import decode_claim_event
from scrubber.edits.edit import Edit, Params
from scrubber.edits.registry import all_edits
from scrubber.payers.load import LoadedPack, PackError, read_packs
from scrubber.payers.pack import PayerPack, Period
from scrubber.payers.select import load_packs
from tests.twins import base_claim


class Limit(Params):
    """A threshold with something derived from it, and what packs state without params."""

    months: int = 12
    warn_days: int = 15
    must_have: tuple[str, ...] = ()
    known: bool = False

    @cached_property
    def years(self) -> float:
        """The months in years."""
        return self.months / 12


PLAIN = replace(all_edits()[0], id="some-defect", params=None, status="active", severity="reject")
FILING = replace(PLAIN, id="timely-filing-exceeded", params=Limit())
MUST_HAVE = replace(PLAIN, id="reference-edition-missing", params=Limit())
PROFILE = replace(PLAIN, id="payer-profile-missing", params=Limit())
PREVIEW = replace(PLAIN, id="new-defect", status="preview")
RETIRED = replace(PLAIN, id="old-defect", status="retired")
EDITS: tuple[Edit, ...] = (PLAIN, FILING, MUST_HAVE, PROFILE, PREVIEW, RETIRED)

BASE = "payer: base\nversion: '2024-01-01'\n"
FULL = """
payer: medicare-part-b
version: "2024-07-01"
inherits: base@2024-01-01
applies: {filing_indicators: [MB], claim_types: [professional]}
reference: {latest_when_missing: "true", must_have: [icd-10-cm]}
edits:
  off:
    - {edit: some-defect, reason: not used, source: manual 1, since: "2024-01-01", until: "2024-12-31"}
  severity:
    - {edit: some-defect, severity: warn, reason: pilot, source: memo, since: "2025-01-01"}
  params:
    - {edit: timely-filing-exceeded, params: {months: "6"}, reason: contract, source: art. 4}
"""
CHILD = """
payer: child
version: "2024-08-01"
inherits: medicare-part-b@2024-07-01
applies: {payer_ids: [X1]}
edits:
  on:
    - {edit: some-defect, reason: used here, source: manual 2, since: "2024-06-01", until: "2024-06-30"}
    - {edit: new-defect, reason: looked at, source: memo 2}
  severity:
    - {edit: some-defect, severity: info, reason: pilot, source: memo, since: "2026-01-01"}
  params:
    - {edit: timely-filing-exceeded, params: {warn_days: "30"}, reason: post, source: art. 5, until: "2024-12-31"}
  follows_medicare_editors:
    - {edit: some-defect, reason: their policy, source: policy 9, since: "2024-02-01"}
"""


def pack_file(folder: Path, text: str, name: str = "pack.yaml") -> Path:
    """Return a pack file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def packs_of(folder: Path, *texts: str) -> dict[str, LoadedPack]:
    """Return the packs of these texts and the base pack, by payer."""
    for i, text in enumerate((BASE, *texts)):
        pack_file(folder, text, f"{i}.yaml")
    return {one.document.payer: one for one in read_packs([folder], EDITS)}


def faults_of(folder: Path, *texts: str) -> tuple[str, ...]:
    """Return the faults of packs, each without its folder."""
    with pytest.raises(PackError) as caught:
        packs_of(folder, *texts)
    return tuple(fault.removeprefix(f"{folder}/") for fault in caught.value.faults)


def claim(indicator: str = "MB", payer_id: str = "05102", state: str = "NE") -> Claim:
    """Return the base claim for another payer; its day is 14 August 2024."""
    document = orjson.loads(base_claim("professional"))
    document["payers"][0] |= {"filing_indicator": indicator, "payer_id": payer_id}
    document["billing_provider"]["address"]["state"] = state
    event = {
        "schema_version": 1,
        "submission_id": "pack-1",
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": document,
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def test_a_pack_says_what_its_file_says(tmp_path: Path) -> None:
    """Each change holds inside its dates, both ends included, and not outside."""
    pack = packs_of(tmp_path, FULL)["medicare-part-b"].pack
    assert pack.name == "medicare-part-b@2024-07-01"
    assert pack.latest_when_missing
    assert [pack.runs(PLAIN, date(y, m, d)) for y, m, d in
            ((2023, 12, 31), (2024, 1, 1), (2024, 12, 31), (2025, 1, 1))] == [
        True, False, False, True,
    ]  # fmt: skip
    assert pack.severity(PLAIN, date(2024, 12, 31)) == "reject"
    assert pack.severity(PLAIN, date(2025, 1, 1)) == "warn"
    assert pack.thresholds(FILING, date(2024, 1, 1)) == Limit(months=6)
    assert pack.thresholds(MUST_HAVE, date(2024, 1, 1)) == Limit(must_have=("icd-10-cm",))
    assert pack.thresholds(PLAIN, date(2024, 1, 1)) is None
    assert not pack.activates(PREVIEW, date(2024, 1, 1))
    assert not pack.counts_as_medicare(PLAIN, date(2024, 3, 1))


def test_what_a_pack_does_not_state_it_inherits(tmp_path: Path) -> None:
    """On each day its own change wins, and of the params each value by itself."""
    child = packs_of(tmp_path, FULL, CHILD)["child"].pack
    june, july, later = date(2024, 6, 30), date(2024, 7, 1), date(2025, 1, 1)
    assert child.latest_when_missing
    assert child.runs(PLAIN, june)
    assert not child.runs(PLAIN, july)
    assert [child.severity(PLAIN, day) for day in (july, later, date(2026, 1, 1))] == [
        "reject",
        "warn",
        "info",
    ]
    assert child.thresholds(FILING, july) == Limit(months=6, warn_days=30)
    assert child.thresholds(FILING, later) == Limit(months=6)
    assert child.thresholds(MUST_HAVE, july) == Limit(must_have=("icd-10-cm",))
    assert child.activates(PREVIEW, july)
    assert [child.counts_as_medicare(PLAIN, date(2024, m, d)) for m, d in ((1, 31), (2, 1))] == [
        False,
        True,
    ]


def test_grandchildren_inherit_all_of_it(tmp_path: Path) -> None:
    """A chain is as good as one step; a stated default is a statement."""
    text = (
        "payer: grandchild\nversion: '2024-08-01'\ninherits: child@2024-08-01\n"
        "reference: {latest_when_missing: 'false'}\n"
    )
    pack = packs_of(tmp_path, FULL, CHILD, text)["grandchild"].pack
    day = date(2024, 7, 1)
    assert not pack.latest_when_missing
    assert pack.activates(PREVIEW, day)
    assert pack.counts_as_medicare(PLAIN, day)
    assert pack.thresholds(FILING, day) == Limit(months=6, warn_days=30)


def test_what_a_threshold_derives_follows_it(tmp_path: Path) -> None:
    """A value worked out for one pack does not come along to another."""
    pack = packs_of(tmp_path, FULL)["medicare-part-b"].pack
    assert FILING.params is not None
    assert FILING.params.years == 1  # type: ignore[attr-defined]
    assert pack.thresholds(FILING, date(2024, 1, 1)).years == 0.5  # type: ignore[union-attr]


def test_who_names_its_payers_is_their_profile(tmp_path: Path) -> None:
    """A pack for a kind of payer is none, unless it says so; the base pack never is."""
    says = FULL.replace("applies:", "is_profile: 'true'\napplies:").replace(
        "medicare-part-b", "sure"
    )
    packs = packs_of(tmp_path, FULL, CHILD, says)
    day = date(2024, 7, 1)
    known = {name: one.pack.thresholds(PROFILE, day).known for name, one in packs.items()}  # type: ignore[union-attr]
    assert known == {"base": False, "medicare-part-b": False, "child": True, "sure": True}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("some-defect, reason: not", "some-defct, reason: not"), "edits.off[0].edit: 'some-defct' is not an edit; did you mean 'some-defect'? See 'scrubber edits list'."),
        (('months: "6"', 'month: "6"'), "edits.params[0].params.month: Extra inputs are not permitted"),
        (('months: "6"', 'months: "many"'), "edits.params[0].params.months: Input should be a valid integer, unable to parse string as an integer"),
        (('{months: "6"}', "{}"), "edits.params[0].params: states nothing; see 'scrubber edits show timely-filing-exceeded'"),
        (("timely-filing-exceeded, params", "some-defect, params"), "edits.params[0].params: 'some-defect' has no params; see 'scrubber edits show some-defect'"),
        (("timely-filing-exceeded, params", "zzz, params"), "edits.params[0].edit: 'zzz' is not an edit. See 'scrubber edits list'."),
        (('months: "6"', 'months: "12"'), "edits.params[0]: changes nothing; 'timely-filing-exceeded' is so already, take it out"),
        (("severity: warn", "severity: reject"), "edits.severity[0]: changes nothing; 'some-defect' is so already, take it out"),
        (("some-defect, reason: not", "old-defect, reason: not"), "edits.off[0]: changes nothing; 'old-defect' is so already, take it out"),
        (("  off:", "  on:"), "edits.on[0]: changes nothing; 'some-defect' is so already, take it out"),
        (("icd-10-cm]", "icd-10-mc]"), "reference.must_have: 'icd-10-mc' is not a kind of table; did you mean 'icd-10-cm'?"),
        (("icd-10-cm]", "zzzzzz]"), "reference.must_have: 'zzzzzz' is not a kind of table"),
        (('until: "2024-12-31"', 'until: "2023-12-31"'), "edits.off[0]: until is before since"),
        (("base@2024-01-01", "bass@2024-01-01"), "inherits: 'bass@2024-01-01' is no pack; did you mean 'base@2024-01-01'? See 'scrubber payers show'."),
        (("base@2024-01-01", "zzz@1999-09-09"), "inherits: 'zzz@1999-09-09' is no pack. See 'scrubber payers show'."),
        (("inherits: base@2024-01-01\n", ""), "inherits: missing; name a pack, such as 'base@2026-01-01'"),
        (("base@2024-01-01", "medicare-part-b@2024-07-01"), "inherits: 'medicare-part-b@2024-07-01' has faults of its own, or inherits this pack"),
        (('version: "2024-07-01"', 'version: "1"'), "version: not a calendar day"),
        (("reason: not used, ", ""), "edits.off[0].reason: missing"),
        (("source: memo, ", ""), "edits.severity[0].source: missing"),
        (("applies:", "aplies:"), "aplies: no such key; did you mean 'applies'?"),
        (("severity: warn", "severity: loud"), "edits.severity[0].severity: Input should be 'reject', 'review', 'warn' or 'info'"),
    ],
)  # fmt: skip
def test_what_a_pack_cannot_mean_is_an_error(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    """No edit, threshold or key that does not exist is a silent default, nor one without effect."""
    assert change[0] in FULL
    assert faults_of(tmp_path, FULL.replace(*change)) == (f"1.yaml: {fault}",)


def test_two_changes_for_one_day_are_an_error(tmp_path: Path) -> None:
    """Which of them would win, nobody could read."""
    twice = FULL.replace(
        "  severity:\n",
        "    - {edit: some-defect, reason: still, source: manual 1, since: '2024-12-31'}\n"
        "  on:\n"
        "    - {edit: some-defect, reason: again, source: manual 1, until: '2024-01-01'}\n"
        "    - {edit: new-defect, reason: seen, source: memo, until: '2024-01-01'}\n"
        "    - {edit: new-defect, reason: seen, source: memo, since: '2024-01-02'}\n"
        "  severity:\n",
    )
    assert faults_of(tmp_path, twice) == (
        "1.yaml: edits.off[1]: overlaps edits.off[0]; end one the day before",
        "1.yaml: edits.on[0]: changes nothing; 'some-defect' is so already, take it out",
        "1.yaml: edits.on[0]: 'some-defect' is also off on some of these days",
    )


def test_periods_that_share_a_day_meet() -> None:
    """Whichever is asked; both ends are in them, and an open side reaches everything."""
    june, later = Period(None, date(2024, 6, 30)), Period(date(2024, 6, 30), None)
    july = Period(date(2024, 7, 1), date(2024, 7, 31))
    for one, other, shared in ((june, later, True), (june, july, False), (later, july, True)):
        assert one.meets(other) == other.meets(one) == shared


def test_a_change_that_was_inherited_changes_nothing(tmp_path: Path) -> None:
    """Each section is held against what the pack would do without it."""
    again = CHILD.replace("payer: child", "payer: again").replace("medicare-part-b@2024-07-01", "child@2024-08-01")  # fmt: skip
    off = FULL.replace("medicare-part-b", "off").replace("base@2024-01-01", "medicare-part-b@2024-07-01")  # fmt: skip
    places = [fault.split(":")[1].strip() for fault in faults_of(tmp_path, FULL, CHILD, again, off)]
    assert places == [
        "edits.on[0]",
        "edits.on[1]",
        "edits.severity[0]",
        "edits.params[0]",
        "edits.follows_medicare_editors[0]",
        "edits.off[0]",
        "edits.severity[0]",
        "edits.params[0]",
    ]


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """A file that is no pack does not hide the faults of the next; who inherits it is told."""
    faults = faults_of(
        tmp_path,
        FULL.replace("warn", "loud"),
        "payer: base\nversion: '2025-01-01'\nshadow: 'true'\n",
        "payer: other\nversion: '2025-01-01'\ninherits: base@2025-01-01\n",
        "payer: base\nversion: '2026-01-01'\ninherits: base@2024-01-01\n",
        "payer: heir\nversion: '2025-01-01'\ninherits: base@2026-01-01\n",
    )
    assert [fault.split(":")[0] + fault.split(":")[1] for fault in faults] == [
        "1.yaml edits.severity[0].severity",
        "2.yaml applies",
        "4.yaml inherits",
        "5.yaml inherits",
    ]


def test_the_pack_of_the_payer_and_day_is_chosen(tmp_path: Path) -> None:
    """A named payer before a kind of payer, the newest version in force, else the base pack."""
    for name, version, applies in (
        ("kind", "2020-01-01", "{filing_indicators: [MB]}"),
        ("named", "2020-01-01", "{payer_ids: [X1]}"),
        ("kind", "2024-08-14", "{filing_indicators: [MB]}"),
        ("kind", "2024-08-15", "{filing_indicators: [MB]}"),
        ("zother", "2020-01-01", "{claim_types: [dental], filing_indicators: [MB]}"),
        ("astate", "2020-01-01", "{filing_indicators: [MB], states: [TX]}"),
        ("template", "2020-01-01", "{}"),
        ("looks-on", "2020-01-01", "{payer_ids: [X1]}\nshadow: 'true'"),
    ):
        text = (
            f"payer: {name}\nversion: '{version}'\ninherits: base@2026-01-01\napplies: {applies}\n"
        )
        pack_file(tmp_path, text, f"{name}-{version}.yaml")
    packs = load_packs(tmp_path, all_edits())
    assert packs.pack_for(claim()).name == "kind@2024-08-14"
    assert packs.pack_for(claim(payer_id="X1")).name == "named@2020-01-01"
    assert packs.pack_for(claim(state="TX")).name == "astate@2020-01-01"
    assert packs.pack_for(claim("XX")).name == "base@2026-01-01"
    assert packs.shadow_for(claim()) is None
    looks_on = packs.shadow_for(claim(payer_id="X1"))
    assert isinstance(looks_on, PayerPack)
    assert looks_on.name == "looks-on@2020-01-01"
    assert load_packs(None, all_edits()).shadow_for(claim()) is None


def test_one_version_in_two_files_is_an_error(tmp_path: Path) -> None:
    """Nobody could say which of them holds."""
    text = "payer: twice\nversion: '2020-01-01'\ninherits: base@2024-01-01\n"
    assert faults_of(tmp_path, text, text) == (
        f"2.yaml: twice@2020-01-01 is already in {tmp_path}/1.yaml; give it a version",
    )


def test_a_folder_of_yours_wins_over_the_bundled_packs(tmp_path: Path) -> None:
    """A pack of the same name takes the bundled one's place."""
    pack_file(tmp_path, BASE.replace("2024", "2026") + "reference: {latest_when_missing: 'true'}\n")
    assert load_packs(tmp_path, all_edits()).base.latest_when_missing
