"""Packs change edits for their payer and dates; what they cannot mean is an error at start."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim
from scrubber.contracts.decode import decode_claim_event
from scrubber.contracts.strict_yaml import YamlError
from scrubber.edits.edit import Edit, Params
from scrubber.edits.registry import all_edits
from scrubber.payers.load import PackError, load_pack
from scrubber.payers.select import load_packs
from tests.twins import base_claim


class Limit(Params):
    """A threshold and the must-have tables."""

    months: int = 12
    must_have: tuple[str, ...] = ()


PLAIN = all_edits()[0]
WITH_PARAMS = replace(PLAIN, id="timely-filing-exceeded", params=Limit())
MUST_HAVE = replace(PLAIN, id="reference-edition-missing", params=Limit())
EDITS: tuple[Edit, ...] = (replace(PLAIN, id="some-defect", params=None), WITH_PARAMS, MUST_HAVE)

FULL = """
payer: medicare-part-b
version: "2024-07-01"
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


def pack_file(folder: Path, text: str, name: str = "pack.yaml") -> Path:
    """Return a pack file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def claim(indicator: str = "MB", payer_id: str = "05102") -> Claim:
    """Return the base claim for another payer; its day is 14 August 2024."""
    document = orjson.loads(base_claim("professional"))
    document["payers"][0] |= {"filing_indicator": indicator, "payer_id": payer_id}
    event = {
        "schema_version": 1,
        "submission_id": "pack-1",
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": document,
    }
    return compile_claim(decode_claim_event(orjson.dumps(event)).event)


def test_a_pack_says_what_its_file_says(tmp_path: Path) -> None:
    """Each change holds inside its dates, both ends included, and not outside."""
    _, pack = load_pack(pack_file(tmp_path, FULL), EDITS)
    edit = EDITS[0]
    assert pack.name == "medicare-part-b@2024-07-01"
    assert pack.latest_when_missing
    assert [pack.runs(edit, date(y, m, d)) for y, m, d in
            ((2023, 12, 31), (2024, 1, 1), (2024, 12, 31), (2025, 1, 1))] == [
        True, False, False, True,
    ]  # fmt: skip
    assert pack.severity(edit, date(2024, 12, 31)) == edit.severity
    assert pack.severity(edit, date(2025, 1, 1)) == "warn"
    assert pack.thresholds(WITH_PARAMS, date(2024, 1, 1)) == Limit(months=6)
    assert pack.thresholds(MUST_HAVE, date(2024, 1, 1)) == Limit(must_have=("icd-10-cm",))
    assert pack.thresholds(edit, date(2024, 1, 1)) is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("some-defect, reason: not", "some-defct, reason: not"), "edits.off[0].edit: 'some-defct' is not an edit; did you mean 'some-defect'?"),
        (('months: "6"', 'month: "6"'), "edits.params[0].params.month: Extra inputs"),
        (('months: "6"', 'months: "many"'), "edits.params[0].params.months: "),
        (("timely-filing-exceeded, params", "some-defect, params"), "edits.params[0].params: 'some-defect' has no params"),
        (("timely-filing-exceeded, params", "zzz, params"), "edits.params[0].edit: 'zzz' is not an edit."),
    ],
)  # fmt: skip
def test_what_a_pack_cannot_mean_is_an_error(
    tmp_path: Path, change: tuple[str, str], fault: str
) -> None:
    """An edit or threshold that does not exist is never a silent default."""
    with pytest.raises(PackError) as caught:
        load_pack(pack_file(tmp_path, FULL.replace(*change)), EDITS)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        ('version: "2024-07-01"', 'version: "1"'),
        ("reason: not used, ", ""),
        ("source: memo, ", ""),
        ("applies:", "aplies:"),
        ("warn", "loud"),
    ],
)
def test_a_change_without_reason_or_source_is_an_error(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    """An auditor asks for both; a misspelt key is no key."""
    with pytest.raises(YamlError):
        load_pack(pack_file(tmp_path, FULL.replace(*change)), EDITS)


def test_the_pack_of_the_payer_and_day_is_chosen(tmp_path: Path) -> None:
    """A named payer before a kind of payer, the newest version in force, else the base pack."""
    pack_file(tmp_path, "payer: kind\nversion: '2020-01-01'\napplies: {filing_indicators: [MB]}\n", "a.yaml")  # fmt: skip
    pack_file(tmp_path, "payer: named\nversion: '2020-01-01'\napplies: {payer_ids: [X1]}\n", "b.yaml")  # fmt: skip
    pack_file(tmp_path, "payer: kind\nversion: '2024-08-14'\napplies: {filing_indicators: [MB]}\n", "c.yaml")  # fmt: skip
    pack_file(tmp_path, "payer: kind\nversion: '2024-08-15'\napplies: {filing_indicators: [MB]}\n", "d.yaml")  # fmt: skip
    pack_file(tmp_path, "payer: other\nversion: '2020-01-01'\napplies: {claim_types: [dental]}\n", "e.yaml")  # fmt: skip
    packs = load_packs(tmp_path, EDITS)
    assert packs.pack_for(claim()).name == "kind@2024-08-14"
    assert packs.pack_for(claim(payer_id="X1")).name == "named@2020-01-01"
    assert packs.pack_for(claim("CI")).name == "base@2026-01-01"


def test_one_version_in_two_files_is_an_error(tmp_path: Path) -> None:
    """Nobody could say which of them holds."""
    for name in ("a.yaml", "b.yaml"):
        pack_file(tmp_path, "payer: twice\nversion: '2020-01-01'\n", name)
    with pytest.raises(PackError, match="is already in"):
        load_packs(tmp_path, EDITS)
