"""`scrubber replay` gives the same outcomes again, and shows what a change makes of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from scrubber.cli.main import main
from scrubber.pipeline.replay import Comparison, NoOutcomeError
from tests.conftest import ROOT
from tests.replayed import PACK

CLAIMS = ROOT / "samples" / "claims.jsonl"
X12 = ROOT / "samples" / "professional.837"
IDS = [orjson.loads(line)["submission_id"] for line in CLAIMS.read_bytes().splitlines()]

Run = Callable[..., tuple[int, str, str]]
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that runs the command here: exit code, output, errors."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = capfdbinary.readouterr()
        return code, captured.out.decode(), captured.err.decode()

    return command


@pytest.fixture
def recorded(run: Run, tmp_path: Path) -> Path:
    """Return a file with the outcomes of the sample claims."""
    _, out, _ = run("check", CLAIMS, "--format", "jsonl", "--no-progress")
    path = tmp_path / "recorded.jsonl"
    path.write_text(out)
    return path


def changed(path: Path, submission_id: str, change: Change) -> Path:
    """Change one of the recorded outcomes."""
    outcomes = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    change(next(one for one in outcomes if one["submission_id"] == submission_id))
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in outcomes))
    return path


def test_a_replay_gives_the_same_bytes(run: Run, recorded: Path) -> None:
    """With one process and with two: nothing of time or place is in an outcome."""
    for processes in (1, 2):
        code, out, _ = run("replay", CLAIMS, "--processes", processes)
        assert (code, out) == (0, recorded.read_text())


def test_nothing_changed_is_nothing_different(run: Run, recorded: Path, tmp_path: Path) -> None:
    """Also with the folder that `check --output` writes."""
    run("check", CLAIMS, "--output", tmp_path / "folder", "--no-progress")
    for outcomes in (recorded, tmp_path / "folder"):
        code, out, _ = run("replay", CLAIMS, "--compare", outcomes)
        assert code == 0
        assert out == "13 claims compared: 13 alike (13 to the byte), 0 differ\n"


def test_a_pack_s_change_is_shown_by_disposition_dollars_and_edit(
    run: Run, recorded: Path, tmp_path: Path
) -> None:
    """The claim that it moves, and no other; the versions that differ."""
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "medicare-part-b.yaml").write_text(PACK)
    code, out, _ = run("replay", CLAIMS, "--compare", recorded, "--payer-packs", packs)
    assert code == 1
    assert out.splitlines() == [
        "13 claims compared: 12 alike (8 to the byte), 1 differ",
        "payer_pack: -medicare-part-b@2020-01-01 +medicare-part-b@2024-08-01",
        "before -> now               claims             dollars",
        "clean -> clean                   5            1,085.00",
        "rejected -> rejected             4              505.00",
        "rejected -> review               1              395.00",
        "review -> review                 3              348.00",
        f"{'edit, claims with':<56}   added  removed  reworded",
        f"{'ncci-ptp-conflict (reject)':<56}       0        1         0",
        f"{'ncci-ptp-conflict (review)':<56}       1        0         0",
    ]


def _without(edit: str) -> Change:
    def change(outcome: dict[str, Any]) -> None:
        outcome["findings"] = [one for one in outcome["findings"] if one["edit"] != edit]

    return change


def _drop_no_data(outcome: dict[str, Any]) -> None:
    outcome["no_data"] = outcome["no_data"][1:]


def _reword(outcome: dict[str, Any]) -> None:
    outcome["findings"][0]["message"] = "Other words."


def _twice(outcome: dict[str, Any]) -> None:
    outcome["findings"].append(outcome["findings"][0])


def _queue(outcome: dict[str, Any]) -> None:
    outcome["review"]["queue"] = "another"


def _bypass(outcome: dict[str, Any]) -> None:
    outcome["bypassed"].append({"edit": "ncci-ptp-conflict", "lines": [1, 2], "reason": "XS"})


NPI = {
    "edit": "billing-npi-invalid",
    "kind": "reject",
    "path": "/billing_provider/npi",
    "lines": [],
}


@pytest.mark.parametrize(
    ("number", "change", "part", "remark"),
    [
        (5, _without("billing-npi-invalid"), "added", NPI),
        (5, _reword, "reworded", NPI),
        (5, _twice, "removed", NPI),
        (5, _bypass, "removed", {"edit": "ncci-ptp-conflict", "kind": "bypassed", "lines": [1, 2]}),
        (0, _drop_no_data, "added", {"kind": "no_data"}),
    ],
)
def test_each_kind_of_difference_is_found(
    run: Run, recorded: Path, tmp_path: Path, number: int, change: Change, part: str, remark: Any
) -> None:
    """By submission id, with its place, in the part that it belongs to."""
    changed(recorded, IDS[number], change)
    code, out, _ = run("replay", CLAIMS, "--compare", recorded, "--output", tmp_path / "differ")
    assert code == 1
    assert out.startswith("13 claims compared: 12 alike (12 to the byte), 1 differ\n")
    (found,) = map(orjson.loads, (tmp_path / "differ").read_bytes().splitlines())
    assert found["submission_id"] == IDS[number]
    assert {name for name in ("added", "removed", "reworded") if found[name]} == {part}
    (one,) = found[part]
    assert remark.items() <= one.items()


def test_another_queue_and_another_disposition_are_differences(
    run: Run, recorded: Path, tmp_path: Path
) -> None:
    """With the dollars that move."""
    changed(recorded, IDS[10], _queue)
    changed(recorded, IDS[0], lambda one: one.update(disposition="review"))
    code, out, _ = run("replay", CLAIMS, "--compare", recorded, "--output", tmp_path / "differ")
    assert code == 1
    first, second = map(orjson.loads, (tmp_path / "differ").read_bytes().splitlines())
    assert (first["before"], first["now"], first["review"]) == ("review", "clean", False)
    assert (second["before"], second["now"], second["review"]) == ("review", "review", True)
    assert first["total_charge"] == "157.00"
    assert re.search(r"^review -> clean +1 +157\.00$", out, re.MULTILINE)


def test_names_and_versions_are_no_difference(run: Run, recorded: Path) -> None:
    """They follow from every change; those that differ are said once."""

    def change(outcome: dict[str, Any]) -> None:
        outcome["outcome_id"] = "0" * 32
        outcome["versions"]["edits"] = "earlier"
        outcome["versions"]["reference"]["icd-10-cm"] = "2019-07-01"

    for submission_id in IDS:
        changed(recorded, submission_id, change)
    code, out, _ = run("replay", CLAIMS, "--compare", recorded)
    assert code == 0
    first, *versions = out.splitlines()
    assert first == "13 claims compared: 13 alike (0 to the byte), 0 differ"
    assert [line.partition(":")[0] for line in versions] == ["edits", "icd-10-cm"]


def test_what_reads_earlier_claims_is_left_out(run: Run, recorded: Path) -> None:
    """A replay cannot say it again: the rest of the claim is compared without it."""

    def change(outcome: dict[str, Any]) -> None:
        outcome["disposition"] = "rejected"
        outcome["findings"].append(
            outcome["findings"][-1] | {"edit": "exact-duplicate-claim", "severity": "reject"}
        )
        outcome["no_data"] = [
            one for one in outcome["no_data"] if one["edit"] != "exact-duplicate-claim"
        ]
        outcome["bypassed"].append({"edit": "global-period-visit", "lines": [1], "reason": "24"})

    for number in (0, 5, 10):  # clean, rejected and in review without it
        changed(recorded, IDS[number], change)
    code, out, _ = run("replay", CLAIMS, "--compare", recorded)
    assert code == 0
    assert out.splitlines() == [
        "13 claims compared: 13 alike (10 to the byte), 0 differ",
        "3 compared without the findings of edits that read earlier claims",
    ]


def test_what_cannot_be_compared_is_counted(run: Run, recorded: Path, tmp_path: Path) -> None:
    """Claims without an outcome, of another content, sent twice; outcomes of decisions or none."""
    changed(recorded, IDS[0], lambda one: one.update(submission_id="another"))
    changed(recorded, IDS[1], lambda one: one["claim"].update(place_of_service="99"))
    changed(recorded, IDS[2], lambda one: one.update(disposition="review", revision=1))
    claims = tmp_path / "claims.jsonl"
    lines = CLAIMS.read_bytes().splitlines(keepends=True)
    claims.write_bytes(b"".join((*lines, lines[5])))
    code, out, _ = run("replay", claims, "--compare", recorded)
    assert code == 0
    assert out.splitlines() == [
        "10 claims compared: 10 alike (10 to the byte), 0 differ",
        "2 claims have no recorded outcome",
        "1 have one for another claim of the same submission id",
        "2 recorded outcomes met no claim",
    ]


def test_nothing_to_compare_is_no_success(run: Run, tmp_path: Path) -> None:
    """It would pass as "nothing changed"."""
    (tmp_path / "none.jsonl").write_bytes(b"")
    code, _, errors = run("replay", CLAIMS, "--compare", tmp_path / "none.jsonl")
    assert code == 2
    assert "nothing was compared" in errors


def test_what_cannot_be_read_is_said(run: Run, recorded: Path, tmp_path: Path) -> None:
    """A claim that cannot be decoded is a difference to look at by hand; the rest is compared."""
    claims = tmp_path / "claims.jsonl"
    claims.write_bytes(CLAIMS.read_bytes() + b'{"schema_version":1,\n')
    code, out, errors = run("replay", claims, "--compare", recorded)
    assert code == 3
    assert out.startswith("13 claims compared: 13 alike")
    assert f"dead letter: {claims}: record 14" in errors
    for text in (b"{}", b"[]", b"no JSON", b'{"outcome_id":"x","findings":[]}'):
        recorded.write_bytes(text)
        code, _, errors = run("replay", CLAIMS, "--compare", recorded)
        assert code == 2
        assert "no outcome event" in errors
    assert run("replay", tmp_path / "not-there")[0] == 2
    assert run("replay", CLAIMS, "--compare", tmp_path / "not-there")[0] == 2
    assert run("replay", CLAIMS, "--payer-packs", tmp_path / "not-there")[0] == 2


def test_an_outcome_is_no_claim(run: Run, recorded: Path) -> None:
    """It does not say when its claim was submitted, which many edits ask."""
    code, out, errors = run("replay", recorded)
    assert (code, out) == (2, "")
    assert "record 1 is an outcome" in errors


def test_x12_files_are_replayed(run: Run, tmp_path: Path) -> None:
    """As `check` reads them."""
    _, out, _ = run("check", X12, "--format", "jsonl", "--no-progress")
    (tmp_path / "out.jsonl").write_text(out)
    code, out, _ = run("replay", X12, "--compare", tmp_path / "out.jsonl")
    assert code == 0
    assert "differ" in out


def test_nothing_of_a_patient_is_shown(run: Run, recorded: Path, tmp_path: Path) -> None:
    """Ids, places, counts and amounts: no name, birth date, member id or address."""
    for submission_id in IDS:
        changed(recorded, submission_id, lambda one: one.update(disposition="review", findings=[]))
    _, out, errors = run("replay", CLAIMS, "--compare", recorded, "--output", tmp_path / "differ")
    shown = out + errors + (tmp_path / "differ").read_text()
    assert IDS[0] in shown
    for line in CLAIMS.read_bytes().splitlines():
        for value in _patient_values(orjson.loads(line)["claim"]):
            assert value not in shown


def _patient_values(claim: dict[str, Any]) -> list[str]:
    people = [one["subscriber"] for one in claim["payers"]] + [claim.get("patient") or {}]
    values = [
        value
        for person in people
        for value in (*person.values(), *(person.get("address") or {}).values())
    ]
    return [one for one in values if isinstance(one, str) and len(one) > 2]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["claims.jsonl", "--topics"],
        ["claims.jsonl", "--since", "2026-01-01"],
        ["claims.jsonl", "--compare"],
        ["claims.jsonl", "--output", "differ"],
        ["--topics", "--since", "yesterday"],
    ],
)
def test_wrong_usage_is_exit_code_two(run: Run, arguments: list[str]) -> None:
    """With a line that says what is wrong."""
    with pytest.raises(SystemExit) as caught:
        run("replay", *arguments)
    assert caught.value.code == 2


def test_an_outcome_without_its_members_is_none() -> None:
    """Whatever is missing; the text is not quoted."""
    with pytest.raises(NoOutcomeError, match=r"^no outcome event \(KeyError\)$"):
        Comparison([b'{"outcome_id":"SAMPLE"}'])
