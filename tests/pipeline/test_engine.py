"""The engine asks every edit once, survives every crash, and its answer has one order."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from scrubber.claim.model import Claim, Line
from scrubber.contracts.decode import Decoded, decode_claim_event
from scrubber.edits.edit import (
    Edit,
    Params,
    Status,
    claim_edit,
    day_edit,
    line_edit,
    line_pair_edit,
)
from scrubber.edits.proposed import Proposed
from scrubber.edits.results import Results
from scrubber.edits.verdict import PASS, Severity, Verdict, bypassed, fail, no_data, several
from scrubber.payers.document import Applies
from scrubber.payers.pack import PayerPack, Period
from scrubber.payers.select import PackShelf, Shelved
from scrubber.pipeline.outcome import Outcome
from scrubber.pipeline.scrub import Scrubber
from scrubber.reference.shelf import Shelf
from tests.twins import base_claim

DAY = date(2024, 8, 14)


class Limit(Params):
    """A threshold."""

    most: int = 1
    """The most that passes."""


def common(name: str, severity: Severity = "reject", status: Status = "active") -> dict[str, Any]:
    """Return the metadata of an edit for these tests."""
    return {
        "id": name,
        "severity": severity,
        "status": status,
        "added": "0.1.0",
        "applies_to": ("professional",),
        "fields": (),
        "source": "test",
        "checked": DAY,
        "message": "Value {value}.",
        "fix": "Mend it.",
    }


def claim_says(verdict: object, **metadata: Any) -> Edit:
    """Return a claim edit that always gives this verdict, or raises it."""

    def says(_claim: Claim) -> Any:
        """An edit says a thing."""
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    return claim_edit(**(common("says") | metadata))(says)


def pack(**changes: Any) -> PayerPack:
    """Return a pack that changes what it is told to."""
    return replace(PayerPack("base@2024-01-01", False, {}, {}, {}), **changes)


def scrubber(*edits: Edit, given: PayerPack | None = None, shelf: Shelf | None = None) -> Scrubber:
    """Return a scrubber of these edits."""
    shelved = Shelved("base", date(2024, 1, 1), Applies(), given or pack())
    return Scrubber(edits, "test", PackShelf([shelved]), shelf or Shelf.of_rows({}))


def event(**claim: Any) -> Decoded:
    """Return the professional base claim, changed."""
    document = {
        "schema_version": 1,
        "submission_id": "engine-1",
        "submitted_at": "2024-08-20T12:00:00Z",
        "claim": orjson.loads(base_claim("professional")) | claim,
    }
    return decode_claim_event(orjson.dumps(document))


def outcome(*edits: Edit, **changes: Any) -> Outcome:
    """Return the outcome of the base claim under these edits."""
    return scrubber(*edits, **changes).scrub(event())


def unanswered(found: Outcome) -> list[Any]:
    """Return which edits had no data, as the outcome is written."""
    return list(orjson.loads(found.encode())["no_data"])


BAD = fail("/total_charge", value="1")


@pytest.mark.parametrize(
    ("severity", "status", "disposition"),
    [
        ("reject", "active", "rejected"),
        ("review", "active", "review"),
        ("warn", "active", "clean"),
        ("info", "active", "clean"),
        ("reject", "preview", "clean"),
        ("review", "preview", "clean"),
    ],
)
def test_severity_and_status_decide_the_disposition(
    severity: Severity, status: Status, disposition: str
) -> None:
    """Only an active edit rejects or holds; a preview edit is seen and never decides."""
    found = outcome(claim_says(BAD, **common("says", severity, status)))
    assert found.disposition == disposition
    assert [one["edit"] for one in found.body["findings"]] == ["says"]
    assert (found.body["review"] is not None) == (disposition == "review")


def test_a_preview_edit_cannot_raise_its_own_severity() -> None:
    """A finding's own severity counts for active edits only."""
    raised = fail("/total_charge", severity="reject", value="1")
    assert outcome(claim_says(raised, **common("says", "info", "preview"))).disposition == "clean"
    assert outcome(claim_says(raised, **common("says", "info"))).disposition == "rejected"


def test_a_retired_edit_does_not_run() -> None:
    """A retired edit keeps its page and says nothing."""
    assert outcome(claim_says(BAD, status="retired")).body["counts"]["fail"] == 0


@pytest.mark.parametrize(
    ("since", "until", "runs"),
    [
        (date(2024, 8, 14), None, True),
        (date(2024, 8, 15), None, False),
        (None, date(2024, 8, 14), True),
        (None, date(2024, 8, 13), False),
    ],
)
def test_an_edit_holds_for_dates_of_service(
    since: date | None, until: date | None, *, runs: bool
) -> None:
    """The day of service decides, both ends included; the base claim is of 14 August 2024."""
    found = outcome(claim_says(BAD, since=since, until=until))
    assert (found.disposition == "rejected") is runs


def test_an_edit_for_other_claim_types_does_not_run() -> None:
    """`applies_to` is the scope of the edit."""
    assert outcome(claim_says(BAD, applies_to=("dental",))).disposition == "clean"


def test_a_crash_is_a_finding_and_the_others_still_answer() -> None:
    """The finding names the edit and the error's class, never its text."""
    crash = claim_says(ValueError("PAT SAMPLE"), **common("crashes"))
    found = outcome(crash, claim_says(BAD))
    assert {one["edit"] for one in found.body["findings"]} == {"edit-crashed", "says"}
    first = next(one for one in found.body["findings"] if one["edit"] == "edit-crashed")
    assert first["severity"] == "review"
    assert first["message"] == "The edit crashes stopped (ValueError) and gave no answer."
    assert b"PAT SAMPLE" not in orjson.dumps(found.body["findings"])


@pytest.mark.parametrize("answer", [None, True, "pass", (BAD, None)])
def test_an_answer_that_is_no_verdict_is_a_crash(answer: object) -> None:
    """An edit that forgets to return PASS does not pass."""
    found = outcome(claim_says(answer))
    assert [one["edit"] for one in found.body["findings"] if one["edit"] != "says"] == [
        "edit-crashed"
    ]


def test_a_crash_in_a_line_names_the_line() -> None:
    """Other lines are still asked."""

    def fragile(_claim: Claim, line: Line) -> Verdict:
        """Fragile."""
        if line.number == 1:
            raise KeyError
        return fail(line.at("charge"), line, value="2")

    found = outcome(line_edit(**common("fragile"))(fragile))
    assert [(one["edit"], list(one["lines"])) for one in found.body["findings"]] == [
        ("edit-crashed", [1]),
        ("fragile", [2]),
    ]


def pairing(name: str, search: Any, **metadata: Any) -> Edit:
    """Return a pair edit that complains of each pair proposed, with what the search knows."""

    def pair(_claim: Claim, line: Line, other: Line, row: str, _params: Limit) -> Verdict:
        """A pair."""
        return fail("", line, other, value=row)

    given = common(name) | {"pairs": search, "params": Limit()} | metadata
    return line_pair_edit(**given)(pair)


def test_edits_that_ask_a_search_the_same_share_its_work() -> None:
    """It is asked once for equal thresholds and once for each other, and told which."""
    asked: list[int] = []

    def search(_claim: Claim, lines: tuple[Line, ...], params: Limit) -> Proposed:
        asked.append(params.most)
        return Proposed([(lines[0], lines[1], str(params.most))])

    found = outcome(
        pairing("a", search),
        pairing("b", search, params=Limit(most=2)),
        pairing("c", search, params=Limit(most=1)),
    )
    assert sorted(asked) == [1, 2]
    assert [(one["edit"], one["message"]) for one in found.body["findings"]] == [
        ("a", "Value 1."),
        ("b", "Value 2."),
        ("c", "Value 1."),
    ]


def test_a_crash_in_a_search_is_one_for_each_of_its_edits() -> None:
    """None of them has an answer; another search goes on."""

    def broken(_claim: Claim, _lines: tuple[Line, ...], _params: Limit) -> Proposed:
        raise KeyError

    def sound(_claim: Claim, lines: tuple[Line, ...], _params: Limit) -> Proposed:
        return Proposed([(lines[0], lines[1], "1")], no_data("table", DAY))

    found = outcome(pairing("a", broken), pairing("b", broken), pairing("c", sound))
    assert [(one["edit"], list(one["lines"])) for one in found.body["findings"]] == [
        ("c", [1, 2]),
        ("edit-crashed", [1, 2]),
        ("edit-crashed", [1, 2]),
    ]
    assert [(one["edit"], one["needs"]) for one in unanswered(found)] == [("c", [f"table@{DAY}"])]


def test_findings_stand_in_one_order() -> None:
    """Claim level first, then by line, then by edit id, whatever order the edits answer in."""

    def lines(_claim: Claim, line: Line) -> Verdict:
        """Lines."""
        return fail(line.at("charge"), line, value=str(line.number))

    edits = (
        line_edit(**common("z-line"))(lines),
        line_edit(**common("a-line"))(lines),
        claim_says(BAD, id="z-claim"),
    )
    for order in (edits, edits[::-1]):
        found = outcome(*order)
        assert [(one["edit"], list(one["lines"])) for one in found.body["findings"]] == [
            ("z-claim", []),
            ("a-line", [1]),
            ("z-line", [1]),
            ("a-line", [2]),
            ("z-line", [2]),
        ]


def test_each_edit_counts_once_by_its_worst_answer() -> None:
    """Fail before bypassed before no data before pass; the sum is the number of edits asked."""
    found = outcome(
        claim_says(several([BAD, bypassed("modifier 59")]), id="a-fails"),
        claim_says(several([bypassed("modifier 59"), no_data("hcpcs", DAY)]), id="b-bypassed"),
        claim_says(no_data("hcpcs", DAY), id="c-blind"),
        claim_says(PASS, id="d-passes"),
    )
    assert found.body["counts"] == {"pass": 1, "fail": 1, "bypassed": 1, "no_data": 1}
    assert found.body["bypassed"] == [
        {"edit": "a-fails", "lines": [], "reason": "modifier 59"},
        {"edit": "b-bypassed", "lines": [], "reason": "modifier 59"},
    ]
    assert unanswered(found) == [
        {"edit": "b-bypassed", "needs": ["hcpcs@2024-08-14"]},
        {"edit": "c-blind", "needs": ["hcpcs@2024-08-14"]},
    ]


def test_an_edit_without_its_table_is_no_data_and_is_not_asked() -> None:
    """The engine answers for it; with the table the edit itself does."""

    def lists(_claim: Claim, lines: tuple[Line, ...], places: Any) -> Verdict:
        """Lists."""
        return PASS if places.has("11") and lines else BAD

    edit = day_edit(**common("lists"), data=("place-of-service",))(lists)
    without = outcome(edit)
    assert unanswered(without) == [{"edit": "lists", "needs": ["place-of-service@2024-08-14"]}]
    assert without.body["counts"]["pass"] == 0
    with_table = Shelf.of_rows({"place-of-service": [{"code": "11"}]})
    assert outcome(edit, shelf=with_table).body["counts"]["pass"] == 1


def test_a_pack_switches_off_changes_severity_and_thresholds_for_its_dates() -> None:
    """Each change holds for its own dates of service."""

    def over(claim: Claim, params: Limit) -> Verdict:
        """Over."""
        return BAD if len(claim.lines) > params.most else PASS

    edit = claim_edit(**common("over"), params=Limit())(over)
    then = Period(date(2024, 8, 14), date(2024, 8, 14))
    later = Period(date(2024, 8, 15), None)
    assert outcome(edit).disposition == "rejected"
    assert outcome(edit, given=pack(off={"over": (then,)})).disposition == "clean"
    assert outcome(edit, given=pack(off={"over": (later,)})).disposition == "rejected"
    softer = pack(severities={"over": ((later, "info"), (then, "review"))})
    assert outcome(edit, given=softer).disposition == "review"
    wider = pack(params={"over": ((then, Limit(most=2)),)})
    assert outcome(edit, given=wider).disposition == "clean"


def test_a_closing_edit_reads_what_the_others_said() -> None:
    """Closing edits come last and see every complaint."""
    from scrubber.edits.edit import closing_edit  # noqa: PLC0415

    def closes(_claim: Claim, results: Results) -> Verdict:
        """Closes."""
        return fail("", value=str(len(results.said)))

    edits = (closing_edit(**common("a-closes"))(closes), claim_says(BAD, id="z-says"))
    found = outcome(*edits)
    assert found.body["findings"][0]["message"] == "Value 1."


def test_lines_of_several_days_get_the_rules_of_their_own_day() -> None:
    """An edit that begins on the second day says nothing of the first."""

    def dated(_claim: Claim, line: Line) -> Verdict:
        """Dated."""
        return fail(line.at("charge"), line, value="1")

    edit = line_edit(**common("dated"), since=date(2024, 8, 15))(dated)
    lines = orjson.loads(base_claim("professional"))["lines"]
    lines[1]["service_from"] = lines[1]["service_to"] = "2024-08-15"
    found = scrubber(edit).scrub(event(lines=lines))
    assert [list(one["lines"]) for one in found.body["findings"]] == [[2]]
    assert sum(found.body["counts"].values()) == 1


def test_the_same_submission_and_versions_give_the_same_bytes() -> None:
    """Two scrubbers, one outcome; another edits version, another outcome id."""
    edit = claim_says(BAD)
    first, second = (scrubber(edit).scrub(event()) for _ in range(2))
    assert first.encode() == second.encode()
    shelved = Shelved("base", date(2024, 1, 1), Applies(), pack())
    other = Scrubber((edit,), "other", PackShelf([shelved]), Shelf.of_rows({}))
    assert other.scrub(event()).outcome_id != first.outcome_id
